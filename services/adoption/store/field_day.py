"""Pick-ups, disputes, bags, lots, closed days and tablets: each event fills its own columns, in any order."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

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


class Dispute(NamedTuple):
    """A dispute, and what each of its events says of it."""

    dispute_id: UUID
    about: str
    waste_bank_id: str | None
    subdistrict_code: str
    opened_at: datetime
    due_at: datetime


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


_PLACE = (
    "insert into pickup as p (pickup_id, waste_bank_id, subdistrict_code, requested_at{names}) select * from "
)
_PLACE_ARRAYS = "$1::uuid[], $2::text[], $3::text[], $4::timestamptz[]"
_DISPUTE = """
insert into dispute as d (dispute_id, about, waste_bank_id, subdistrict_code, opened_at, due_at, {first}, {second})
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[],
                     $7::{first_type}[], $8::{second_type}[])
on conflict (dispute_id) do update set
    {first} = coalesce(d.{first}, excluded.{first}), {second} = coalesce(d.{second}, excluded.{second})
"""
_OPENED = _DISPUTE.format(first="assisted", first_type="boolean", second="complaint", second_type="text")
_ANSWERED = _DISPUTE.format(
    first="answered_at", first_type="timestamptz", second="outcome", second_type="text"
)


async def request(tx: Tx, pickups: Sequence[Place]) -> None:
    """Note pick-ups that were asked for."""
    await tx.execute(
        f"{_PLACE.format(names='')} unnest({_PLACE_ARRAYS}) on conflict (pickup_id) do nothing",
        *_columns(pickups),
    )


async def schedule(tx: Tx, pickups: Sequence[Place], attempts: Sequence[Attempt]) -> None:
    """Note on which day somebody is to come. Of one attempt the earliest day stands."""
    await request(tx, pickups)
    await tx.execute(
        """
        insert into pickup_attempt as a (pickup_id, attempt, scheduled_on)
        select pickup_id, attempt, min(scheduled_on)
        from unnest($1::uuid[], $2::integer[], $3::date[]) as given (pickup_id, attempt, scheduled_on) group by 1, 2
        on conflict (pickup_id, attempt) do update set scheduled_on = least(a.scheduled_on, excluded.scheduled_on)
        """,
        *_columns(attempts),
    )


async def finish(
    tx: Tx, pickups: Sequence[Place], done_at: Sequence[datetime], deposit_ids: Sequence[UUID]
) -> None:
    """Note pick-ups that were weighed at the door."""
    await tx.execute(
        f"{_PLACE.format(names=', done_at, deposit_id')} unnest({_PLACE_ARRAYS}, $5::timestamptz[], $6::uuid[]) "
        "on conflict (pickup_id) do update set done_at = excluded.done_at, deposit_id = excluded.deposit_id",
        *_columns(pickups),
        done_at,
        deposit_ids,
    )


async def cancel(tx: Tx, pickups: Sequence[Place], at: Sequence[datetime], why: Sequence[str]) -> None:
    """Note pick-ups for which nobody will come any more."""
    await tx.execute(
        f"{_PLACE.format(names=', cancelled_at, cancelled_why')} "
        f"unnest({_PLACE_ARRAYS}, $5::timestamptz[], $6::text[]) on conflict (pickup_id) do update "
        "set cancelled_at = excluded.cancelled_at, cancelled_why = excluded.cancelled_why",
        *_columns(pickups),
        at,
        why,
    )


async def open_disputes(
    tx: Tx, disputes: Sequence[Dispute], assisted: Sequence[bool], complaints: Sequence[str]
) -> None:
    """Note disputes that were opened."""
    await tx.execute(_OPENED, *_columns(disputes), assisted, complaints)


async def answer_disputes(
    tx: Tx, disputes: Sequence[Dispute], answered_at: Sequence[datetime], outcomes: Sequence[str]
) -> None:
    """Note how disputes ended."""
    await tx.execute(_ANSWERED, *_columns(disputes), answered_at, outcomes)


async def receive_bags(tx: Tx, bags: Sequence[Bag]) -> None:
    """Note bags that were left to be weighed later, once each."""
    await tx.execute(
        """
        insert into bag (bag_id, member_id, waste_bank_id, subdistrict_code, received_at)
        select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
        on conflict (bag_id) do nothing
        """,
        *_columns(bags),
    )


async def turn_bags(tx: Tx, turns: Sequence[BagTurn]) -> None:
    """Note how bags stand; of each the highest turn, which is the only one given of it, now and in the end."""
    await tx.execute(
        """
        insert into bag as b (bag_id, member_id, waste_bank_id, subdistrict_code, received_at, turn, weighed_at)
        select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::integer[],
                             $7::timestamptz[])
        on conflict (bag_id) do update set turn = excluded.turn, weighed_at = excluded.weighed_at
        where excluded.turn > b.turn
        """,
        *_columns(turns),
    )


async def discard_bags(tx: Tx, bags: Sequence[Bag], at: Sequence[datetime]) -> None:
    """Note bags that will not be weighed."""
    await tx.execute(
        """
        insert into bag as b (bag_id, member_id, waste_bank_id, subdistrict_code, received_at, discarded_at)
        select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[])
        on conflict (bag_id) do update set discarded_at = excluded.discarded_at
        """,
        *_columns(bags),
        at,
    )


async def sell(tx: Tx, lots: Sequence[Lot], lines: Sequence[LotLine]) -> None:
    """Note lots with their lines, once each."""
    await tx.execute(
        """
        insert into lot (lot_id, waste_bank_id, subdistrict_code, sold_on, amount_rupiah)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::date[], $5::bigint[])
        on conflict (lot_id) do nothing
        """,
        *_columns(lots),
    )
    await tx.execute(
        """
        insert into lot_line (lot_id, line_no, item_code, waste_class, grams, amount_rupiah)
        select * from unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])
        on conflict (lot_id, line_no) do nothing
        """,
        *_columns(lines),
    )


async def void_sales(tx: Tx, lot_ids: Sequence[UUID]) -> None:
    """Count lots no longer, now or once they are heard of."""
    await tx.execute(
        "insert into lot_void (lot_id) select unnest($1::uuid[]) on conflict (lot_id) do nothing", lot_ids
    )


async def close(tx: Tx, closings: Sequence[Closing], classes: Sequence[ClosingClass]) -> None:
    """Note closed days, once each."""
    await tx.execute(
        """
        insert into closing (closing_id, waste_bank_id, subdistrict_code, day, closed_at, cash_booked_rupiah,
                             cash_counted_rupiah, replaces_closing_id)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::date[], $5::timestamptz[], $6::bigint[],
                             $7::bigint[], $8::uuid[])
        on conflict (closing_id) do nothing
        """,
        *_columns(closings),
    )
    if classes:
        await tx.execute(
            """
            insert into closing_class (closing_id, waste_class, booked_grams, counted_grams)
            select * from unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[])
            on conflict (closing_id, waste_class) do nothing
            """,
            *_columns(classes),
        )


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
        *_columns(sorted(reports)),
    )


def _columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
