"""One person, enrolled without a signal on two tablets, deposits from both, merged: one balance, one whole statement.

Whether the deposits come before the merge, after it, or half and half, must make no difference on the running system.
"""

import asyncio
import itertools
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.kernel.ids import uuid7
from tests.demo.cast import CEMARA, MAIN_BANK
from tests.demo.day import now
from tests.demo.hands import Hands, Neighbour, neighbour
from tests.demo.stage import Stage
from tests.demo.tablet import Weighing
from tests.demo.waiting import until
from tests.journeys.conftest import Lived
from tests.verify.places import Places
from tests.verify.running import Report, verify

SECONDS = 60
# When the two queues reach the server: before anybody is enrolled, between enrolment and merge, after the merge.
MOMENTS = ("before enrolment", "before the merge", "after the merge")
SEEDS = itertools.count(904)


@dataclass
class Met:
    """Both enrolments of one person, and what was weighed under either id."""

    stage: Stage
    stays: Neighbour
    goes: Neighbour
    weighed: list[Weighing]

    def weigh(self, who: Neighbour, grams: int) -> Weighing:
        """On the tablet of the bank where that enrolment was made."""
        tablet = self.stage.tablets[who.bank]
        offer = tablet.known.offers["K02", "bersih"]
        made = Weighing(
            uuid7(), who.id, who.bank, now() - timedelta(minutes=90), ((offer, grams),), tablet.known
        )
        self.weighed.append(made)
        return made

    async def send(self, *weighings: Weighing) -> None:
        """The queue of each tablet."""
        for weighing in weighings:
            await self.stage.tablets[weighing.bank].send_queue([weighing], now())

    @property
    def owed(self) -> int:
        """What they were told at the scale, all of it together."""
        return sum(weighing.net_rupiah for weighing in self.weighed)

    async def until_credited(self) -> None:
        """Until everything that was weighed is in one balance, whichever id is asked for."""
        for member_id in (self.stays.id, self.goes.id):

            async def is_whole(member_id: UUID = member_id) -> bool:
                balance = await self.stage.desk.balance(member_id)
                return bool(balance["posted_rupiah"] == self.owed)

            await until(is_whole, f"{member_id} has {self.owed}", SECONDS)


@asynccontextmanager
async def met(lived: Lived) -> AsyncIterator[Met]:
    dice = random.Random(next(SEEDS))
    stage = await Stage.set(lived.ready, dice)
    try:
        for bank in (MAIN_BANK, CEMARA):
            await stage.tablets[bank].fetch_prices()
        stays = neighbour(dice, "Delima Br Karo", MAIN_BANK)
        goes = neighbour(dice, "Delima br. Karo", CEMARA)
        yield Met(stage, stays, goes, [])
    finally:
        await stage.leave()


async def merge(them: Met) -> None:
    """Proposed by an operator, refused to them, decided by the programme; asking again changes nothing."""
    stage = them.stage
    operator = Hands(stage, stage.tokens[MAIN_BANK])
    programme = Hands(stage, stage.tokens[stage.desk.person.code])
    wish = {"into_member_id": str(them.stays.id), "reason": "Orang yang sama di dua tablet"}
    # Both banks are in the programme's area; an operator knows only one of them.
    second = Hands(stage, stage.tokens[stage.second_desk.person.code])
    proposed = await second.identity.post(f"/v1/members/{them.goes.id}:propose-merge", wish, expect=201)
    path = f"/v1/merges/{proposed['merge_id']}:confirm"
    for hands in (second, operator):
        refused = await hands.identity.ask("POST", path, json={})
        assert refused.status_code in {403, 404}, refused.text
    for _ in range(2):
        await programme.identity.post(path, {})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("before enrolment", "before enrolment"),
        ("before enrolment", "after the merge"),
        ("before the merge", "before the merge"),
        ("after the merge", "before enrolment"),
        ("after the merge", "after the merge"),
    ],
)
def test_two_enrolments_become_one_balance_whenever_their_deposits_come(
    lived: Lived, first: str, second: str
) -> None:
    async def live() -> dict[str, Any]:
        async with met(lived) as them:
            mine, other = them.weigh(them.stays, 3_000), them.weigh(them.goes, 5_500)
            coming = {moment: [] for moment in MOMENTS} | {first: [mine]}  # type: ignore[var-annotated]
            coming[second] = [*coming[second], other]
            await them.send(*coming["before enrolment"])
            await them.stays.enrol(them.stage, now() - timedelta(hours=2))
            await them.goes.enrol(them.stage, now() - timedelta(hours=2))
            await them.send(*coming["before the merge"])
            await merge(them)
            await them.send(*coming["after the merge"])
            await them.until_credited()
            return await _seen(them)

    seen = asyncio.run(live())
    assert seen["statement"] == seen["deposits"] == seen["weighed"]
    assert seen["by the other id"] == seen["statement"]
    # Running balances of one account: every line adds to the one before, and nothing of the merge is shown.
    balances = [line["balance_rupiah"] for line in reversed(seen["lines"])]
    assert balances == list(itertools.accumulate(line["amount_rupiah"] for line in reversed(seen["lines"])))
    assert {line["kind"] for line in seen["lines"]} == {"credit"}


def test_a_card_of_the_given_up_id_still_leads_to_the_person_and_the_books_hold(lived: Lived) -> None:
    async def live() -> tuple[dict[str, Any], Report]:
        async with met(lived) as them:
            await them.stays.enrol(them.stage, now() - timedelta(hours=2))
            await them.goes.enrol(them.stage, now() - timedelta(hours=2))
            await them.send(them.weigh(them.stays, 4_000), them.weigh(them.goes, 2_000))
            await merge(them)
            await them.until_credited()
            # A tablet that has not heard of it goes on with the old id.
            await them.send(them.weigh(them.goes, 1_000))
            await them.until_credited()
            seen = await _seen(them)
            gone = await Hands(them.stage, them.stage.tokens[CEMARA]).identity.ask(
                "GET", f"/v1/members/{them.goes.id}"
            )
            seen["gone"] = gone
        return seen, await verify(Places.of(lived.ready), quiet_seconds=30)

    seen, report = asyncio.run(live())
    assert len(seen["statement"]) == 3
    assert seen["statement"] == seen["weighed"]
    gone: httpx.Response = seen["gone"]
    assert gone.status_code == 404 or json.loads(gone.text)["merged_into"], gone.text
    assert report.holds, report.lines()


async def _seen(them: Met) -> dict[str, Any]:
    """What the person sees on their own phone, and the desk by either id."""
    own = await them.stays.hands(them.stage)
    page = await own.deposit.get("/v1/deposits", limit=100)
    lines = await them.stage.desk.statement(them.stays.id)
    return {
        "lines": lines,
        "statement": {line["deposit_id"] for line in lines},
        "by the other id": {line["deposit_id"] for line in await them.stage.desk.statement(them.goes.id)},
        "deposits": {each["deposit_id"] for each in page["deposits"]},
        "weighed": {str(weighing.id) for weighing in them.weighed},
    }
