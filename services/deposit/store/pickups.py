"""Pick-ups written, counted by slot, and read by day, by member, and by what changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.deposit.domain.pickups import Booked, PickupState, Place
from shared.runtime.database import Tx

_COLUMNS = """pickup_id, member_id, waste_bank_id, subdistrict_code, state, requested_at, requested_by,
    estimated_grams, wanted_on, wanted_slot, scheduled_on, slot, attempt, place, deposit_id, done_at, why,
    cancelled_at, cancelled_by, cancel_reason, changed_seq"""
# Whoever books, moves or ends a pick-up of a bank waits for the others of that bank: slots never overflow, and what
# changed is numbered in the order of commits.
_LOCK_BANK = "select pg_advisory_xact_lock(hashtext('timbang pickups'), hashtext($1))"
_NEXT_SEQ = "(select coalesce(max(changed_seq), 0) + 1 from pickup where waste_bank_id = {bank})"
_INSERT = f"""
insert into pickup (pickup_id, member_id, waste_bank_id, subdistrict_code, state, requested_at, requested_by,
    estimated_grams, wanted_on, wanted_slot, scheduled_on, slot, attempt, place, changed_seq)
values ($1, $2, $3, $4, 'scheduled', $5, $6, $7, $8, $9, $10, $11, 1, $12, {_NEXT_SEQ.format(bank="$3")})
"""  # noqa: S608 - statements of ours
_UPDATE = f"""
update pickup set state = $2, scheduled_on = $3, slot = $4, attempt = $5, deposit_id = $6, done_at = $7, why = $8,
    cancelled_at = $9, cancelled_by = $10, cancel_reason = $11,
    changed_seq = {_NEXT_SEQ.format(bank="pickup.waste_bank_id")}
where pickup_id = $1
"""  # noqa: S608 - statements of ours
_BOOKED = """
select scheduled_on, slot, count(*) as calls from pickup
where waste_bank_id = $1 and scheduled_on >= $2 and state <> 'cancelled' group by scheduled_on, slot
"""
_OF_DAY = f"""
select {_COLUMNS} from pickup where waste_bank_id = $1 and scheduled_on = $2 and ($3::text is null or state = $3)
order by slot, requested_at, pickup_id
"""  # noqa: S608 - columns of ours
_OF_MEMBERS = f"""
select {_COLUMNS} from pickup where member_id = any($1::uuid[]) order by requested_at desc, pickup_id desc limit $2
"""  # noqa: S608 - columns of ours
# Whoever begins has no use for what ended before; whoever goes on must hear of it.
_CHANGES = f"""
select {_COLUMNS} from pickup where waste_bank_id = $1 and changed_seq > $2 and ($2 > 0 or state = 'scheduled')
order by changed_seq limit $3
"""  # noqa: S608 - columns of ours
_MISSED = """
select distinct waste_bank_id from pickup where state = 'scheduled' and scheduled_on < $1 order by waste_bank_id
"""
_MISSED_AT = f"""
select {_COLUMNS} from pickup where state = 'scheduled' and scheduled_on < $1 and waste_bank_id = $2
order by requested_at, pickup_id limit $3
"""  # noqa: S608 - columns of ours
_FORGET = f"""
update pickup set place = null, cancel_reason = null, changed_seq = {_NEXT_SEQ.format(bank="pickup.waste_bank_id")}
where pickup_id = $1
"""  # noqa: S608 - statements of ours


@dataclass(frozen=True, slots=True)
class Pickup:
    """A stored pick-up; `place` and `cancel_reason` are sealed, and empty once its member was erased."""

    pickup_id: UUID
    member_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    state: PickupState
    requested_at: datetime
    requested_by: UUID
    estimated_grams: int
    wanted_on: date | None
    wanted_slot: str | None
    scheduled_on: date
    slot: str
    attempt: int
    place: bytes | None
    deposit_id: UUID | None = None
    done_at: datetime | None = None
    why: str | None = None
    cancelled_at: datetime | None = None
    cancelled_by: UUID | None = None
    cancel_reason: bytes | None = None
    changed_seq: int = 0


async def lock_bank(tx: Tx, waste_bank_id: str) -> None:
    """Hold the pick-ups of one bank until the transaction ends. Several banks: in the order of their ids."""
    await tx.execute(_LOCK_BANK, waste_bank_id)


async def insert(tx: Tx, pickup: Pickup) -> None:
    """Write a new pick-up. The caller holds the bank."""
    await tx.execute(
        _INSERT,
        pickup.pickup_id,
        pickup.member_id,
        pickup.waste_bank_id,
        pickup.subdistrict_code,
        pickup.requested_at,
        pickup.requested_by,
        pickup.estimated_grams,
        pickup.wanted_on,
        pickup.wanted_slot,
        pickup.scheduled_on,
        pickup.slot,
        pickup.place,
    )


async def update(tx: Tx, pickup: Pickup) -> None:
    """Write where a pick-up stands now. The caller holds the bank."""
    await tx.execute(
        _UPDATE,
        pickup.pickup_id,
        pickup.state,
        pickup.scheduled_on,
        pickup.slot,
        pickup.attempt,
        pickup.deposit_id,
        pickup.done_at,
        pickup.why,
        pickup.cancelled_at,
        pickup.cancelled_by,
        pickup.cancel_reason,
    )


async def one(tx: Tx, pickup_id: UUID) -> Pickup | None:
    """A pick-up as it stands, or None."""
    row = await tx.fetchrow(f"select {_COLUMNS} from pickup where pickup_id = $1", pickup_id)  # noqa: S608
    return None if row is None else _as_pickup(row)


async def booked(tx: Tx, waste_bank_id: str, since_on: date) -> Booked:
    """How many calls each slot has from that day on; cancelled ones leave their place to others."""
    rows = await tx.fetch(_BOOKED, waste_bank_id, since_on)
    return {Place(row["scheduled_on"], row["slot"]): row["calls"] for row in rows}


async def open_of(tx: Tx, member_ids: Sequence[UUID]) -> int:
    """How many calls of these members are still to come."""
    found: int = await tx.fetchval(
        "select count(*) from pickup where member_id = any($1::uuid[]) and state = 'scheduled'",
        list(member_ids),
    )
    return found


async def of_day(tx: Tx, waste_bank_id: str, on: date, state: PickupState | None) -> list[Pickup]:
    """The calls of one bank and WIB day, by slot."""
    return [_as_pickup(row) for row in await tx.fetch(_OF_DAY, waste_bank_id, on, state)]


async def of_members(tx: Tx, member_ids: Sequence[UUID], limit: int) -> list[Pickup]:
    """The newest calls of these members."""
    return [_as_pickup(row) for row in await tx.fetch(_OF_MEMBERS, list(member_ids), limit)]


async def changes(tx: Tx, waste_bank_id: str, after_seq: int, limit: int) -> list[Pickup]:
    """What changed at a bank behind that number, in the order of commits; from 0 on only what is still to come."""
    return [_as_pickup(row) for row in await tx.fetch(_CHANGES, waste_bank_id, after_seq, limit)]


async def newest_seq(tx: Tx, waste_bank_id: str) -> int:
    """The number of the last change of a bank; 0 if there was none."""
    found: int | None = await tx.fetchval(
        "select max(changed_seq) from pickup where waste_bank_id = $1", waste_bank_id
    )
    return found or 0


async def banks_that_missed(tx: Tx, before: date) -> list[str]:
    """The banks with calls of days before that one which were neither done nor cancelled."""
    return [row[0] for row in await tx.fetch(_MISSED, before)]


async def missed_at(tx: Tx, before: date, waste_bank_id: str, limit: int) -> list[Pickup]:
    """The missed calls of a bank, whoever asked first before the others. The caller holds the bank."""
    return [_as_pickup(row) for row in await tx.fetch(_MISSED_AT, before, waste_bank_id, limit)]


async def done_by(tx: Tx, deposit_id: UUID) -> UUID | None:
    """The pick-up that a deposit came of, or None."""
    found: UUID | None = await tx.fetchval("select pickup_id from pickup where deposit_id = $1", deposit_id)
    return found


async def note_kinds(tx: Tx, kinds: Iterable[tuple[UUID, str]]) -> None:
    """Note of what kind members are; the first word counts."""
    rows = sorted(set(kinds))
    if rows:
        await tx.execute(
            "insert into member_kind (member_id, kind) select * from unnest($1::uuid[], $2::text[]) "
            "on conflict (member_id) do nothing",
            *zip(*rows, strict=True),
        )


async def kind_of(tx: Tx, member_id: UUID) -> str | None:
    """The kind of a member, or None if it was not told."""
    found: str | None = await tx.fetchval("select kind from member_kind where member_id = $1", member_id)
    return found


async def forget(tx: Tx, pickup_id: UUID) -> None:
    """Empty what tells where somebody lives. The caller holds the bank."""
    await tx.execute(_FORGET, pickup_id)


async def with_words_of(tx: Tx, member_ids: Sequence[UUID]) -> list[Pickup]:
    """The pick-ups of these members that still say something about them, or are to come."""
    rows = await tx.fetch(
        f"select {_COLUMNS} from pickup where member_id = any($1::uuid[]) "  # noqa: S608 - columns of ours
        "and (num_nonnulls(place, cancel_reason) > 0 or state = 'scheduled') order by waste_bank_id, pickup_id",
        list(member_ids),
    )
    return [_as_pickup(row) for row in rows]


def _as_pickup(row: Any) -> Pickup:
    values = dict(row)
    values["state"] = PickupState(values["state"])
    return Pickup(**values)
