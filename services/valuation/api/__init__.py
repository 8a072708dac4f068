"""Valuation's door: catalogue, price lists and estimates for all; flags and publishing for those who may."""

from fastapi import APIRouter

from services.valuation.api import changes, flags, prices, publishing
from services.valuation.api.means import Means

__all__ = ["Means", "router"]


def router(means: Means) -> APIRouter:
    """The routes of valuation."""
    routes = APIRouter(prefix="/v1")
    for part in (prices, changes, publishing, flags):
        routes.include_router(part.router(means))
    return routes
