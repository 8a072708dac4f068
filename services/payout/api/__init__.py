"""The HTTP door of payout: the catalogue, quotes and redemptions, what staff decide, and the billers' webhooks."""

from fastapi import APIRouter

from services.payout.api import billers, catalogue, redemptions, staff
from services.payout.api.counter import Counter


def router(counter: Counter) -> APIRouter:
    """Every route of the service."""
    whole = APIRouter(prefix="/v1")
    whole.include_router(catalogue.router(counter))
    whole.include_router(redemptions.router(counter))
    whole.include_router(staff.router(counter))
    whole.include_router(billers.router(counter))
    return whole
