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
from services.deposit.workflows.morning import Owners
from services.deposit.workflows.tablet_keys import TabletKeys
from shared.runtime.audit import audit_router


def routers(means: Means, owners: Owners, keys: TabletKeys) -> list[APIRouter]:
    """Every route of the service, the busiest first; side by side, because nested routers cost every request."""
    database, rollout, clock = means.database, means.rollout, means.clock
    return [
        recording.router(database, rollout, clock),
        carrying.router(means, keys),
        ending.router(database, rollout, clock),
        quarantine.router(database, rollout, clock),
        reading.router(database, rollout),
        groups.router(database, rollout, clock),
        bags.router(database, rollout, clock),
        suspicions.router(database, rollout, clock),
        tablets.router(database, rollout, clock),
        morning.router(means, owners),
        own_records.router(means),
        pickups.router(means),
        routes.router(means),
        disputes.router(means),
        selling.router(means),
        stock.router(means),
        closing.router(means),
        audit_router(database),
    ]
