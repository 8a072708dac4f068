"""The HTTP door of deposit: weighings in, corrections, quarantine, and reading."""

from fastapi import APIRouter

from services.deposit.api import (
    bags,
    ending,
    groups,
    morning,
    own_records,
    quarantine,
    reading,
    recording,
    suspicions,
    tablets,
)
from services.deposit.workflows.morning import Owners
from shared.kernel.clock import Clock
from shared.runtime.audit import audit_router
from shared.runtime.database import Database
from shared.runtime.rollout import RolloutWatcher


def routers(database: Database, rollout: RolloutWatcher, clock: Clock, owners: Owners) -> list[APIRouter]:
    """Every route of the service, the busiest first; side by side, because nested routers cost every request."""
    return [
        recording.router(database, rollout, clock),
        ending.router(database, rollout, clock),
        quarantine.router(database, rollout, clock),
        reading.router(database, rollout),
        groups.router(database, rollout, clock),
        bags.router(database, rollout, clock),
        suspicions.router(database, rollout, clock),
        tablets.router(database, rollout, clock),
        morning.router(rollout, clock, owners),
        own_records.router(database),
        audit_router(database),
    ]
