"""Valuation's door: catalogue, price lists and estimates for all; flags, exceptions, publishing for staff."""

from fastapi import APIRouter

from services.valuation.api import changes, exceptions, flags, prices, publishing
from services.valuation.api.means import Means
from shared.runtime.audit import audit_router

__all__ = ["Means", "routers"]


def routers(means: Means) -> list[APIRouter]:
    """Every route of valuation."""
    rooms = [prices, changes, publishing, flags, exceptions]
    return [*[room.router(means) for room in rooms], audit_router(means.database)]
