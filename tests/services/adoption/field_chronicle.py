"""The other half of an invented history: people who merge, move and leave, and every fact of the field's day."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.contracts import (
    BagDiscarded,
    BagReopened,
    BagsReceived,
    BagWeighed,
    CardReplaced,
    ClassDifference,
    DayClosed,
    DisputeAnswered,
    DisputeOpened,
    Event,
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
    RedemptionDisputeAnswered,
    RedemptionDisputeOpened,
    SoldLine,
    TabletReported,
    WasteSaleVoided,
    WasteSold,
)
from shared.kernel.ids import uuid7
from tests.services.adoption.chronicle import PLACES, Chronicle


class FieldChronicle(Chronicle):
    """Writes what the main road does not know of; call `write` first."""

    def write_field_day(self, size: int) -> None:
        """So many of each."""
        self._people()
        for _ in range(size):
            self._pickup()
            self._dispute()
            self._lot()
            self._closing()
            self._bags()
        for tablet in self.tablets:
            for _ in range(3):
                self._report(tablet)

    def _people(self) -> None:
        where = {each.member_id: each for each in self.events if isinstance(each, MemberRegistered)}
        self.dice.shuffle(self.members)
        first, second, third, moved, moved_twice, erased, erased_far, *_ = self.members
        # A chain: the first is the second, who turns out to be the third.
        for gone, into in ((first, second), (second, third)):
            self._say(
                MembersMerged,
                member_id=gone,
                into_member_id=into,
                into_subdistrict_code=where[into].subdistrict_code,
                proposed_by=uuid7(),
                merged_by=uuid7(),
                merged_at=self._earlier(days=5),
            )
        for member, times in ((moved, 1), (moved_twice, 2), (erased_far, 1), (first, 1)):
            code, bank = where[member].subdistrict_code, where[member].waste_bank_id
            for number in range(times):
                to_code, to_bank = self.dice.choice(PLACES)
                self._say(
                    MemberMoved,
                    member_id=member,
                    from_waste_bank_id=bank,
                    from_subdistrict_code=code,
                    waste_bank_id=to_bank,
                    subdistrict_code=to_code,
                    moved_at=self.now - timedelta(days=9 - 3 * number),
                    moved_by=uuid7(),
                )
                code, bank = to_code, to_bank
            if member == erased_far:
                self._erase(member, code, bank)
        self._erase(erased, where[erased].subdistrict_code, where[erased].waste_bank_id)
        self._rest_of_people(moved)

    def _erase(self, member: Any, code: str, bank: str) -> None:
        self._say(
            MemberErased,
            member_id=member,
            waste_bank_id=bank,
            subdistrict_code=code,
            erased_at=self.now - timedelta(days=1),
            erased_by=uuid7(),
        )

    def _rest_of_people(self, member: Any) -> None:
        code, bank = PLACES[0]
        self._say(
            CardReplaced,
            member_id=member,
            card_id=uuid7(),
            replaced_card_id=uuid7(),
            why="lost",
            replaced_at=self._earlier(days=3),
            replaced_by=uuid7(),
        )
        self._say(
            OpeningBalancePosted,
            member_id=member,
            transfer_id=uuid7(),
            import_id=uuid7(),
            waste_bank_id=bank,
            subdistrict_code=code,
            amount_rupiah=123_456,
            balance_rupiah=123_456,
            posted_at=self._earlier(days=10),
        )
        self._say(
            PriceExceptionApproved,
            exception_id=uuid7(),
            waste_bank_id=bank,
            from_at=self.now,
            until_at=self.now,
            proposed_by=uuid7(),
            approved_by=uuid7(),
        )

    def _somewhere(self) -> dict[str, Any]:
        code, bank = self.dice.choice(PLACES)
        return {"subdistrict_code": code, "waste_bank_id": bank}

    def _pickup(self) -> None:
        dice = self.dice
        about = {
            "pickup_id": uuid7(),
            "member_id": dice.choice(self.members),
            **self._somewhere(),
            "requested_at": self._earlier(days=20),
        }
        self._say(PickupRequested, **about, requested_by=uuid7(), estimated_grams=5_000)
        first = (self.now - timedelta(days=dice.randrange(-3, 15))).date()
        for attempt in range(dice.randint(0, 3)):
            self._say(
                PickupScheduled,
                **about,
                scheduled_on=first + timedelta(days=attempt),
                slot="pagi",
                attempt=attempt + 1,
            )
        fate = dice.choice(("done", "done", "by_member", "by_waste_bank", "missed", "open", "both"))
        if fate in {"done", "both"}:
            self._say(PickupDone, **about, deposit_id=uuid7(), done_at=self._earlier(days=5))
        if fate not in {"done", "open"}:
            why = "by_member" if fate == "both" else fate
            self._say(PickupCancelled, **about, why=why, cancelled_at=self._earlier(days=5))

    def _dispute(self) -> None:
        dice = self.dice
        opened_at = self._earlier(days=20)
        about = {
            "dispute_id": uuid7(),
            "member_id": dice.choice(self.members),
            **self._somewhere(),
            "opened_at": opened_at,
            "due_at": opened_at + timedelta(days=7),
        }
        opened = {**about, "opened_by": uuid7(), "assisted": dice.random() < 0.5}
        answered = {
            **about,
            "outcome": dice.choice(("upheld", "turned_down")),
            "answered_by": uuid7(),
            "answered_at": opened_at + timedelta(hours=dice.randrange(1, 400)),
        }
        over = dice.random() < 0.7
        if dice.random() < 0.5:
            self._say(DisputeOpened, **opened, deposit_id=uuid7(), complaint="weight")
            if over:
                self._say(DisputeAnswered, **answered)
        else:
            redemption_id = uuid7()
            self._say(
                RedemptionDisputeOpened, **opened, redemption_id=redemption_id, complaint="not_received"
            )
            if over:
                self._say(RedemptionDisputeAnswered, **answered, redemption_id=redemption_id)

    def _lot(self) -> None:
        lines = tuple(
            SoldLine(
                item_code=item,
                waste_class=waste_class,
                weight_grams=self.dice.randrange(1, 90_000),
                price_rupiah=2_000,
                amount_rupiah=self.dice.randrange(1, 90_000),
            )
            for item, waste_class in (("P05", "plastic"), ("K01", "paper"))
        )
        place, lot_id = self._somewhere(), uuid7()
        self._say(
            WasteSold,
            **place,
            lot_id=lot_id,
            buyer_id=uuid7(),
            sold_at=self._earlier(days=20),
            sold_by=uuid7(),
            lines=lines,
            amount_rupiah=sum(line.amount_rupiah for line in lines),
        )
        if self.dice.random() < 0.3:
            self._say(WasteSaleVoided, **place, lot_id=lot_id, voided_at=self.now, voided_by=uuid7())

    def _closing(self) -> None:
        place, day_on = self._somewhere(), self._earlier(days=10).date()
        replaced = None
        for _ in range(self.dice.choice((1, 1, 2))):
            closing_id = uuid7()
            self._say(
                DayClosed,
                **place,
                closing_id=closing_id,
                day_on=day_on,
                closed_at=self._earlier(days=1),
                closed_by=uuid7(),
                classes=(
                    ClassDifference(
                        waste_class="plastic", booked_grams=10_000, counted_grams=self.dice.randrange(11_000)
                    ),
                    ClassDifference(waste_class="paper", booked_grams=5_000, counted_grams=4_900),
                ),
                cash_booked_rupiah=100_000,
                cash_counted_rupiah=99_000,
                replaces_closing_id=replaced,
            )
            replaced = closing_id

    def _bags(self) -> None:
        bags = tuple(uuid7() for _ in range(self.dice.randint(1, 4)))
        facts = {
            "member_id": self.dice.choice(self.members),
            **self._somewhere(),
            "received_at": self._earlier(days=6),
        }
        self._say(BagsReceived, **facts, bag_ids=bags)
        for bag_id in bags:
            turns = self.dice.randrange(4)
            for turn in range(1, turns + 1):
                which: dict[str, Any] = facts | {"bag_id": bag_id, "turn": turn}
                if turn % 2:
                    weighed_at = self._earlier(days=3)
                    self._say(BagWeighed, **which, deposit_id=uuid7(), weighed_at=weighed_at)
                else:
                    self._say(BagReopened, **which)
            if self.dice.random() < 0.3:
                gone = {"turn": turns + 1, "discarded_at": self._earlier(days=1), "discarded_by": uuid7()}
                self._say(BagDiscarded, **facts, bag_id=bag_id, **gone)

    def _report(self, tablet: Any) -> None:
        queued = self.dice.randrange(3)
        self._say(
            TabletReported,
            **self._somewhere(),
            tablet_id=tablet,
            reported_at=self._earlier(days=2),
            app_version="1.0.0",
            queue_length=queued,
            oldest_queued_at=self._earlier(days=1) if queued else None,
            clock_offset_ms=self.dice.randrange(-5_000, 5_000),
            battery_percent=50,
        )


def chronicle(seed: int, deposits: int = 40, redemptions: int = 20, field_day: int = 8) -> list[Event]:
    """The whole of it, the same for the same seed, ids apart."""
    written = FieldChronicle(seed, datetime.now(UTC))
    written.write(deposits, redemptions)
    written.write_field_day(field_day)
    return written.events
