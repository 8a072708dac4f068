"""Facts as deposit would say them, and what valuation said and stored, read from its tables."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from aiokafka import ConsumerRecord

from services.valuation.store.lists import PriceBooks
from services.valuation.workflows.publishing import Publisher, draft_list, publish_list
from services.valuation.workflows.recomputing import recompute
from services.valuation.workflows.valuing import value_deposits
from services.valuation.workflows.voiding import void_deposits
from shared.contracts import DepositLine, DepositRecorded, DepositVoided, Event
from shared.kernel.catalogue import Price
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.kernel.rollout import Rollout
from shared.runtime.database import Database
from shared.runtime.outbox import encode
from shared.runtime.tokens import Caller

BANK, OWN_LIST_BANK, SUBDISTRICT = "lubuk-pakam-induk", "lubuk-pakam-cemara", "12.07.28"
WEIGHED_AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
GENERAL = UUID("01a0d15b-0b80-7000-8000-000000000001")
CEMARA = UUID("01a0d15b-0b80-7000-8000-000000000002")
RECORDER, SECOND_PERSON = UUID(int=11), UUID(int=12)
# The programme of the whole regency.
APPROVER = Caller(
    SECOND_PERSON, Role.PROGRAMME, frozenset(), frozenset(), None, None, regency_codes=frozenset({"12.07"})
)
PUBLISHER = Publisher(SECOND_PERSON, "programme", lambda _: True)


class MovableClock:
    """A clock that stands where it is put."""

    def __init__(self, now: datetime) -> None:
        self.at = now

    def now(self) -> datetime:
        """Where it was put."""
        return self.at


def line(
    item: str = "P05", grade: str = "bersih", quantity: int = 2_000, shown: int = 3_250, unit: str = "kg"
) -> DepositLine:
    """Two kilograms of clear bottles at Rp1.625, unless told otherwise."""
    return DepositLine(item_code=item, grade=grade, unit=unit, quantity=quantity, shown_rupiah=shown)


def recorded(*lines: DepositLine, **other: Any) -> DepositRecorded:
    """A recorded deposit of these lines, by the general list."""
    facts: dict[str, Any] = {
        "event_id": uuid7(),
        "recorded_at": other.get("weighed_at", WEIGHED_AT) + timedelta(hours=2),
        "member_id": uuid7(),
        "deposit_id": uuid7(),
        "waste_bank_id": BANK,
        "subdistrict_code": SUBDISTRICT,
        "weighed_at": WEIGHED_AT,
        "tablet_id": UUID(int=1),
        "recorder_id": RECORDER,
        "channel": "self",
        "price_list_id": GENERAL,
        "lines": lines or (line(),),
    }
    return DepositRecorded(**facts | other)


def voided(deposit: DepositRecorded, **other: Any) -> DepositVoided:
    """The void of a deposit."""
    facts: dict[str, Any] = {
        "event_id": uuid7(),
        "recorded_at": WEIGHED_AT + timedelta(hours=3),
        "member_id": deposit.member_id,
        "deposit_id": deposit.deposit_id,
        "waste_bank_id": deposit.waste_bank_id,
        "subdistrict_code": deposit.subdistrict_code,
        "weighed_at": deposit.weighed_at,
        "voided_by": SECOND_PERSON,
        "reason": "salah timbang",
    }
    return DepositVoided(**facts | other)


def records(*facts: Event, offset: int = 0) -> list[ConsumerRecord]:
    """The facts as Kafka would hand them over."""
    return [
        ConsumerRecord(
            topic=fact.TOPIC,
            partition=0,
            offset=number,
            timestamp=0,
            timestamp_type=0,
            key=fact.key.encode(),
            value=encode(fact),
            checksum=None,
            serialized_key_size=36,
            serialized_value_size=0,
            headers=(("ce_type", fact.TYPE.encode()),),
        )
        for number, fact in enumerate(facts, offset)
    ]


async def said(database: Database, *kinds: str) -> list[dict[str, Any]]:
    """Payloads of everything in the outbox, in order, each with its `type`; only of these kinds if any are named."""
    async with database.connection() as held:
        rows = await held.fetch("select types, payloads from outbox order by id")
    facts = [
        {"type": kind.split(".")[-2], **json.loads(payload)}
        for row in rows
        for kind, payload in zip(row["types"], row["payloads"], strict=True)
    ]
    return [fact for fact in facts if not kinds or fact["type"] in kinds]


async def states(database: Database) -> dict[UUID, str]:
    """The state of every deposit that valuation knows."""
    async with database.connection() as held:
        rows = await held.fetch("select deposit_id, state from valuation")
    return {row["deposit_id"]: row["state"] for row in rows}


async def end_state(database: Database) -> dict[str, Any]:
    """Everything that must not depend on the order in which facts came: states, days, and what is owed by deposit."""
    async with database.connection() as held:
        days = await held.fetch(
            "select member_id, weighed_on, deposits, grams, rupiah from member_day where deposits > 0"
        )
        valued = await held.fetch(
            "select deposit_id, net_rupiah, lines::text from valuation where state = 'valued'"
        )
        flags = await held.fetch("select deposit_id, reasons from flag where closed_at is null")
    owed: dict[str, int] = {}
    for fact in await said(database, "valued", "reversed"):
        sign = 1 if fact["type"] == "valued" else -1
        owed[fact["deposit_id"]] = owed.get(fact["deposit_id"], 0) + sign * fact["net_rupiah"]
    return {
        "states": await states(database),
        "days": sorted(tuple(row) for row in days),
        "valued": sorted(tuple(row) for row in valued),
        "flags": sorted((row[0], tuple(row[1])) for row in flags),
        "owed": {deposit: rupiah for deposit, rupiah in owed.items() if rupiah},
    }


def prices_of(listed: Sequence[dict[str, Any]]) -> dict[tuple[str, str], int]:
    """(item, grade) to rupiah of a door's answer."""
    return {(each["item_code"], each["grade"]): each["price_rupiah"] for each in listed}


class Ear:
    """Hands facts to the workflows, a transaction each time, as the consumers do."""

    def __init__(self, database: Database, rollout: Rollout, clock: MovableClock) -> None:
        self.database, self.rollout, self.clock = database, rollout, clock
        self.books = PriceBooks()

    async def hear(self, *facts: DepositRecorded | DepositVoided) -> None:
        async with self.database.transaction() as tx:
            deposits = [fact for fact in facts if isinstance(fact, DepositRecorded)]
            voids = [fact for fact in facts if isinstance(fact, DepositVoided)]
            if deposits:
                await value_deposits(tx, deposits, self.books, self.rollout, self.clock.now())
            if voids:
                await void_deposits(tx, voids, self.clock.now())

    async def publish(self, effective_in: timedelta, bank: str | None = None, **prices: int) -> Any:
        """Publish a list that changes the clean grade of these items."""
        changed = [
            Price(item=item, grade="bersih", price_rupiah=price, source="a test")
            for item, price in prices.items()
        ]
        price_list_id = uuid7()
        async with self.database.transaction() as tx:
            await draft_list(
                tx,
                price_list_id=price_list_id,
                name="baru",
                waste_bank_id=bank,
                based_on=GENERAL,
                prices=changed,
                deductions=None,
                by=PUBLISHER,
                rollout=self.rollout,
                now=self.clock.now(),
            )
            published = await publish_list(
                tx,
                price_list_id,
                effective_at=self.clock.now() + effective_in,
                by=PUBLISHER,
                rollout=self.rollout,
                now=self.clock.now(),
            )
        assert not isinstance(published, str), published
        return price_list_id

    async def differences(self) -> list[str]:
        async with self.database.reading() as tx:
            return [wrong async for _, wrong in recompute(tx, PriceBooks()) if wrong]
