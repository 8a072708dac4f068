"""What the day amounts to: every figure from a public door, and beside it what the tablets and phones expect."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from shared.kernel.money import rupiah_text
from shared.kernel.waste_classes import CLASS_NAMES, WasteClass
from tests.demo.cast import TANJUNG_GARBUS
from tests.demo.day import Day
from tests.demo.depositing import CHANGED_ITEM
from tests.demo.prices import PriceList
from tests.demo.redeeming import Redemption, panel_float
from tests.demo.tablet import Weighing
from tests.demo.waiting import until

SECONDS = 60
AT_ONCE = 8
GRAMS_A_KG = 1000


@dataclass
class Sums:
    """Everything that the table shows. Weights in grams, money in rupiah."""

    states: Counter[str] = field(default_factory=Counter)
    credited: int = 0
    credited_rupiah: int = 0
    held: int = 0
    held_rupiah: int = 0
    settled: int = 0
    settled_rupiah: int = 0
    released: int = 0
    released_rupiah: int = 0
    grams_by_class: Counter[str] = field(default_factory=Counter)
    owed_rupiah: int = 0


async def count_deposits(day: Day, sums: Sums) -> None:
    """Ask what every deposit is worth: exactly what its tablet showed, whatever prices came later."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(weighing: Weighing) -> None:
        async with turn:
            await _count_one(day, weighing, sums)

    await asyncio.gather(*(one(weighing) for weighing in day.handed_in.values()))
    day.diary.say(f"{sums.states['valued']} deposits are worth to the rupiah what their tablets showed")


async def _count_one(day: Day, weighing: Weighing, sums: Sums) -> None:
    why_not = day.without_credit.get(weighing.id)
    if why_not == "quarantined":
        sums.states["quarantined"] += 1
        return
    wanted = "valued" if why_not is None else "voided"
    found = await until(
        lambda: _valuation_in(day, weighing.id, wanted), f"deposit {weighing.id} becomes {wanted}", SECONDS
    )
    sums.states[wanted] += 1
    if why_not is not None:
        return
    same = (found["gross_rupiah"], found["net_rupiah"]) == (weighing.gross_rupiah, weighing.net_rupiah)
    day.diary.expect(
        same, f"deposit {weighing.id}: shown {weighing.net_rupiah}, valued {found['net_rupiah']}"
    )
    for line in found["lines"]:
        sums.grams_by_class[line["waste_class"]] += line["reporting_grams"]


async def _valuation_in(day: Day, deposit_id: UUID, state: str) -> dict[str, Any] | None:
    found = await day.stage.desk.valuation(deposit_id)
    return found if found is not None and found["state"] == state else None


async def check_price_differences(day: Day, stale: list[Weighing], in_force: PriceList) -> None:
    """What was shown at old prices after noon was paid, and the difference to the new list is on record."""
    expected = {weighing.id: _difference(weighing, in_force) for weighing in stale}
    listed = await day.stage.desk.price_differences(set(expected))
    wanted = {each: amount for each, amount in expected.items() if amount}
    day.diary.expect(
        listed == wanted, f"old prices shown after noon are honoured and listed: {listed} not {wanted}"
    )
    total = rupiah_text(sum(listed.values()))
    day.diary.say(
        f"{len(listed)} deposits of {TANJUNG_GARBUS} were paid at the morning's prices: {total} of difference"
    )


def _difference(weighing: Weighing, in_force: PriceList) -> int:
    old, new = weighing.price_list, in_force
    return sum(
        old.shown_rupiah(offer.item, offer.grade, quantity)
        - new.shown_rupiah(offer.item, offer.grade, quantity)
        for offer, quantity in weighing.lines
        if (offer.item, offer.grade) == CHANGED_ITEM
    )


async def await_credits(day: Day) -> None:
    """Wait until everybody's credit is what their tablets showed, to the rupiah."""
    for resident in day.residents:
        expected = day.expected_credit(resident.id)
        await until(
            partial(_has, day, resident.id, expected),
            f"{resident.code} has {rupiah_text(expected)}",
            SECONDS,
        )
    day.diary.came_true.append("everybody's credit is what their tablets showed")
    total = rupiah_text(sum(day.expected_credit(resident.id) for resident in day.residents))
    day.diary.say(f"All {len(day.residents)} residents have the credit that they were shown: {total}")


async def _has(day: Day, member_id: UUID, rupiah: int) -> bool:
    return int((await day.stage.desk.balance(member_id))["posted_rupiah"]) == rupiah


async def check_correction(day: Day) -> None:
    """A correction shows as a linked pair in the statement, with the new credit beside it."""
    for deposit_id, why in day.without_credit.items():
        if why != "corrected":
            continue
        member_id = day.handed_in[deposit_id].member_id
        lines = [
            line
            for line in await day.stage.desk.statement(member_id)
            if line["deposit_id"] == str(deposit_id)
        ]
        kinds = sorted(line["kind"] for line in lines)
        day.diary.expect(kinds == ["credit", "credit_reversal"], f"a correction is a linked pair: {kinds}")
        pair = {line["kind"]: line for line in lines}
        linked = pair["credit"]["reversed_by_id"] == pair["credit_reversal"]["transfer_id"]
        day.diary.expect(linked, "both lines of a correction name each other")


async def count_credit(day: Day, redemptions: list[Redemption], sums: Sums) -> None:
    """Compare every balance with what was shown less what was redeemed, and add up the statements."""
    for each in redemptions:
        if each.wish.ends == "refused":
            continue
        sums.held += 1
        sums.held_rupiah += each.amount_rupiah
    for resident in day.residents:
        paid = sum(
            each.amount_rupiah
            for each in redemptions
            if each.phone.resident is resident and each.wish.is_paid
        )
        expected = day.expected_credit(resident.id) - paid
        balance = await until(
            partial(_settled_to, day, resident.id, expected),
            f"{resident.code} ends with {rupiah_text(expected)} and nothing held",
            SECONDS,
        )
        sums.owed_rupiah += balance["posted_rupiah"]
        _add_statement(await day.stage.desk.statement(resident.id), sums)
    released = [each for each in redemptions if each.wish.ends in {"released", "late_success", "reversed"}]
    sums.released, sums.released_rupiah = len(released), sum(each.amount_rupiah for each in released)
    day.diary.came_true.append("everybody's balance is what was shown less what was redeemed")
    day.diary.say("Every balance is what was shown less what was redeemed; nothing stays held")


async def _settled_to(day: Day, member_id: UUID, rupiah: int) -> dict[str, Any] | None:
    balance = await day.stage.desk.balance(member_id)
    return balance if (balance["posted_rupiah"], balance["held_rupiah"]) == (rupiah, 0) else None


async def check_float(day: Day) -> None:
    """What the ledger has at the biller is what the biller says that we have, to the rupiah."""
    booked = await day.stage.desk.booked_float()

    async def says_the_same() -> bool:
        return booked == await panel_float(day)

    await until(says_the_same, f"the biller's float is the ledger's {rupiah_text(booked)}", SECONDS)
    day.diary.say(f"The float at the biller is what the ledger says: {rupiah_text(booked)}")


def _add_statement(lines: list[dict[str, Any]], sums: Sums) -> None:
    for line in lines:
        if line["kind"].startswith("credit"):
            sums.credited += 1 if line["kind"] == "credit" else -1
            sums.credited_rupiah += line["amount_rupiah"]
        else:
            sums.settled += 1 if line["kind"] == "settlement" else -1
            sums.settled_rupiah -= line["amount_rupiah"]


def table(day: Day, sums: Sums) -> list[str]:
    """The day in figures."""
    rows = [
        ("recorded", f"{day.answers['recorded']}"),
        ("repeated", f"{day.answers['repeated']}"),
        ("waiting, then recorded", f"{day.answers['waiting']}"),
        ("quarantined", f"{sums.states['quarantined']}"),
        ("valued", f"{sums.states['valued']}"),
        ("void (corrected, rejected)", f"{sums.states['voided']}"),
        ("credited", f"{sums.credited}  {rupiah_text(sums.credited_rupiah)}"),
        ("held", f"{sums.held}  {rupiah_text(sums.held_rupiah)}"),
        ("settled", f"{sums.settled}  {rupiah_text(sums.settled_rupiah)}"),
        ("released or given back", f"{sums.released}  {rupiah_text(sums.released_rupiah)}"),
        ("owed to the forty now", rupiah_text(sums.owed_rupiah)),
    ]
    lines = ["The day in figures", *(f"  {name:<28}{value}" for name, value in rows), "  by class, kg"]
    for waste_class in WasteClass:
        grams = sums.grams_by_class[waste_class.value]
        if grams:
            kg = f"{grams // GRAMS_A_KG}.{grams % GRAMS_A_KG:03}"
            lines.append(f"    {CLASS_NAMES[waste_class].english:<26}{kg:>12}")
    return lines
