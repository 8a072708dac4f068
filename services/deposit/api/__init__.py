"""The HTTP door of deposit: weighings in, corrections, quarantine, and reading."""

from fastapi import APIRouter

from services.deposit.api import ending, quarantine, reading, recording
from shared.kernel.clock import Clock
from shared.runtime.database import Database
from shared.runtime.rollout import RolloutWatcher


def router(database: Database, rollout: RolloutWatcher, clock: Clock) -> APIRouter:
    """Every route of the service."""
    whole = APIRouter(prefix="/v1")
    whole.include_router(recording.router(database, rollout, clock))
    whole.include_router(ending.router(database, rollout, clock))
    whole.include_router(quarantine.router(database, rollout, clock))
    whole.include_router(reading.router(database))
    return whole
