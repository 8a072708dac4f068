"""A fact that is heard again with other figures is set aside, whatever it is about; the first one stands."""

import random
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.adoption.consumers import hearing
from services.adoption.workflows import deposits, field_day, people
from shared.contracts import (
    BagDiscarded,
    BagReopened,
    BagsReceived,
    BagWeighed,
    CardReplaced,
    CreditHeld,
    CreditPosted,
    CreditRefused,
    CreditReleased,
    CreditReversed,
    CreditSettled,
    DayClosed,
    DepositFlagged,
    DepositQuarantined,
    DepositRecorded,
    DepositRejected,
    DepositValued,
    DepositVoided,
    DisputeAnswered,
    DisputeOpened,
    Event,
    FloatChanged,
    MemberErased,
    MemberMoved,
    MemberRegistered,
    MembersMerged,
    OpeningBalancePosted,
    PickupCancelled,
    PickupDone,
    PickupRequested,
    PickupScheduled,
    PriceExceptionApproved,
    PriceListPublished,
    RedemptionDelivered,
    RedemptionDeliveredLate,
    RedemptionDisputeAnswered,
    RedemptionDisputeOpened,
    RedemptionFailed,
    RedemptionRequested,
    RedemptionReversed,
    TabletReported,
    ValuationReversed,
    WasteSaleVoided,
    WasteSold,
)
from shared.kernel.ids import uuid7
from shared.runtime.database import Database
from shared.runtime.hearing import Hearer
from tests.services.adoption.field_chronicle import chronicle
from tests.services.adoption.test_adoption_keeping import record

_ASKED = ("amount_rupiah", "subdistrict_code", "member_id", "product_kind", "requested_at")
_CREDIT = ("amount_rupiah", "subdistrict_code", "member_id")
_PICKUP = ("waste_bank_id", "subdistrict_code", "requested_at")
_DISPUTE = ("waste_bank_id", "subdistrict_code", "opened_at", "due_at")
_BAG = ("member_id", "waste_bank_id", "subdistrict_code", "received_at")
# What may not be said otherwise of what a fact is about, in whatever event.
FIGURES: dict[type[Event], tuple[str, ...]] = {
    MemberRegistered: ("subdistrict_code", "kind", "has_phone", "enrolled_at"),
    MembersMerged: ("into_member_id",),
    MemberErased: ("subdistrict_code", "erased_at"),
    OpeningBalancePosted: ("amount_rupiah", "member_id", "waste_bank_id", "subdistrict_code", "posted_at"),
    DepositRecorded: ("member_id", "subdistrict_code", "weighed_at"),
    DepositVoided: ("member_id", "subdistrict_code", "weighed_at"),
    DepositRejected: ("member_id", "subdistrict_code", "weighed_at"),
    DepositValued: ("subdistrict_code", "weighed_at", "lines"),
    ValuationReversed: ("subdistrict_code", "weighed_at"),
    CreditPosted: ("subdistrict_code", "weighed_at", "amount_rupiah"),
    CreditReversed: ("subdistrict_code", "weighed_at", "amount_rupiah"),
    RedemptionRequested: _ASKED,
    RedemptionFailed: _ASKED,
    RedemptionDelivered: (*_ASKED, "delivered_at", "provider", "cost_rupiah"),
    RedemptionDeliveredLate: (*_ASKED, "delivered_at", "provider", "cost_rupiah"),
    RedemptionReversed: _ASKED,
    CreditHeld: _CREDIT,
    CreditRefused: _CREDIT,
    CreditSettled: _CREDIT,
    CreditReleased: _CREDIT,
    FloatChanged: ("provider", "amount_rupiah"),
    PickupRequested: _PICKUP,
    PickupScheduled: (*_PICKUP, "scheduled_on"),
    PickupDone: (*_PICKUP, "done_at", "deposit_id"),
    PickupCancelled: (*_PICKUP, "cancelled_at", "why"),
    DisputeOpened: (*_DISPUTE, "assisted", "complaint"),
    DisputeAnswered: (*_DISPUTE, "outcome", "answered_at"),
    RedemptionDisputeOpened: (*_DISPUTE, "assisted", "complaint"),
    RedemptionDisputeAnswered: (*_DISPUTE, "outcome", "answered_at"),
    BagsReceived: _BAG,
    BagWeighed: _BAG,
    BagReopened: _BAG,
    BagDiscarded: (*_BAG, "discarded_at"),
    WasteSold: ("waste_bank_id", "subdistrict_code", "sold_at", "amount_rupiah", "lines"),
    DayClosed: ("waste_bank_id", "subdistrict_code", "day_on", "closed_at", "cash_counted_rupiah", "classes"),
}
# Each of these is a fact of its own, known by its event's id, or says no more than that something is so.
ONCE_MORE = (
    MemberMoved,
    CardReplaced,
    TabletReported,
    PriceListPublished,
    PriceExceptionApproved,
    DepositQuarantined,
    DepositFlagged,
    WasteSaleVoided,
)
CANCELLED: dict[str, tuple[type[Any], type[Any], str]] = {
    "void": (DepositVoided, DepositRecorded, "member_id"),
    "credit": (CreditReversed, CreditPosted, "amount_rupiah"),
    "value": (ValuationReversed, DepositValued, "subdistrict_code"),
}
# Packed by the batch, so that the ids of their events are not searched.
HOT = (DepositRecorded, DepositValued, CreditPosted)
# Since when a deposit waits, or a tablet was heard of.
RECORDED_AT_COUNTS = (DepositRecorded, DepositQuarantined, DepositFlagged, TabletReported)
WORDS = {
    "kind": ("person", "household"),
    "product_kind": ("pulsa", "data"),
    "why": ("by_member", "by_waste_bank", "missed"),
    "complaint": ("not_mine", "other"),
    "outcome": ("upheld", "turned_down"),
}


def otherwise(event: Event, name: str, **more: Any) -> Event:
    """The event, but for one field."""
    value = getattr(event, name)
    changed: Any = f"{value}-x"
    if name in WORDS:
        changed = next(word for word in WORDS[name] if word != value)
    elif isinstance(value, bool):
        changed = not value
    elif isinstance(value, int):
        changed = value + 1
    elif isinstance(value, date | datetime):
        changed = value + timedelta(days=1)
    elif isinstance(value, UUID):
        changed = uuid7()
    elif isinstance(value, tuple):
        changed = value[:-1] if len(value) > 1 else value + value
    return event.model_copy(update={name: changed, **more})


@pytest.fixture
async def database(fresh_database: Callable[[str], str]) -> AsyncIterator[Database]:
    opened = Database(fresh_database("adoption"))
    await opened.open()
    yield opened
    await opened.close()


async def tables(database: Database, *but: str) -> dict[str, list[str]]:
    """All rows of every table of adoption, but of those that keep time and of some."""
    async with database.connection() as held:
        names = await held.fetch("select tablename from pg_tables where schemaname = 'public' order by 1")
        found: dict[str, list[str]] = {}
        for (name,) in names:
            if name not in {"dead_letter", "alembic_version", *but}:
                found[name] = sorted(row[0] for row in await held.fetch(f"select t::text from {name} t"))
        return found


async def letters(database: Database) -> list[tuple[str, str]]:
    async with database.connection() as held:
        return [tuple(row) for row in await held.fetch("select kind, error from dead_letter order by id")]


class Ear:
    """Hears events as Kafka would hand them over, and each in a place of its own."""

    def __init__(self, database: Database) -> None:
        self.hearer = Hearer("adoption", hearing(), database)
        self.offset = 0

    async def hear(self, *events: Event, **more: Any) -> None:
        first, self.offset = self.offset, self.offset + len(events)
        await self.hearer.hear([record(each, place, **more) for place, each in enumerate(events, first)])


def one_of_each(said: list[Event]) -> dict[type[Event], Event]:
    """Of redemptions and merges those that nothing else speaks about in a way that hides what is said."""
    reversed_too = {each.redemption_id for each in said if isinstance(each, RedemptionReversed)}
    found: dict[type[Event], Event] = {}
    for each in said:
        if not (isinstance(each, RedemptionDelivered) and each.redemption_id in reversed_too):
            found.setdefault(type(each), each)
    return found


@pytest.fixture
def said() -> list[Event]:
    return chronicle(3, deposits=60, redemptions=60, field_day=15)


async def test_what_is_said_otherwise_is_refused_and_changes_nothing(
    database: Database, said: list[Event]
) -> None:
    ear = Ear(database)
    await ear.hear(*said)
    assert await letters(database) == []
    examples = one_of_each(said)
    assert examples.keys() == {*FIGURES, *ONCE_MORE}
    before = await tables(database)
    refused = 0
    for kind, figures in FIGURES.items():
        for name in figures:
            changed = otherwise(examples[kind], name, event_id=uuid7())
            await ear.hear(changed)
            refused += 1
            assert len(await letters(database)) == refused, f"{kind.__name__} with another {name}"
        assert await tables(database) == before, kind.__name__
    assert {kind for kind, _ in await letters(database)} == {"refused"}


async def test_an_event_that_is_said_again_with_another_content_is_refused(
    database: Database, said: list[Event]
) -> None:
    ear = Ear(database)
    await ear.hear(*said)
    before = await tables(database)
    examples = [each for kind, each in one_of_each(said).items() if kind not in HOT]
    for number, event in enumerate(examples, start=1):
        names = type(event).model_fields.keys() - {"event_id", "recorded_at", "why", "complaint", "outcome"}
        name = min(name for name in names if getattr(event, name) is not None)
        await ear.hear(otherwise(event, name))
        assert len(await letters(database)) == number, f"{type(event).__name__} with another {name}"
    assert {kind for kind, _ in await letters(database)} == {"refused"}
    assert await tables(database) == before


async def test_what_changes_no_figure_is_no_contradiction(database: Database, said: list[Event]) -> None:
    ear = Ear(database)
    await ear.hear(*said)
    before = await tables(database)
    await ear.hear(*said, said_by="a newer sender, who says more")
    await ear.hear(*[each.model_copy(update={"recorded_at": each.recorded_at}) for each in said])
    cold = [each for each in said if not isinstance(each, RECORDED_AT_COUNTS)]
    later = [each.model_copy(update={"recorded_at": each.recorded_at + timedelta(hours=1)}) for each in cold]
    await ear.hear(*later)
    assert await tables(database) == before
    # The same of the same subject in another event: it is kept, and counts no second time.
    of_subjects = [each.model_copy(update={"event_id": uuid7()}) for each in said if type(each) in FIGURES]
    await ear.hear(*of_subjects)
    assert await tables(database, "event") == {name: rows for name, rows in before.items() if name != "event"}
    assert await letters(database) == []


async def test_in_one_batch_the_first_stands_and_all_others_take_effect(
    fresh_database: Callable[[str], str], said: list[Event]
) -> None:
    dice = random.Random(5)
    changed = [
        otherwise(each, dice.choice(FIGURES[kind]), event_id=uuid7())
        for kind, each in one_of_each(said).items()
        if kind in FIGURES
    ]
    found = []
    for batch in (said, [*said, *dice.sample(changed, 12)]):
        opened = Database(fresh_database("adoption"))
        await opened.open()
        await Ear(opened).hear(*batch)
        found.append((len(await letters(opened)), await figures(opened)))
        await opened.close()
    assert [number for number, _ in found] == [0, 12]
    assert found[0][1] == found[1][1]


async def figures(database: Database) -> dict[str, list[str]]:
    """What is counted, however it is folded and kept."""
    async with database.connection() as held:
        names = await held.fetch(
            "select table_name from information_schema.views where table_schema = 'reporting'"
        )
        return {
            name: sorted(row[0] for row in await held.fetch(f"select t::text from reporting.{name} t"))
            for (name,) in names
            if name != "open_bag"  # it tells the hours until now
        }


@pytest.mark.parametrize("earlier", CANCELLED)
async def test_a_fact_must_agree_with_the_one_that_cancels_it_and_came_first(
    database: Database, said: list[Event], earlier: str
) -> None:
    """The void names another member, the reversal another amount, another place."""
    first, second, name = CANCELLED[earlier]
    cancelled: Any = next(each for each in said if isinstance(each, first))
    fact: Any = next(
        each for each in said if isinstance(each, second) and each.deposit_id == cancelled.deposit_id
    )
    ear = Ear(database)
    await ear.hear(otherwise(cancelled, name))
    before = await tables(database)
    await ear.hear(fact)
    ((kind, error),) = await letters(database)
    assert (kind, str(fact.deposit_id) in error) == ("refused", True)
    assert await tables(database) == before


async def test_members_are_not_merged_in_a_circle_nor_twice(database: Database, said: list[Event]) -> None:
    ear = Ear(database)
    one, other, third = (uuid7() for _ in range(3))
    merge = next(each for each in said if isinstance(each, MembersMerged))

    def merged(member_id: UUID, into: UUID) -> Event:
        return merge.model_copy(update={"event_id": uuid7(), "member_id": member_id, "into_member_id": into})

    await ear.hear(merged(one, other))
    before = await tables(database)
    await ear.hear(merged(other, one))
    await ear.hear(merged(one, third))
    await ear.hear(merged(third, third))
    assert [kind for kind, _ in await letters(database)] == ["refused"] * 3
    assert await tables(database) == before
    await ear.hear(merged(other, third), merged(one, third), merged(one, other))
    assert len(await letters(database)) == 3


async def test_a_whole_is_not_said_again_with_more_or_fewer_parts(
    database: Database, said: list[Event]
) -> None:
    ear = Ear(database)
    sold = next(each for each in said if isinstance(each, WasteSold))
    closed = next(each for each in said if isinstance(each, DayClosed)).model_copy(update={"classes": ()})
    await ear.hear(sold, closed)
    before = await tables(database)
    again: list[Event] = [
        sold.model_copy(update={"event_id": uuid7(), "lines": sold.lines[:1]}),
        sold.model_copy(update={"event_id": uuid7(), "lines": sold.lines * 2}),
        next(each for each in said if isinstance(each, DayClosed)).model_copy(update={"event_id": uuid7()}),
    ]
    for each in again:
        await ear.hear(each)
    assert [kind for kind, _ in await letters(database)] == ["refused"] * 3
    assert await tables(database) == before


async def test_uncured_the_first_is_kept_without_a_word(
    database: Database, said: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def blind(*_: object) -> None:
        return

    monkeypatch.setattr(deposits, "_refuse_changed", blind)
    for room in (people, field_day):
        monkeypatch.setattr(room, "refuse_changed", lambda *_: None)
    ear = Ear(database)
    await ear.hear(*said)
    examples = one_of_each(said)
    for kind, name in ((DepositRecorded, "member_id"), (MemberErased, "erased_at"), (PickupDone, "done_at")):
        await ear.hear(otherwise(examples[kind], name, event_id=uuid7()))
    assert await letters(database) == []
