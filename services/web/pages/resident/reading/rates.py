"""What a kilogram brings this member: by what they brought, else by the middle of their waste bank's prices."""

import asyncio

from services.web.clients import Door, Refused
from services.web.pages.resident.reading.deposits import read_deposits, weighing_of
from services.web.pages.resident.reading.money import net_by_deposit, read_statement
from services.web.pages.resident.reading.people import read_member
from services.web.pages.resident.rules.affording import Rate, typical_rate, usual_rate

_LINES = 100


async def read_rate(door: Door, member_id: str) -> Rate | None:
    """The rate, or None where neither deposits nor prices tell one."""
    deposits, statement = await asyncio.gather(
        read_deposits(door), read_statement(door, member_id, limit=_LINES)
    )
    net = net_by_deposit(statement.lines)
    weighings = [weighing_of(each) for each in deposits]
    usual = usual_rate([(net.get(each.deposit_id, 0), each.grams) for each in weighings])
    if usual is not None:
        return usual
    bank = (await read_member(door, member_id)).waste_bank_id
    try:
        told = await door.get("valuation", "/v1/price-lists/current", waste_bank_id=bank)
    except Refused:
        return None
    return typical_rate([price["price_rupiah"] for price in told["prices"] if price["unit"] == "kg"])
