"""The HTTP door of payout: the catalogue, quotes and redemptions, cash, disputes, staff, and the billers' webhooks."""

from fastapi import APIRouter

from services.payout.api import billers, cash, catalogue, disputes, own_records, redemptions, staff
from services.payout.api.counter import Counter


def router(counter: Counter) -> APIRouter:
    """Every route of the service."""
    whole = APIRouter(prefix="/v1")
    whole.include_router(catalogue.router(counter))
    whole.include_router(redemptions.router(counter))
    whole.include_router(staff.router(counter))
    whole.include_router(cash.router(counter))
    whole.include_router(disputes.router(counter))
    whole.include_router(own_records.router(counter))
    whole.include_router(billers.router(counter))
    return whole
