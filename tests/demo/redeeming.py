"""Residents turn credit into tokens, pulsa and data; the biller is slow, wrong, late, and takes things back."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any, Self
from uuid import UUID

from httpx import Response

from shared.kernel.ids import uuid7
from shared.kernel.money import rupiah_text
from tests.demo.cast import Resident
from tests.demo.day import Day
from tests.demo.phone import Phone
from tests.demo.waiting import until
from tests.demo.wishes import LATE_SUCCESS, NOT_EVEN_QUOTED, RELEASED, Wish, twenty_five

SECONDS = 90
AT_ONCE = 4
QUOTED, ACCEPTED, CONFLICT = 201, 202, 409
# By how much the biller's and payout's common clock is moved, so that nobody waits for half an hour.
PENDING_OVER, MUCH_LATER = 75, 1900


@dataclass
class Redemption:
    """A wish on its way."""

    wish: Wish
    phone: Phone
    id: UUID
    amount_rupiah: int
    shown: dict[str, Any]


async def fund(day: Day) -> None:
    """The programme books what it has put into its deposit at the biller, if nobody has done so yet."""
    desk = day.stage.desk
    at_biller = await panel_float(day)
    missing = at_biller - await desk.booked_float()
    if missing > 0:
        await desk.book_top_up(missing, "Setoran awal dana program di penjual")
        await until(partial(_has_float, day, at_biller), "the top-up is in the ledger", SECONDS)
    day.diary.say(f"The programme has {rupiah_text(at_biller)} in its float at the biller")


async def panel_float(day: Day) -> int:
    """What the biller's own panel shows as our float."""
    return int((await day.stage.door("sandbox").get("/_control/float"))["balance_rupiah"])


async def _has_float(day: Day, rupiah: int) -> bool:
    return await day.stage.desk.booked_float() == rupiah


async def redeem_all(day: Day) -> list[Redemption]:
    """Ask for all 25, see each of them end as it has to, and return those that were accepted."""
    day.diary.say("Residents redeem: 25 wishes over tokens, pulsa and data")
    phones = await _phones(day)
    day.diary.say(
        f"  {len(phones)} residents have signed in with code and PIN, and shown their phones the card"
    )
    begun: list[Redemption] = []
    for wish, phone in zip(twenty_five(day.dice), phones, strict=True):
        made = await _ask(day, wish, phone)
        if made is not None:
            begun.append(made)
    await _see_them_end(day, begun)
    await _check_owner_only(day, begun)
    return begun


async def _phones(day: Day) -> list[Phone]:
    """Those with the most credit redeem; the last but one is the poorest of them, who wants too much."""
    rich: list[tuple[int, int, Resident]] = []
    for place, resident in enumerate(day.residents):
        balance = await day.stage.desk.balance(resident.id)
        rich.append((balance["available_rupiah"], place, resident))
    rich.sort(reverse=True)
    chosen = [resident for _, _, resident in rich[:25]]
    chosen[23] = rich[-1][2]
    turn = asyncio.Semaphore(AT_ONCE)

    async def signed_in(resident: Resident) -> Phone:
        async with turn:
            return await Phone.signed_in(resident, day.stage)

    return list(await asyncio.gather(*(signed_in(resident) for resident in chosen)))


async def _ask(day: Day, wish: Wish, phone: Phone) -> Redemption | None:
    answer = await phone.ask_price(wish.product, wish.target)
    if wish.ends == NOT_EVEN_QUOTED:
        await _refused_meter(day, wish, phone, answer)
        return None
    day.diary.expect(answer.status_code == QUOTED, f"{wish.title}: a price is quoted ({answer.text[:200]})")
    quote = answer.json()
    key = f"demo-{uuid7()}"
    if wish.special == "double tap":
        first, second = await asyncio.gather(
            phone.redeem(quote["quote_id"], key), phone.redeem(quote["quote_id"], key)
        )
        same = first.json()["redemption_id"] == second.json()["redemption_id"]
        day.diary.expect(same, "two taps at once are one purchase")
    else:
        first = await phone.redeem(quote["quote_id"], key)
    day.diary.expect(first.status_code == ACCEPTED, f"{wish.title}: accepted ({first.text[:200]})")
    shown = first.json()
    if wish.special == "key":
        await _same_key_other_amount(day, wish, phone, key)
    if wish.special == "story":
        day.story["redemption"] = UUID(shown["redemption_id"])
    day.diary.say(f"  {wish.title}: {rupiah_text(quote['amount_rupiah'])} for {quote['target']}")
    return Redemption(wish, phone, UUID(shown["redemption_id"]), quote["amount_rupiah"], shown)


async def _refused_meter(day: Day, wish: Wish, phone: Phone, answer: Response) -> None:
    code = answer.json()["code"]
    day.diary.expect(code == "meter_not_found", f"{wish.title}: refused as meter_not_found, got {code}")
    letters = (await phone.ask_price(wish.product, "bukan meteran")).json()["code"]
    day.diary.expect(letters == "wrong_meter_number", f"letters are no meter number, got {letters}")
    day.redeemed["wrong meter number, refused"] += 1
    day.diary.say(f"  {wish.title}: refused in words, nothing held")


async def _same_key_other_amount(day: Day, wish: Wish, phone: Phone, key: str) -> None:
    dearer = (await phone.ask_price(wish.product.replace("10k", "20k"), wish.target)).json()
    answer = await phone.redeem(dearer["quote_id"], key)
    code = answer.json().get("code")
    conflict = answer.status_code == CONFLICT and code == "idempotency_key_conflict"
    day.diary.expect(
        conflict, f"the same key for another amount is a conflict, got {answer.status_code} {code}"
    )
    day.redeemed["same key, another amount: conflict"] += 1


async def _see_them_end(day: Day, begun: list[Redemption]) -> None:
    """Wait for what ends by itself, then let the biller's time pass and wait for the rest."""
    late = next(each for each in begun if each.wish.ends == LATE_SUCCESS)
    await until(lambda: _in_state(late, {RELEASED}), f"{late.wish.title}: first it fails", SECONDS)
    slow = next(each for each in begun if each.wish.special == "times out")
    day.diary.say("  waiting for the biller that does not answer in time")
    await until(lambda: _in_state(slow, {"unknown"}), f"{slow.wish.title}: nobody knows", SECONDS)
    day.diary.say("  no answer: nobody knows whether it was sold, so the credit stays held")
    async with BillersTime(day) as time:
        await time.forward(PENDING_OVER)
        day.diary.say("  a good minute passes at the biller's (its clock and payout's are moved)")
        for each in begun:
            if each is not late:
                await _await_end(day, each)
        await time.forward(MUCH_LATER)
        day.diary.say("  half an hour passes, and what had failed turns out sold: the resident keeps both")
        await _await_end(day, late)


class BillersTime:
    """The common clock of payout and the stand-in biller: moved forward for a while and put back at the end."""

    def __init__(self, day: Day) -> None:
        """Uses the stand-in's control door."""
        self._door = day.stage.door("sandbox")
        self._offset_seconds = 0

    async def __aenter__(self) -> Self:
        """Remember where the clock stands."""
        self._offset_seconds = (await self._door.get("/_control/clock"))["offset_seconds"]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Put it back."""
        await self._door.post("/_control/clock", {"offset_seconds": self._offset_seconds})

    async def forward(self, seconds: int) -> None:
        """Let so many seconds have passed."""
        await self._door.post("/_control/clock", {"forward_seconds": seconds})


async def _in_state(each: Redemption, states: set[str]) -> bool:
    each.shown = await each.phone.look(each.id)
    return each.shown["state"] in states


async def _await_end(day: Day, each: Redemption) -> None:
    await until(
        lambda: _in_state(each, {each.wish.ends}),
        f"{each.wish.title}: ends as {each.wish.ends}, is {each.shown['state']} ({each.id})",
        SECONDS,
    )
    day.diary.expect(each.shown["state"] == each.wish.ends, f"{each.wish.title}: {each.wish.ends}")
    day.redeemed[each.wish.ends] += 1
    if each.wish.is_paid and each.shown["product_kind"] == "pln_token":
        digits = (each.shown["token"] or {}).get("digits") or ""
        day.diary.expect(
            len(digits.split()) == 5, f"{each.wish.title}: a token in five groups, got {digits!r}"
        )
    if each.wish.special == "double tap":
        again = await each.phone.look(each.id)
        day.diary.expect(again["token"] == each.shown["token"], "both taps show the same serial")
    if each.wish.ends == RELEASED:
        sentence = each.shown["sentence"] or ""
        day.diary.expect(
            "kembali" in sentence, f"{each.wish.title}: it says that the credit is back ({sentence})"
        )


async def _check_owner_only(day: Day, begun: list[Redemption]) -> None:
    owner, other = begun[1], begun[2]
    status = await other.phone.look_at_anothers(owner.id)
    day.diary.expect(status == 404, f"nobody sees another's token, got {status}")
