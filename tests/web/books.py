"""What the books say, asked at the doors of wallet and deposit: never what a page says about itself."""

import asyncio
import time
from collections.abc import Collection
from typing import Any
from uuid import UUID

from tests.demo.hands import Neighbour, print_card, trusted_token
from tests.demo.stage import Stage
from tests.demo.waiting import until
from tests.faults.ledger import Credits, count_credits, until_credited

SECONDS = 60.0


class Books:
    """Balances, statements and deposits as their owners keep them, read by the programme's people."""

    def __init__(self, stage: Stage, wallet_database: str) -> None:
        """`wallet_database` is for counting credits by their cause: no door gives that."""
        self.stage = stage
        self._wallet_database = wallet_database

    async def balance(self, member_id: UUID) -> int:
        """Posted rupiah."""
        return int((await self.stage.desk.balance(member_id))["posted_rupiah"])

    async def held(self, member_id: UUID) -> int:
        """Rupiah that are held for redemptions on their way."""
        return int((await self.stage.desk.balance(member_id))["held_rupiah"])

    async def statement(self, member_id: UUID) -> list[dict[str, Any]]:
        """Entries, newest first."""
        return await self.stage.desk.statement(member_id)

    async def until_balance(self, member_id: UUID, rupiah: int, seconds: float = SECONDS) -> None:
        """Wait until a member has exactly this much. ExpectationError says what they have instead."""
        found = 0

        async def as_wanted() -> bool:
            nonlocal found
            found = await self.balance(member_id)
            return found == rupiah

        try:
            await until(as_wanted, "", seconds)
        except Exception as late:
            raise AssertionError(
                f"the wallet has Rp{found} instead of Rp{rupiah} after {seconds} s"
            ) from late

    async def until_nothing_held(self, member_id: UUID, seconds: float = SECONDS) -> None:
        """Wait until every redemption of a member is settled or released."""

        async def free() -> bool:
            return await self.held(member_id) == 0

        await until(free, "nothing is held any more", seconds)

    async def until_credited(self, deposit_ids: Collection[str], seconds: float = SECONDS) -> Credits:
        """Wait until each of these deposits is credited, then count: each should be there once."""
        await until_credited(self._wallet_database, deposit_ids, seconds)
        return await count_credits(self._wallet_database, deposit_ids)

    async def deposits(self, member_id: UUID, bank: str) -> list[dict[str, Any]]:
        """Every deposit of a member that deposit's door shows to the bank's operator."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        tablet = self.stage.door("deposit", self.stage.tokens[bank])
        while True:
            page = await tablet.get("/v1/deposits", member_id=str(member_id), limit=200, cursor=cursor)
            found += page["deposits"]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    async def settle(self, member_id: UUID, quiet_seconds: float = 1.5, seconds: float = SECONDS) -> int:
        """The balance once it has stood still for a while: for what must not be there twice."""
        deadline = time.monotonic() + seconds
        last, since = await self.balance(member_id), time.monotonic()
        while time.monotonic() - since < quiet_seconds:
            await asyncio.sleep(0.1)
            now = await self.balance(member_id)
            if now != last:
                last, since = now, time.monotonic()
            if time.monotonic() > deadline:
                raise AssertionError(f"the balance does not come to rest within {seconds} s")
        return last

    async def new_card(self, neighbour: Neighbour) -> dict[str, Any]:
        """Print another card; the old one is dead."""
        return await print_card(self.stage, neighbour.bank, neighbour.id)

    async def trusted(self, neighbour: Neighbour) -> str:
        """A token of a phone of theirs that may spend, for what a test does beside the browser."""
        return await trusted_token(self.stage, neighbour.code, neighbour.pin, neighbour.card)
