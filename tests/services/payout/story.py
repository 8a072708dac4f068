"""One redemption told event by event: what wallet says, what the biller answers, and what payout makes of it."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.payout.consumers import hearing
from services.payout.domain.answers import BillerAnswer, Meaning, Patience
from services.payout.domain.polling import PollPlan
from services.payout.domain.reasons import Reason
from services.payout.domain.redemption import State
from services.payout.domain.sealed import redemption_field
from services.payout.models import Redemption
from services.payout.providers.digiflazz_codes import CODES
from services.payout.store import redemptions
from services.payout.workflows.delivering import Ask, Pace, begin_asks, note_answer
from shared.contracts import BY_TYPE, CreditHeld, CreditRefused, CreditReleased, CreditSettled, Event
from shared.kernel.ids import uuid7
from shared.runtime.database import Database
from shared.runtime.hearing import Hearer
from shared.runtime.sealing import Sealer
from tests.services.payout.stage import SECRET, record

SEALER = Sealer([SECRET], "payout")
START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PACE = Pace(
    plan=PollPlan((timedelta(0),), least=timedelta(0), hourly=timedelta(0)),
    patience=Patience(suspect_grace=timedelta(0), suspect_asks=1),
    funds=timedelta(0),
    watch_failed=(timedelta(0),) * 3,
    watch_delivered=(timedelta(0),) * 3,
    lease=timedelta(seconds=1),
)
SILENCE = BillerAnswer(Meaning.UNKNOWN, "", Reason.NO_ANSWER)


def said_by_biller(code: str) -> BillerAnswer:
    entry = CODES[code]
    said = BillerAnswer(entry.meaning, code, entry.reason, created=entry.created, price_rupiah=20_590)
    return replace(said, serial="1" * 20) if code == "00" else said


class TickingClock:
    """Time that goes on by a second whenever somebody looks."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


class Story:
    """One redemption, and everything that can happen to it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = TickingClock()
        self.hearer = Hearer("payout", hearing(self.clock), database)
        self.id, self.member_id = uuid7(), uuid7()
        self.offset = random.randrange(2**40)
        self.ask: Ask | None = None

    async def begin(self) -> None:
        redemption = Redemption(
            redemption_id=self.id,
            member_id=self.member_id,
            quote_id=uuid7(),
            idempotency_key=str(self.id),
            product_code="pln-20k",
            product_kind="pln_token",
            provider="digiflazz",
            sku="pln20",
            subdistrict_code="12.07.28",
            waste_bank_id=None,
            target_sealed=SEALER.seal("14000000001", redemption_field(self.id, "target_sealed")),
            target_fingerprint=SEALER.blind_index("14000000001"),
            owner_sealed=None,
            amount_rupiah=21_590,
            quoted_cost_rupiah=20_590,
            price_rupiah_max=21_090,
            state=State.REQUESTED,
            reason=None,
            requested_at=START,
            changed_at=START,
        )
        async with self.database.transaction() as tx:
            await redemptions.insert_redemption(tx, redemption)

    def credit(self, kind: type[Event], **more: Any) -> Event:
        about: dict[str, Any] = {
            "redemption_id": self.id,
            "member_id": self.member_id,
            "subdistrict_code": "12.07.28",
            "amount_rupiah": 21_590,
        }
        return kind(event_id=uuid7(), recorded_at=START, **about | more)

    def facts(self) -> dict[str, Event]:
        return {
            "held": self.credit(CreditHeld),
            "refused": self.credit(CreditRefused, why="insufficient_credit", available_rupiah=5),
            "settled": self.credit(CreditSettled),
            "released": self.credit(CreditReleased, why="failed"),
            "given_back": self.credit(CreditReleased, why="reversed"),
        }

    async def hear(self, *events: Event) -> None:
        """One batch of Kafka's."""
        records = []
        for event in events:
            self.offset += 1
            records.append(record(event, self.offset))
        await self.hearer.hear(records)

    async def answer(self, answer: BillerAnswer, pace: Pace = PACE) -> None:
        """The biller is asked if it may be asked now, and answers; the lease of an older question has ended."""
        self.clock.at += timedelta(seconds=5)
        async with self.database.transaction() as tx:
            asks = await begin_asks(tx, self.clock.now(), 10, pace, SEALER)
        mine = [ask for ask in asks if ask.redemption_id == self.id]
        self.ask = mine[0] if mine else self.ask
        if self.ask is not None:
            async with self.database.transaction() as tx:
                await note_answer(tx, self.ask, answer, self.clock.now(), pace, SEALER)

    async def now(self) -> Redemption:
        async with self.database.connection() as reading:
            found = await redemptions.redemption_of(reading, self.id)
        assert found is not None
        return found

    async def events(self) -> list[Any]:
        """What payout said about it, in order."""
        async with self.database.connection() as reading:
            rows = await reading.fetch("select types, payloads from outbox order by id")
        events = [
            BY_TYPE[kind].model_validate_json(payload)
            for row in rows
            for kind, payload in zip(row["types"], row["payloads"], strict=True)
        ]
        return [event for event in events if getattr(event, "redemption_id", None) == self.id]

    async def said(self) -> Counter[str]:
        return Counter(type(event).__name__ for event in await self.events())

    async def dead_letters(self) -> int:
        async with self.database.connection() as reading:
            return int(await reading.fetchval("select count(*) from dead_letter where key = $1", self.key()))

    def key(self) -> bytes:
        return str(self.member_id).encode()


async def told(database: Database) -> Story:
    story = Story(database)
    await story.begin()
    return story
