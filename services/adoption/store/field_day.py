"""Pick-ups, disputes, bags, lots, closed days and tablets: each event fills its own columns, in any order."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from services.adoption.store.rows import columns, put_once, written
from shared.runtime.database import Tx


class Place(NamedTuple):
    """A pick-up, and what each of its events says of it."""

    pickup_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    requested_at: datetime


class Attempt(NamedTuple):
    """A day on which somebody was to come."""

    pickup_id: UUID
    attempt: int
    scheduled_on: date


class Ended(NamedTuple):
    """A pick-up that ended, when, and by what."""

    pickup_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    requested_at: datetime
    ended_at: datetime
    what: UUID | str


class Dispute(NamedTuple):
    """A dispute, what each of its events says of it, and the two things that this one adds."""

    dispute_id: UUID
    about: str
    waste_bank_id: str | None
    subdistrict_code: str
    opened_at: datetime
    due_at: datetime
    first: bool | datetime
    second: str


class Bag(NamedTuple):
    """A labelled bag."""

    bag_id: UUID
    member_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    received_at: datetime


class BagTurn(NamedTuple):
    """How a bag stands after its so-many-th turn: weighed at an instant, or not (any more)."""

    bag_id: UUID
    member_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    received_at: datetime
    turn: int
    weighed_at: datetime | None


class DiscardedBag(NamedTuple):
    """A bag that will not be weighed."""

    bag_id: UUID
    member_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    received_at: datetime
    discarded_at: datetime


class Lot(NamedTuple):
    """Sorted waste that was sold, all of it together."""

    lot_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    sold_on: date
    amount_rupiah: int


class LotLine(NamedTuple):
    """One item of a lot."""

    lot_id: UUID
    line_no: int
    item_code: str
    waste_class: str
    grams: int
    amount_rupiah: int


class Closing(NamedTuple):
    """A closed day."""

    closing_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    day: date
    closed_at: datetime
    cash_booked_rupiah: int
    cash_counted_rupiah: int
    replaces_closing_id: UUID | None


class ClosingClass(NamedTuple):
    """One class of a closed day."""

    closing_id: UUID
    waste_class: str
    booked_grams: int
    counted_grams: int


class Report(NamedTuple):
    """What a tablet says about itself."""

    tablet_id: UUID
    event_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    reported_at: datetime
    heard_at: datetime
    app_version: str
    queue_length: int
    oldest_queued_at: datetime | None
    clock_offset_ms: int
    battery_percent: int | None
    storage_free_mib: int | None


_SAME_PICKUP = """
(was.waste_bank_id, was.subdistrict_code, was.requested_at)
    = (excluded.waste_bank_id, excluded.subdistrict_code, excluded.requested_at)
"""
_PICKUP = f"""
insert into pickup as was (pickup_id, waste_bank_id, subdistrict_code, requested_at, {{first}}, {{second}})
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::{{second_type}}[])
on conflict (pickup_id) do update set {{first}} = excluded.{{first}}, {{second}} = excluded.{{second}}
where {_SAME_PICKUP}
    and (was.{{first}} is null or (was.{{first}}, was.{{second}}) = (excluded.{{first}}, excluded.{{second}}))
"""  # noqa: S608 - a part of ours
_DONE = _PICKUP.format(first="done_at", second="deposit_id", second_type="uuid")
_CANCELLED = _PICKUP.format(first="cancelled_at", second="cancelled_why", second_type="text")
_DISPUTE = """
insert into dispute as was (dispute_id, about, waste_bank_id, subdistrict_code, opened_at, due_at, {first}, {second})
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[],
                     $7::{first_type}[], $8::{second_type}[])
on conflict (dispute_id) do update set {first} = excluded.{first}, {second} = excluded.{second}
where (was.about, was.subdistrict_code, was.opened_at, was.due_at)
        = (excluded.about, excluded.subdistrict_code, excluded.opened_at, excluded.due_at)
    and was.waste_bank_id is not distinct from excluded.waste_bank_id
    and (was.{first} is null or (was.{first}, was.{second}) = (excluded.{first}, excluded.{second}))
"""
_OPENED = _DISPUTE.format(first="assisted", first_type="boolean", second="complaint", second_type="text")
_ANSWERED = _DISPUTE.format(
    first="answered_at", first_type="timestamptz", second="outcome", second_type="text"
)
_SAME_BAG = """
(was.member_id, was.waste_bank_id, was.subdistrict_code, was.received_at)
    = (excluded.member_id, excluded.waste_bank_id, excluded.subdistrict_code, excluded.received_at)
"""
# Turns come in any order; a lower one than is known changes nothing.
_TURN = f"""
insert into bag as was (bag_id, member_id, waste_bank_id, subdistrict_code, received_at, turn, weighed_at)
select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::integer[],
                     $7::timestamptz[])
on conflict (bag_id) do update set turn = greatest(was.turn, excluded.turn),
    weighed_at = case when excluded.turn > was.turn then excluded.weighed_at else was.weighed_at end
where {_SAME_BAG}
    and (was.turn <> excluded.turn or was.weighed_at is not distinct from excluded.weighed_at)
"""  # noqa: S608 - a part of ours
_DISCARD = f"""
insert into bag as was (bag_id, member_id, waste_bank_id, subdistrict_code, received_at, discarded_at)
select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[])
on conflict (bag_id) do update set discarded_at = excluded.discarded_at
where {_SAME_BAG} and coalesce(was.discarded_at, excluded.discarded_at) = excluded.discarded_at
"""  # noqa: S608 - a part of ours


async def request(tx: Tx, pickups: Sequence[Place]) -> int:
    """Note pick-ups that were asked for.

    Returns, as all that follow, how many rows are new, or known with the same values.
    """
    return await put_once(tx, "pickup", "uuid text text timestamptz", pickups)


async def schedule(tx: Tx, attempts: Sequence[Attempt]) -> int:
    """Note on which day somebody is to come."""
    return await put_once(tx, "pickup_attempt", "uuid integer date", attempts, key=2)


async def finish(tx: Tx, ended: Sequence[Ended]) -> int:
    """Note pick-ups that were weighed at the door: `what` is the deposit."""
    return written(await tx.execute(_DONE, *columns(ended)))


async def cancel(tx: Tx, ended: Sequence[Ended]) -> int:
    """Note pick-ups for which nobody will come any more: `what` is whose decision it was."""
    return written(await tx.execute(_CANCELLED, *columns(ended)))


async def open_disputes(tx: Tx, opened: Sequence[Dispute]) -> int:
    """Note disputes that were opened: whether somebody assisted, and the complaint."""
    return written(await tx.execute(_OPENED, *columns(opened)))


async def answer_disputes(tx: Tx, answered: Sequence[Dispute]) -> int:
    """Note how disputes ended: when, and the outcome."""
    return written(await tx.execute(_ANSWERED, *columns(answered)))


async def receive_bags(tx: Tx, bags: Sequence[Bag]) -> int:
    """Note bags that were left to be weighed later, once each."""
    return await put_once(tx, "bag", "uuid uuid text text timestamptz", bags)


async def turn_bags(tx: Tx, turns: Sequence[BagTurn]) -> int:
    """Note how bags stand; of each the highest turn, which is the only one given of it, now and in the end."""
    return written(await tx.execute(_TURN, *columns(turns)))


async def discard_bags(tx: Tx, bags: Sequence[DiscardedBag]) -> int:
    """Note bags that will not be weighed."""
    return written(await tx.execute(_DISCARD, *columns(bags)))


async def sell(tx: Tx, lots: Sequence[Lot]) -> int:
    """Note lots, once each."""
    return await put_once(tx, "lot", "uuid text text date bigint", lots)


async def sell_lines(tx: Tx, lines: Sequence[LotLine]) -> int:
    """Note the lines of lots."""
    return await put_once(tx, "lot_line", "uuid integer text text bigint bigint", lines, key=2)


async def void_sales(tx: Tx, lot_ids: Sequence[UUID]) -> None:
    """Count lots no longer, now or once they are heard of."""
    await tx.execute(
        "insert into lot_void (lot_id) select unnest($1::uuid[]) on conflict (lot_id) do nothing", lot_ids
    )


async def close(tx: Tx, closings: Sequence[Closing]) -> int:
    """Note closed days, once each."""
    return await put_once(tx, "closing", "uuid text text date timestamptz bigint bigint uuid", closings)


async def close_classes(tx: Tx, classes: Sequence[ClosingClass]) -> int:
    """Note the classes of closed days."""
    return await put_once(tx, "closing_class", "uuid text bigint bigint", classes, key=2)


async def parts_of_lots(tx: Tx, lot_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many lines each of these lots has that are known."""
    rows = await tx.fetch(
        "select lot_id, (select count(*) from lot_line l where l.lot_id = lot.lot_id) from lot "
        "where lot_id = any($1::uuid[])",
        lot_ids,
    )
    return {row[0]: row[1] for row in rows}


async def parts_of_closings(tx: Tx, closing_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many classes each of these closings has that are known."""
    rows = await tx.fetch(
        "select closing_id, (select count(*) from closing_class c where c.closing_id = closing.closing_id) "
        "from closing where closing_id = any($1::uuid[])",
        closing_ids,
    )
    return {row[0]: row[1] for row in rows}


async def report(tx: Tx, reports: Sequence[Report]) -> None:
    """Keep the newest report of each tablet; each tablet stands once in the batch. In id order: no ring of waiting."""
    await tx.execute(
        """
        insert into tablet_report as t (tablet_id, event_id, waste_bank_id, subdistrict_code, reported_at, heard_at,
            app_version, queue_length, oldest_queued_at, clock_offset_ms, battery_percent, storage_free_mib)
        select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[],
            $7::text[], $8::integer[], $9::timestamptz[], $10::bigint[], $11::integer[], $12::bigint[])
        on conflict (tablet_id) do update set
            event_id = excluded.event_id, waste_bank_id = excluded.waste_bank_id,
            subdistrict_code = excluded.subdistrict_code, reported_at = excluded.reported_at,
            heard_at = excluded.heard_at, app_version = excluded.app_version, queue_length = excluded.queue_length,
            oldest_queued_at = excluded.oldest_queued_at, clock_offset_ms = excluded.clock_offset_ms,
            battery_percent = excluded.battery_percent, storage_free_mib = excluded.storage_free_mib
        where (excluded.reported_at, excluded.event_id) > (t.reported_at, t.event_id)
        """,
        *columns(sorted(reports)),
    )
