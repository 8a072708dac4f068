"""An invented history of a few weeks: every kind of event, every way a deposit and a redemption may end."""

import random
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from shared.contracts import (
    CreditHeld,
    CreditPosted,
    CreditRefused,
    CreditReleased,
    CreditReversed,
    CreditSettled,
    DepositFlagged,
    DepositLine,
    DepositQuarantined,
    DepositRecorded,
    DepositRejected,
    DepositValued,
    DepositVoided,
    Event,
    FloatChanged,
    MemberRegistered,
    PriceListPublished,
    RedemptionDelivered,
    RedemptionDeliveredLate,
    RedemptionFailed,
    RedemptionRequested,
    RedemptionReversed,
    ValuationReversed,
    ValuedLine,
)
from shared.kernel.ids import uuid7

PLACES = (
    ("12.07.28", "lubuk-pakam-induk"),
    ("12.07.28", "lubuk-pakam-cemara"),
    ("12.07.27", "batang-kuis-pekan"),
)
CLASSES = ("plastic", "paper", "metal", "glass", "a class that came later")
Why = Literal["failed", "cancelled", "reversed"]


class Chronicle:
    """Writes events as the services would; `events` holds them in a possible order."""

    def __init__(self, seed: int, now: datetime) -> None:
        self.dice = random.Random(seed)
        self.now = now
        self.events: list[Event] = []
        self.members = [uuid7() for _ in range(12)]
        self.tablets = [uuid7() for _ in range(3)]

    def write(self, deposits: int, redemptions: int) -> list[Event]:
        for member in self.members:
            code, bank = self.dice.choice(PLACES)
            self._say(
                MemberRegistered,
                member_id=member,
                kind="person",
                waste_bank_id=bank,
                subdistrict_code=code,
                enrolled_at=self._earlier(days=60),
                enrolled_by=uuid7(),
                has_phone=True,
            )
        self._say(PriceListPublished, price_list_id=uuid7(), effective_at=self.now, published_by=uuid7())
        for _ in range(deposits):
            self._deposit()
        for _ in range(redemptions):
            self._redemption()
        self._say(
            FloatChanged,
            change_id=uuid7(),
            provider="sandbox",
            kind="top_up",
            amount_rupiah=5_000_000,
            decided_by=uuid7(),
            reason="first float",
        )
        return self.events

    def _earlier(self, days: int) -> datetime:
        return self.now - timedelta(seconds=self.dice.randrange(days * 86_400))

    def _say(self, said: type[Event], /, **fields: Any) -> None:
        fields.setdefault("recorded_at", self._earlier(days=2))
        self.events.append(said(event_id=uuid7(), **fields))

    def _deposit(self) -> None:
        dice = self.dice
        place = dice.choice(PLACES)
        about = {
            "deposit_id": uuid7(),
            "member_id": dice.choice(self.members),
            "subdistrict_code": place[0],
            "waste_bank_id": place[1],
            "weighed_at": self._earlier(days=30),
        }
        fate = dice.choice(
            ("plain",) * 4 + ("quarantined", "released", "rejected", "flagged", "approved", "void", "early")
        )
        if fate in {"quarantined", "released", "rejected"}:
            self._say(DepositQuarantined, **about, why="subdistrict_not_open")
            if fate == "rejected":
                self._say(DepositRejected, **about, rejected_by=uuid7(), reason="not ours")
            if fate != "released":
                return
        self._record(about)
        if fate in {"flagged", "approved"}:
            self._say(DepositFlagged, **about, recorder_id=uuid7(), reasons=("weight_over_cap",))
            if fate == "flagged":
                return
        if fate == "early":  # void before it was ever valued
            self._say(DepositVoided, **about, voided_by=uuid7(), reason="typed wrongly")
            return
        self._credit(about)
        if fate == "void":
            self._void(about)

    def _record(self, about: dict[str, Any]) -> None:
        line = DepositLine(item_code="P05", grade="bersih", unit="kg", quantity=1000, shown_rupiah=2000)
        self._say(
            DepositRecorded,
            **about,
            tablet_id=self.dice.choice(self.tablets),
            recorder_id=uuid7(),
            channel="assisted",
            price_list_id=uuid7(),
            lines=(line,),
        )

    def _credit(self, about: dict[str, Any]) -> None:
        lines = tuple(
            ValuedLine(
                item_code="P05",
                waste_class=self.dice.choice(CLASSES),
                grade="-",
                unit="kg",
                quantity=1,
                price_rupiah=1,
                value_rupiah=1,
                reporting_grams=self.dice.randrange(5000),
            )
            for _ in range(self.dice.randint(1, 5))
        )
        net = self.dice.randrange(1, 50_000)
        money = {"gross_rupiah": net, "net_rupiah": net}
        self._say(
            DepositValued, **about, price_list_id=uuid7(), list_in_force_id=uuid7(), lines=lines, **money
        )
        self._say(CreditPosted, **about, transfer_id=uuid7(), amount_rupiah=net, balance_rupiah=net)

    def _void(self, about: dict[str, Any]) -> None:
        posted = self.events[-1]
        assert isinstance(posted, CreditPosted)
        amount = posted.amount_rupiah
        self._say(DepositVoided, **about, voided_by=uuid7(), reason="typed wrongly")
        self._say(ValuationReversed, **about, net_rupiah=amount, reason="typed wrongly")
        self._say(
            CreditReversed,
            **about,
            transfer_id=uuid7(),
            amount_rupiah=amount,
            balance_rupiah=0,
            reason="typed wrongly",
        )

    def _redemption(self) -> None:
        dice = self.dice
        redemption_id, member = uuid7(), dice.choice(self.members)
        amount, asked = dice.choice((5_000, 20_000, 50_000)), self._earlier(days=20)
        credit: dict[str, Any] = {
            "redemption_id": redemption_id,
            "member_id": member,
            "subdistrict_code": dice.choice(PLACES)[0],
            "amount_rupiah": amount,
        }
        about = {**credit, "product_code": "pulsa-5", "product_kind": "pulsa", "requested_at": asked}
        paid = {
            **about,
            "provider": "sandbox",
            "cost_rupiah": amount - 300,
            "fee_rupiah": 300,
            "delivered_at": asked + timedelta(seconds=dice.randrange(1, 90_000)),
        }
        self._say(RedemptionRequested, **about)
        fate = dice.choice(
            ("delivered", "delivered", "failed", "late", "reversed", "refused", "open", "asked")
        )
        if fate == "refused":
            self._say(CreditRefused, **credit, why="insufficient_credit", available_rupiah=0)
        elif fate != "asked":
            self._say(CreditHeld, **credit)
            self._end(fate, credit, about, paid)

    def _end(self, fate: str, credit: dict[str, Any], about: dict[str, Any], paid: dict[str, Any]) -> None:
        if fate in {"delivered", "reversed"}:
            self._say(RedemptionDelivered, **paid)
            self._say(CreditSettled, **credit)
        if fate in {"failed", "late"}:
            self._say(RedemptionFailed, **about, why="failed", reason="out of stock")
            self._release(credit, "failed")
        if fate == "late":
            self._say(RedemptionDeliveredLate, **paid)
        if fate == "reversed":
            self._say(RedemptionReversed, **paid, reason="taken back")
            self._release(credit, "reversed")

    def _release(self, credit: dict[str, Any], why: Why) -> None:
        self._say(CreditReleased, **credit, why=why)


def disturbed(events: list[Event], seed: int) -> list[list[Event]]:
    """Batches in which every event comes, some of them several times, some long after all others."""
    dice = random.Random(seed)
    repeated = events + [event for event in events for _ in range(dice.choice((0, 0, 1, 2)))]
    delayed = [event for event in events if dice.random() < 0.1]
    dice.shuffle(repeated)
    stream = [event for event in repeated if event not in delayed] + delayed
    batches = []
    while stream:
        size = dice.choice((1, 3, 10, 60))
        batches.append(stream[:size])
        stream = stream[size:]
    return batches


def ids(events: list[Event]) -> set[UUID]:
    return {event.event_id for event in events}
