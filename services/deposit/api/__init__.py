"""The HTTP door of deposit: weighings in, corrections, quarantine, and reading."""

from fastapi import APIRouter

from services.deposit.api import ending, quarantine, reading, recording
from shared.kernel.clock import Clock
from shared.runtime.database import Database
from shared.runtime.rollout import RolloutWatcher


def routers(database: Database, rollout: RolloutWatcher, clock: Clock) -> list[APIRouter]:
    """Every route of the service, the busiest first; side by side, because nested routers cost every request."""
    return [
        recording.router(database, rollout, clock),
        ending.router(database, rollout, clock),
        quarantine.router(database, rollout, clock),
        reading.router(database, rollout),
    ]
