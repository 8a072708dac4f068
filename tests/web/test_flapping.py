"""A day's two hundred deposits without a signal, then a line that comes and goes: the server holds exactly those."""

import asyncio

from tests.web.books import Books
from tests.web.conftest import Handheld
from tests.web.tablet import THERE, Line, Tablet
from tests.web.town import Town

DEPOSITS = 200
# Whoever brings something more than eight times a day is asked about first.
RESIDENTS = 28
HOURS = 9
SEED = 20_261_122
FLAPS_SECONDS_MAX = 60.0


async def test_two_hundred_deposits_over_a_line_that_flaps(
    town: Town, books: Books, tablet_page: Handheld
) -> None:
    residents = await town.residents(RESIDENTS)
    tablet = await Tablet.ready(tablet_page, town)
    await tablet.offline()
    day: list[tuple[int, Line]] = [
        (number % RESIDENTS, ("K02", "bersih", f"{1 + number % 7},{number % 10}"))
        for number in range(DEPOSITS)
    ]
    shifts = [-HOURS * 3_600_000 + number * HOURS * 3_600_000 // DEPOSITS for number in range(DEPOSITS)]
    ids = await tablet.weigh_quickly([(residents[who], [line]) for who, line in day], shifts)
    assert len(set(ids)) == DEPOSITS
    assert len(await tablet.rows("deposit")) == DEPOSITS
    # However the dice fall, one batch is recorded and the tablet does not hear of it.
    tablet_page.line.lose_reply(lambda request: request.path.endswith(":batch"))
    async with tablet_page.line.flapping(SEED, seconds_max=0.4):
        await tablet.online()
        async with asyncio.timeout(FLAPS_SECONDS_MAX):
            while not any(
                each.request.path.endswith(":batch") and not each.told for each in tablet_page.line.exchanges
            ):
                await asyncio.sleep(0.05)
    await tablet.until_sent()
    rows = await tablet.rows("deposit")
    assert {row["id"] for row in rows} == set(ids)
    assert all(row["state"] in THERE for row in rows)
    counted = await books.until_credited(ids)
    assert (counted.once, counted.missing, counted.double) == (DEPOSITS, [], [])
    for number, resident in enumerate(residents):
        lines = [line for who, line in day if who == number]
        await books.until_balance(resident.id, sum(town.net_rupiah(resident, [line]) for line in lines))
        held = await books.deposits(resident.id, resident.bank)
        assert len(held) == len(lines)
    sent = {each["deposit_id"] for one in residents for each in await books.deposits(one.id, one.bank)}
    assert sent == set(ids)
