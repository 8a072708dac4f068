"""The price list is read as often as the biller allows, however long it takes to answer."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from services.payout.domain.answers import BillerAnswer
from services.payout.domain.meters import MeterOwner
from services.payout.domain.offers import Offer
from services.payout.providers.base import Hint, InquiryFailure, Purchase
from services.payout.workflows.pricing import PriceReader
from shared.runtime.database import Database

EVERY, LATENCY = timedelta(minutes=5), timedelta(seconds=2)
OFFER = Offer("pln20", 20_590, on_sale=True, stock_left=True, cut_off_starts=time(), cut_off_ends=time())


class SlowBiller:
    """Takes two seconds for every answer, by a clock that nobody else moves."""

    name = "slow"

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
        self.read_at: list[datetime] = []

    def now(self) -> datetime:
        return self.at

    async def offers(self) -> list[Offer]:
        self.at += LATENCY
        self.read_at.append(self.at)
        return [OFFER]

    async def balance_rupiah(self) -> int:
        self.at += LATENCY
        return 1_000_000

    async def buy(self, purchase: Purchase) -> BillerAnswer:
        raise NotImplementedError(purchase)

    async def meter_owner(self, meter_number: str) -> MeterOwner | InquiryFailure:
        raise NotImplementedError(meter_number)

    def read_webhook(self, body: bytes, signature: str | None) -> Hint | None:
        raise NotImplementedError(body, signature)


async def test_a_slow_biller_is_read_as_often_as_a_quick_one(fresh_database: Callable[[str], str]) -> None:
    database, biller = Database(fresh_database("payout")), SlowBiller()
    await database.open()
    reader = PriceReader(database, biller, biller, every=EVERY, retry=timedelta(seconds=15))
    try:
        for _ in range(1000):
            await reader.look()
            biller.at += timedelta(seconds=1)
    finally:
        await database.close()
    pauses = [later - earlier for earlier, later in zip(biller.read_at, biller.read_at[1:], strict=False)]
    assert len(pauses) == 3
    assert all(EVERY <= pause <= EVERY + 5 * LATENCY for pause in pauses)
