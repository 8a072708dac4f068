"""Tablets that deposit as fast as they are asked to, and remember outside the system what was acknowledged to them."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from shared.kernel.ids import uuid7
from shared.kernel.rounding import line_value_rupiah
from shared.kernel.units import Unit
from tests.load.client import Connection

LINES = 3
TIMEOUT_SECONDS = 15.0


@dataclass(frozen=True)
class Shop:
    """What a tablet knows: who it may serve and what is paid for what, as the doors told it."""

    waste_bank_id: str
    price_list_id: str
    # (item code, grade, unit, price in rupiah)
    prices: Sequence[tuple[str, str, Unit, int]]
    member_ids: Sequence[str]
    # A weighing lies anywhere in the span; the span walks on by `walk` while a tablet makes `walk_deposits`.
    weighed_from: datetime
    weighed_span: timedelta
    walk: timedelta = timedelta(0)
    walk_deposits: int = 1


class Tablet:
    """One operator's tablet on one kept-alive connection. What it makes is decided by its seed."""

    def __init__(self, base_url: str, token: str, shop: Shop, seed: int) -> None:
        self.connection = Connection(base_url, token)
        self._shop = shop
        self._random = random.Random(seed)
        self._lines = [self._line() for _ in range(500)]
        self._made = 0

    def batch(self, size: int) -> tuple[bytes, dict[str, int]]:
        """A request body with new deposits, and the gross rupiah shown for each id."""
        shown: dict[str, int] = {}
        texts = []
        for _ in range(size):
            text, deposit_id, rupiah = self.deposit()
            texts.append(text)
            shown[deposit_id] = rupiah
        sent_at = datetime.now(UTC).isoformat()
        return f'{{"sent_at":"{sent_at}","deposits":[{",".join(texts)}]}}'.encode(), shown

    def deposit(self) -> tuple[str, str, int]:
        """One deposit as JSON text, its id, and the gross rupiah that the tablet shows."""
        shop, chosen = self._shop, [self._random.choice(self._lines) for _ in range(LINES)]
        deposit_id = str(uuid7())
        member_id = self._random.choice(shop.member_ids)
        walked = shop.walk * min(1.0, self._made / shop.walk_deposits)
        weighed_at = shop.weighed_from + walked + shop.weighed_span * self._random.random()
        self._made += 1
        text = (
            f'{{"deposit_id":"{deposit_id}","member_id":"{member_id}","waste_bank_id":"{shop.waste_bank_id}",'
            f'"channel":"assisted","weighed_at":"{weighed_at.isoformat()}","price_list_id":"{shop.price_list_id}",'
            f'"lines":[{",".join(line for line, _ in chosen)}]}}'
        )
        return text, deposit_id, sum(rupiah for _, rupiah in chosen)

    def _line(self) -> tuple[str, int]:
        code, grade, unit, price = self._random.choice(self._shop.prices)
        quantity = self._random.randint(1, 4) if unit is Unit.PIECE else self._random.randint(100, 1_500)
        rupiah = line_value_rupiah(unit, quantity, price)
        return json.dumps(
            {
                "item_code": code,
                "grade": grade,
                "unit": unit.value,
                "quantity": quantity,
                "shown_rupiah": rupiah,
            }
        ), rupiah


async def open_shop(
    valuation_url: str,
    waste_bank_id: str,
    member_ids: Sequence[str],
    *,
    days: int = 1,
    walk_days: int = 0,
    walk_deposits: int = 1,
) -> Shop:
    """Ask valuation's open doors what a tablet of that waste bank pays; weighings lie within the last days.

    With `walk_days` they begin that much earlier, and a tablet's calendar walks on while it makes `walk_deposits`.
    """
    async with httpx.AsyncClient(base_url=valuation_url, timeout=TIMEOUT_SECONDS, trust_env=False) as client:
        answer = await client.get("/v1/price-lists/current", params={"waste_bank_id": waste_bank_id})
        answer.raise_for_status()
        price_list: dict[str, Any] = answer.json()
    prices = [
        (price["item_code"], price["grade"], Unit(price["unit"]), price["price_rupiah"])
        for price in price_list["prices"]
    ]
    now = datetime.now(UTC)
    return Shop(
        waste_bank_id=waste_bank_id,
        price_list_id=price_list["price_list_id"],
        prices=prices,
        member_ids=member_ids,
        weighed_from=now - timedelta(days=walk_days + days, minutes=5),
        weighed_span=timedelta(days=days),
        walk=timedelta(days=walk_days),
        walk_deposits=walk_deposits,
    )
