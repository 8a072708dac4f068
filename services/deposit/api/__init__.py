"""The HTTP door of deposit: weighings, what becomes of them, and the rest of a waste bank's day."""

from fastapi import APIRouter

from services.deposit.api import (
    bags,
    carrying,
    closing,
    disputes,
    ending,
    groups,
    morning,
    own_records,
    pickups,
    quarantine,
    reading,
    recording,
    routes,
    selling,
    stock,
    suspicions,
    tablets,
)
from services.deposit.api.means import Means
from shared.runtime.audit import audit_router

__all__ = ["Means", "routers"]


def routers(means: Means) -> list[APIRouter]:
    """Every route of the service, the busiest first; side by side, because nested routers cost every request."""
    rooms = [
        recording,
        carrying,
        ending,
        quarantine,
        reading,
        groups,
        bags,
        suspicions,
        tablets,
        morning,
        own_records,
        pickups,
        routes,
        disputes,
        selling,
        stock,
        closing,
    ]
    return [*[room.router(means) for room in rooms], audit_router(means.database)]
