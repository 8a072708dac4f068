"""People for a browser's tests: each test enrols its own residents, so that no test counts another one's money."""

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

from shared.kernel.ids import uuid7
from tests.demo.cast import MAIN_BANK
from tests.demo.day import now
from tests.demo.hands import Neighbour, neighbour
from tests.demo.staff import Person, read_people
from tests.demo.stage import Stage
from tests.demo.tablet import Tablet, Weighing
from tests.demo.waiting import until
from tests.web.books import Books

FLOAT_SECONDS = 60
ENROLLED_AGO = timedelta(hours=14)
# One deposit above this is looked at by a second person first.
_SAFE_RUPIAH = 250_000
PAID_ITEM = ("K02", "bersih")


class Town:
    """Use `await Town.settled(...)`. Staff by their codes, residents as they are needed."""

    def __init__(self, stage: Stage, people: Path, books: Books, dice: random.Random) -> None:
        """`people` is the seed's file of codes and PINs."""
        self.stage = stage
        self.books = books
        self._dice = dice
        self._people = read_people(people)

    @classmethod
    async def settled(cls, stage: Stage, people: Path, books: Books, dice: random.Random) -> Self:
        """The tablets of the stage know the prices, and the programme's float at the biller is booked."""
        town = cls(stage, people, books, dice)
        for tablet in stage.tablets.values():
            await tablet.fetch_prices()
        await town._book_float()
        return town

    def operator(self, number: int = 1) -> Person:
        """The operator PTG-<number>; 1 and 2 work at the main waste bank."""
        return self._of("operator", f"PTG-{number:02}")

    def programme(self, number: int = 1) -> Person:
        """Somebody of the programme, PRG-<number>."""
        return self._of("programme", f"PRG-{number:02}")

    def office(self, number: int = 1) -> Person:
        """Somebody of the office, DLH-<number>."""
        return self._of("office", f"DLH-{number:02}")

    def _of(self, role: str, code: str) -> Person:
        return next(person for person in self._people[role] if person.code == code)

    async def resident(
        self,
        name: str = "Halimah Uji",
        *,
        rupiah: int = 0,
        bank: str = MAIN_BANK,
        phone: str | None = None,
        **more: str,
    ) -> Neighbour:
        """Enrol somebody with PIN and card, and let them have at least this much credit."""
        # Long enough ago to have brought something this morning.
        made = await neighbour(self._dice, name, bank, phone).enrol(self.stage, now() - ENROLLED_AGO, **more)
        if rupiah:
            await self.credit(made, rupiah)
        return made

    async def residents(self, count: int, bank: str = MAIN_BANK) -> list[Neighbour]:
        """So many people, a few enrolled at a time."""
        turn = asyncio.Semaphore(4)

        async def one(number: int) -> Neighbour:
            async with turn:
                return await self.resident(f"Warga Uji {number}", bank=bank)

        return list(await asyncio.gather(*(one(number) for number in range(1, count + 1))))

    def new_phone(self) -> str:
        """A number in the range that stands for nobody."""
        return f"0812000{self._dice.randrange(100_000):05}"

    async def credit(self, resident: Neighbour, rupiah: int) -> int:
        """Weigh enough clean paper for them to have at least so much; returns the posted balance."""
        wanted = await self.books.balance(resident.id) + rupiah
        while (missing := wanted - await self.books.balance(resident.id)) > 0:
            # Asked before: the credit may be there before the tablet's answer is.
            before = await self.books.balance(resident.id)
            net = await self._weigh(resident, min(missing, _SAFE_RUPIAH))
            await self.books.until_balance(resident.id, before + net)
        return await self.books.balance(resident.id)

    async def _weigh(self, resident: Neighbour, rupiah: int) -> int:
        tablet = self.stage.tablets[resident.bank]
        price = tablet.known.offers[PAID_ITEM].price_rupiah
        # A little more than asked: rounding and what is deducted go down.
        grams = rupiah * 1_300 // price + 10
        weighing = self.weighing(resident, [(*PAID_ITEM, grams)], tablet)
        await tablet.send(weighing)
        return weighing.net_rupiah

    def weighing(
        self, resident: Neighbour, lines: list[tuple[str, str, int]], tablet: Tablet | None = None
    ) -> Weighing:
        """A deposit of these (item, grade, quantity), not sent: for what a test does beside the browser."""
        at = tablet or self.stage.tablets[resident.bank]
        exact = tuple((at.known.offers[item, grade], quantity) for item, grade, quantity in lines)
        return Weighing(uuid7(), resident.id, resident.bank, now(), exact, at.known)

    def net_rupiah(self, resident: Neighbour, lines: Sequence[tuple[str, str, str]]) -> int:
        """What a resident gets for lines as they are typed, by the demo's own arithmetic: 2,5 kg are 2,500 grams."""
        known = self.stage.tablets[resident.bank].known
        exact = [
            (
                item,
                grade,
                int(Decimal(typed.replace(",", ".")) * _small_parts(known.offers[item, grade].unit)),
            )
            for item, grade, typed in lines
        ]
        return self.weighing(resident, exact).net_rupiah

    async def _book_float(self) -> None:
        at_biller = int((await self.stage.door("sandbox").get("/_control/float"))["balance_rupiah"])
        missing = at_biller - await self.stage.desk.booked_float()
        if missing <= 0:
            return
        await self.stage.desk.book_top_up(missing, "Setoran awal dana program di penjual")

        async def booked() -> bool:
            return await self.stage.desk.booked_float() >= at_biller

        await until(booked, "the top-up is in the ledger", FLOAT_SECONDS)

    async def bring_cash(self, rupiah: int, bank: str = MAIN_BANK) -> None:
        """Put cash into a waste bank's box, as the programme does."""
        change = {
            "provider": f"counter:{bank}",
            "kind": "top_up",
            "amount_rupiah": rupiah,
            "reason": "Kas uji",
        }
        programme = self.stage.door("payout", self.stage.tokens[self.programme().code])
        await programme.post(
            "/v1/float/changes", change, expect=201, headers={"Idempotency-Key": f"uji-{uuid7()}"}
        )

    async def setup_code(self, bank: str = MAIN_BANK) -> dict[str, Any]:
        """Register another tablet as the programme does; its `enrolment_code` is typed or scanned once."""
        programme = self.stage.door("identity", self.stage.tokens[self.stage.desk.person.code])
        name = f"UJI-{self._dice.randrange(1_000_000):06}"
        registered: dict[str, Any] = await programme.post(
            "/v1/tablets", {"name": name, "waste_bank_id": bank}, expect=201
        )
        return registered


def _small_parts(unit: str) -> int:
    return 1 if unit == "piece" else 1000
