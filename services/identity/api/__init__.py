"""Identity's door: signing in, members and their cards, merging, moving, leaving, and who did what."""

from fastapi import APIRouter

from services.identity.api import (
    cards,
    devices,
    enrolling,
    leaving,
    members,
    merging,
    morning,
    own_record,
    pins,
    revocations,
    sessions,
    staff,
    tablets,
)
from services.identity.api.means import Means
from shared.runtime.audit import audit_router

__all__ = ["Means", "routers"]


def routers(means: Means) -> list[APIRouter]:
    """Every route of identity."""
    of_people = [enrolling, members, own_record, cards, merging, leaving, morning]
    of_signing_in = [sessions, revocations, devices, pins, staff, tablets]
    return [
        *[room.router(means) for room in of_signing_in],
        *[room.router(means) for room in of_people],
        audit_router(means.database),
    ]
