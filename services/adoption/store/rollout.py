"""The rollout as this service has read it so far, and since when: what a later file says beside what an earlier did."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from shared.runtime.database import Tx

ROLLOUT_LOCK = 7_465_201


class SubdistrictRow(NamedTuple):
    """A sub-district of the file. None stands for not known."""

    code: str
    bps_code: str
    regency_code: str
    regency_name: str
    name: str
    region: str
    villages: int
    population: int | None
    population_year: int | None
    households: int | None
    latitude: float
    longitude: float
    planned_opening_on: date | None
    waste_banks: int
    position: int


class PhaseRow(NamedTuple):
    """From that day on, a sub-district is in that phase."""

    subdistrict_code: str
    since_on: date
    phase: str


class TargetRow(NamedTuple):
    """What a sub-district means to reach in a quarter, which ends before `quarter_end`."""

    subdistrict_code: str
    quarter: str
    quarter_start: date
    quarter_end: date
    registered_members: int
    active_members: int
    weight_kg: int
    deposits: int | None
    redemptions: int | None
    repeat_percent: int | None
    redeemed_percent: int | None
    first_redemption_days: int | None


async def lock_rollout(tx: Tx) -> None:
    """Let one process at a time compare the file with what is stored."""
    await tx.execute("select pg_advisory_xact_lock($1)", ROLLOUT_LOCK)


async def put_subdistricts(tx: Tx, rows: Sequence[SubdistrictRow]) -> None:
    """Make the table say what the file says; one that left the file stays, marked."""
    fields = SubdistrictRow._fields
    types = "text text text text text text int int int int float8 float8 date int int".split()  # noqa: SIM905
    arrays = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(types, start=1))
    changes = ", ".join(f"{field} = excluded.{field}" for field in fields[1:])
    await tx.execute(
        "update subdistrict set in_file = false where in_file and code <> all($1)", [row.code for row in rows]
    )
    await tx.execute(
        f"""
        insert into subdistrict ({", ".join(fields)}, in_file) select *, true from unnest({arrays})
        on conflict (code) do update set {changes}, in_file = true
        """,  # noqa: S608 - names of our own columns
        *[list(column) for column in zip(*rows, strict=True)],
    )


async def phases_in_force(tx: Tx) -> set[PhaseRow]:
    """What the last file said about phases."""
    rows = await tx.fetch(
        "select subdistrict_code, since_on, phase from phase_entry where withdrawn_at is null"
    )
    return {PhaseRow(*row) for row in rows}


async def targets_in_force(tx: Tx) -> set[TargetRow]:
    """What the last file said about targets."""
    rows = await tx.fetch(f"select {', '.join(TargetRow._fields)} from target where withdrawn_at is null")  # noqa: S608
    return {TargetRow(*row) for row in rows}


async def withdraw_phases(tx: Tx, rows: Sequence[PhaseRow], now: datetime) -> None:
    """Entries that the file does not hold any more: they stay, dated."""
    await tx.executemany(
        "update phase_entry set withdrawn_at = $3 "
        "where subdistrict_code = $1 and since_on = $2 and withdrawn_at is null",
        [(row.subdistrict_code, row.since_on, now) for row in rows],
    )


async def add_phases(tx: Tx, rows: Sequence[PhaseRow], now: datetime) -> None:
    """Entries that are new in the file."""
    await _add(tx, "phase_entry", rows, now)


async def withdraw_targets(tx: Tx, rows: Sequence[TargetRow], now: datetime) -> None:
    """Targets that the file does not hold any more: they stay, dated."""
    await tx.executemany(
        "update target set withdrawn_at = $3 where subdistrict_code = $1 and quarter = $2 and withdrawn_at is null",
        [(row.subdistrict_code, row.quarter, now) for row in rows],
    )


async def add_targets(tx: Tx, rows: Sequence[TargetRow], now: datetime) -> None:
    """Targets that are new in the file."""
    await _add(tx, "target", rows, now)


async def _add(tx: Tx, table: str, rows: Sequence[Any], now: datetime) -> None:
    if not rows:
        return
    fields = rows[0]._fields
    marks = ", ".join(f"${number}" for number in range(1, len(fields) + 2))
    await tx.executemany(
        f"insert into {table} ({', '.join(fields)}, loaded_at) values ({marks})",  # noqa: S608 - our own names
        [(*row, now) for row in rows],
    )
