"""Identity's door: public keys, signing in, enrolling a member, reading one."""

from fastapi import APIRouter

from services.identity.api import members, sessions
from services.identity.api.means import Means

__all__ = ["Means", "routers"]


def routers(means: Means) -> list[APIRouter]:
    """Every route of identity."""
    return [sessions.router(means), members.router(means)]
