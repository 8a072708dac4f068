"""The HTTP door of payout: the catalogue, quotes and redemptions, cash, disputes, staff, and the billers' webhooks."""

from fastapi import APIRouter

from services.payout.api import billers, cash, catalogue, disputes, own_records, redemptions, staff
from services.payout.api.means import Means
from shared.runtime.audit import audit_router

__all__ = ["Means", "routers"]


def routers(means: Means) -> list[APIRouter]:
    """Every route of payout."""
    rooms = [catalogue, redemptions, staff, cash, disputes, own_records, billers]
    return [*[room.router(means) for room in rooms], audit_router(means.database)]
