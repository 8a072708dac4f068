"""An operator's tablet: fetches prices, enrols, weighs with or without a signal, sends its queue, corrects."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.kernel.ids import uuid7
from tests.demo.cast import Resident
from tests.demo.doors import Door
from tests.demo.prices import Offer, PriceList

BATCH = "/v1/deposits:batch"
# What a household brings of something, in the small part of its unit.
_QUANTITIES = {"kg": (800, 9_500), "litre": (500, 6_000), "piece": (1, 3)}
_LINES_MAX = 5
# Four of these in one day stay below every bound of the rollout file: nobody has to look at them.
_WORTH_MAX_RUPIAH = 300_000


@dataclass(frozen=True)
class Weighing:
    """One deposit as it stands in the tablet's queue, and what was shown for it."""

    id: UUID
    member_id: UUID
    bank: str
    weighed_at: datetime
    lines: tuple[tuple[Offer, int], ...]
    price_list: PriceList

    @property
    def gross_rupiah(self) -> int:
        """The sum that the tablet showed."""
        return sum(
            self.price_list.shown_rupiah(offer.item, offer.grade, quantity) for offer, quantity in self.lines
        )

    @property
    def net_rupiah(self) -> int:
        """What the resident was told to get of it."""
        return self.price_list.net_rupiah(self.gross_rupiah)

    def body(self) -> dict[str, Any]:
        """As it is sent. The same weighing gives the same body for ever."""
        return {
            "deposit_id": str(self.id),
            "member_id": str(self.member_id),
            "waste_bank_id": self.bank,
            "channel": "assisted",
            "weighed_at": self.weighed_at.isoformat(),
            "price_list_id": str(self.price_list.id),
            "lines": [
                {
                    "item_code": offer.item,
                    "grade": offer.grade,
                    "unit": offer.unit,
                    "quantity": quantity,
                    "shown_rupiah": self.price_list.shown_rupiah(offer.item, offer.grade, quantity),
                }
                for offer, quantity in self.lines
            ],
        }


class Tablet:
    """A tablet at one waste bank, in the hands of one operator who has signed in on it."""

    def __init__(
        self, bank: str, deposit: Door, identity: Door, valuation: Door, dice: random.Random
    ) -> None:
        """The doors carry the operator's token; `valuation` needs none."""
        self.bank = bank
        self._deposit = deposit
        self._identity = identity
        self._valuation = valuation
        self._dice = dice
        self.prices: PriceList | None = None

    async def fetch_prices(self) -> PriceList:
        """Take over the list that is in force now; without a signal the tablet goes on with the one it has."""
        page = await self._valuation.get("/v1/price-lists/current", waste_bank_id=self.bank)
        self.prices = PriceList.read(page)
        return self.prices

    async def enrol(self, resident: Resident, enrolled_at: datetime) -> str:
        """Enrol a resident and return the code on the card."""
        answer = await self._identity.post("/v1/members", resident.enrolment(enrolled_at), expect={200, 201})
        return str(answer["code"])

    def weigh(
        self, resident: Resident, weighed_at: datetime, *, with_item: tuple[str, str] | None = None
    ) -> Weighing:
        """One to five lines at random, worth no more than a good day's collecting; one of a given item if asked."""
        prices = self.known
        offers = [offer for offer in prices.offers.values() if offer.price_rupiah > 0]
        while True:
            chosen = self._dice.sample(offers, self._dice.randint(1, _LINES_MAX))
            if with_item is not None:
                chosen = [
                    prices.offers[with_item],
                    *(offer for offer in chosen[1:] if offer.item != with_item[0]),
                ]
            lines = tuple((offer, self._dice.randint(*_QUANTITIES[offer.unit])) for offer in chosen)
            weighing = Weighing(uuid7(), resident.id, self.bank, weighed_at, lines, prices)
            if weighing.gross_rupiah <= _WORTH_MAX_RUPIAH:
                return weighing

    def weigh_exactly(
        self, resident: Resident, weighed_at: datetime, lines: Sequence[tuple[str, str, int]]
    ) -> Weighing:
        """A deposit of these (item, grade, quantity)."""
        prices = self.known
        exact = tuple((prices.offers[item, grade], quantity) for item, grade, quantity in lines)
        return Weighing(uuid7(), resident.id, self.bank, weighed_at, exact, prices)

    async def send(self, weighing: Weighing) -> str:
        """Send one with a signal; returns its status: recorded, repeated, waiting, quarantined."""
        answer = await self._deposit.post("/v1/deposits", weighing.body(), expect={200, 201, 202})
        return str(answer["status"])

    async def send_queue(self, queue: Sequence[Weighing], sent_at: datetime) -> list[str]:
        """Send the whole queue; returns the status of each, in its order."""
        answer = await self._deposit.post(BATCH, self._batch(queue, sent_at))
        return [each["status"] for each in answer["results"]]

    async def send_queue_and_lose_reply(self, queue: Sequence[Weighing], sent_at: datetime) -> None:
        """Send the whole queue; the connection dies before the answer arrives."""
        await self._deposit.post_and_lose_reply(BATCH, self._batch(queue, sent_at))

    async def correct(self, wrong: Weighing, right: Weighing, reason: str) -> str:
        """Replace a deposit by another one; returns the new one's status."""
        body = {"reason": reason, "deposit": right.body()}
        answer = await self._deposit.post(f"/v1/deposits/{wrong.id}:correct", body, expect={200, 201, 202})
        return str(answer["status"])

    async def read(self, deposit_id: UUID) -> dict[str, Any]:
        """A deposit with its history."""
        found: dict[str, Any] = await self._deposit.get(f"/v1/deposits/{deposit_id}")
        return found

    async def knows(self, deposit_id: UUID) -> bool:
        """Whether the server has it."""
        return (await self._deposit.ask("GET", f"/v1/deposits/{deposit_id}")).status_code == 200

    @staticmethod
    def _batch(queue: Sequence[Weighing], sent_at: datetime) -> dict[str, Any]:
        return {"sent_at": sent_at.isoformat(), "deposits": [weighing.body() for weighing in queue]}

    @property
    def known(self) -> PriceList:
        if self.prices is None:
            raise RuntimeError("a tablet without prices cannot weigh")
        return self.prices
