"""Wallet's door: members' credit for whom it concerns, the ledger's sums for staff, passbooks that move in."""

from fastapi import APIRouter

from services.wallet.api import credit, ledger, passbooks
from services.wallet.api.means import Means
from shared.runtime.audit import audit_router

__all__ = ["Means", "router"]


def router(means: Means) -> APIRouter:
    """The routes of wallet."""
    routes = APIRouter()
    for part in (credit, ledger, passbooks):
        routes.include_router(part.router(means))
    routes.include_router(audit_router(means.database))
    return routes
