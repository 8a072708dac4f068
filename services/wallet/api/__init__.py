"""Wallet's door: members' credit for whom it concerns, the ledger's sums for staff, passbooks that move in."""

from fastapi import APIRouter

from services.wallet.api import credit, ledger, passbooks
from services.wallet.api.means import Means
from shared.runtime.audit import audit_router

__all__ = ["Means", "routers"]


def routers(means: Means) -> list[APIRouter]:
    """Every route of wallet."""
    rooms = [credit, ledger, passbooks]
    return [*[room.router(means) for room in rooms], audit_router(means.database)]
