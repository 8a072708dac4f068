"""Valuation's door: catalogue, price lists and estimates for all; flags, exceptions, publishing for staff."""

from fastapi import APIRouter

from services.valuation.api import changes, exceptions, flags, prices, publishing
from services.valuation.api.means import Means
from shared.runtime.audit import audit_router

__all__ = ["Means", "router"]


def router(means: Means) -> APIRouter:
    """The routes of valuation."""
    routes = APIRouter(prefix="/v1")
    for part in (prices, changes, publishing, flags, exceptions):
        routes.include_router(part.router(means))
    whole = APIRouter()
    whole.include_router(routes)
    whole.include_router(audit_router(means.database))
    return whole
