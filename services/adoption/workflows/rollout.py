"""Takes up the rollout file: what it says now, beside what it said before and until when."""

from datetime import datetime

from services.adoption.store import rollout as store
from shared.kernel import wib
from shared.kernel.rollout import Regency, Rollout, Subdistrict
from shared.runtime.database import Tx


async def take_up_rollout(tx: Tx, rollout: Rollout, now: datetime) -> int:
    """Store what changed since the file was last read, with the instant; returns how many entries changed."""
    await store.lock_rollout(tx)
    rows = [
        _row(regency, subdistrict, position)
        for position, (regency, subdistrict) in enumerate(
            (regency, subdistrict) for regency in rollout.regencies for subdistrict in regency.subdistricts
        )
    ]
    await store.put_subdistricts(tx, rows)
    phases = {
        store.PhaseRow(subdistrict.kemendagri_code, entry.since_on, entry.phase.value)
        for subdistrict in rollout.subdistricts
        for entry in subdistrict.phases
    }
    targets = {target for subdistrict in rollout.subdistricts for target in _targets(subdistrict)}
    known_phases, known_targets = await store.phases_in_force(tx), await store.targets_in_force(tx)
    await store.withdraw_phases(tx, sorted(known_phases - phases), now)
    await store.add_phases(tx, sorted(phases - known_phases), now)
    await store.withdraw_targets(tx, list(known_targets - targets), now)
    await store.add_targets(tx, list(targets - known_targets), now)
    return len(known_phases ^ phases) + len(known_targets ^ targets)


def _row(regency: Regency, subdistrict: Subdistrict, position: int) -> store.SubdistrictRow:
    population, households = subdistrict.population, subdistrict.households
    return store.SubdistrictRow(
        code=subdistrict.kemendagri_code,
        bps_code=subdistrict.bps_code,
        regency_code=regency.kemendagri_code,
        regency_name=regency.name,
        name=subdistrict.name,
        region=subdistrict.region.value,
        villages=subdistrict.villages,
        population=population.count if population else None,
        population_year=population.year if population else None,
        households=households.count if households else None,
        latitude=subdistrict.latitude,
        longitude=subdistrict.longitude,
        planned_opening_on=subdistrict.planned_opening_on,
        waste_banks=len(subdistrict.waste_banks),
        position=position,
    )


def _targets(subdistrict: Subdistrict) -> list[store.TargetRow]:
    return [
        store.TargetRow(
            subdistrict_code=subdistrict.kemendagri_code,
            quarter=target.quarter,
            quarter_start=wib.quarter_bounds(target.quarter)[0],
            quarter_end=wib.quarter_bounds(target.quarter)[1],
            registered_members=target.registered_members,
            active_members=target.active_members,
            weight_kg=target.weight_kg,
            deposits=target.deposits,
            redemptions=target.redemptions,
            repeat_percent=target.repeat_percent,
            redeemed_percent=target.redeemed_percent,
            first_redemption_days=target.first_redemption_days,
        )
        for target in subdistrict.targets
    ]
