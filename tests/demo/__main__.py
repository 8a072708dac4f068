"""`python -m tests.demo`: a day in Lubuk Pakam on the running system. Exit status 1 if anything is not as expected."""

import argparse
import asyncio
import json
import random
import secrets
import sys
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from aiokafka.errors import KafkaError

from deploy.local.announcing import START_PAGE
from tests.demo import counting, depositing, field_day, newcomers, oddities
from tests.demo.cast import TANJUNG_GARBUS, forty
from tests.demo.day import Day
from tests.demo.diary import Diary, ExpectationError
from tests.demo.doors import UnexpectedAnswerError
from tests.demo.field_day import Field
from tests.demo.redeeming import Redemption, fund, redeem_all
from tests.demo.stage import Stage
from tests.demo.story import deposit_story, redemption_story
from tests.verify.__main__ import as_json
from tests.verify.places import Places
from tests.verify.running import Report, verify

READY = Path(".run/ready.json")
OUT = Path("build/demo.json")


def main() -> int:
    """Read the command line, live through the day, verify, write build/demo.json."""
    parser = argparse.ArgumentParser(prog="python -m tests.demo", description=__doc__)
    parser.add_argument("--ready", type=Path, default=READY, help="the running system's ready.json")
    parser.add_argument("--seed", type=int, default=None, help="repeat the choices of an earlier run")
    parser.add_argument("--out", type=Path, default=OUT, help="where the figures are written as JSON")
    given = parser.parse_args()
    seed = secrets.randbelow(1_000_000) if given.seed is None else given.seed
    diary = Diary()
    diary.say(f"A day in Lubuk Pakam, seed {seed}")
    try:
        figures, report = asyncio.run(_run(given.ready, seed, diary))
    except (ExpectationError, UnexpectedAnswerError) as error:
        diary.show([f"NOT AS EXPECTED (seed {seed}): {error}"])
        return 1
    except (OSError, httpx.HTTPError, asyncpg.PostgresError, KafkaError) as error:
        diary.show(
            [f"The day broke off: {type(error).__name__}: {error}", "Is the system running? Try `make run`."]
        )
        return 2
    given.out.parent.mkdir(parents=True, exist_ok=True)
    whole = {"seed": seed, "seconds": round(diary.seconds, 1), **figures, "verify": as_json(report)}
    given.out.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    diary.show(_where_to_look(given.out, given.ready))
    return 0 if report.holds else 1


async def _run(ready: Path, seed: int, diary: Diary) -> tuple[dict[str, Any], Report]:
    dice = random.Random(seed)
    stage = await Stage.set(ready, dice)
    try:
        day = Day(stage, diary, dice, forty(dice))
        sums, redemptions = await _live(day)
        told = await _live_the_rest(day)
        diary.show(counting.table(day, sums))
        diary.show(["The rest of the day", *(f"  {what:<22}{how}" for what, how in told)])
        diary.show(await deposit_story(day))
        diary.show(redemption_story(day, redemptions))
    finally:
        await stage.leave()
    diary.say("Now the invariants, from the databases, the topics and the biller's own book")
    report = await verify(Places.of(ready), acknowledged=day.acknowledged)
    diary.show(report.lines())
    return _figures(day, sums) | {"rest_of_the_day": told}, report


async def _live(day: Day) -> tuple[counting.Sums, list[Redemption]]:
    await depositing.open_the_day(day)
    queues = await depositing.morning(day)
    await oddities.not_yet_open(day)
    await oddities.unknown_members(day)
    stale = await depositing.noon(day)
    await depositing.afternoon(day, [*queues, stale])
    await depositing.correct_two(day)
    await oddities.absurd_weights(day)
    sums = counting.Sums()
    await counting.count_deposits(day, sums)
    in_force = day.stage.tablets[TANJUNG_GARBUS].prices
    if in_force is not None:
        await counting.check_price_differences(day, stale, in_force)
    await counting.await_credits(day)
    await counting.check_correction(day)
    await fund(day)
    redemptions = await redeem_all(day)
    await counting.count_credit(day, redemptions, sums)
    await counting.check_float(day)
    return sums, redemptions


async def _live_the_rest(day: Day) -> list[tuple[str, str]]:
    """What a waste bank does besides weighing, and who is who."""
    field = Field.of(day)
    await field_day.report_and_morning(field)
    caller, weighing = await field_day.pickup(field)
    await field_day.late_answer(field, caller, weighing)
    await field_day.bags_and_doubles(field)
    await field_day.school_list(field)
    await field_day.price_exception(field)
    await newcomers.merge(field)
    await field_day.cash_out(field, caller)
    await newcomers.leave(field)
    await newcomers.move_in(field)
    await field_day.sell_and_close(field)
    day.diary.expect(await day.stage.desk.ledger_is_right(), "wallet's own check finds nothing")
    return field.told


def _figures(day: Day, sums: counting.Sums) -> dict[str, Any]:
    return {
        "answers": dict(day.answers),
        "deposits": dict(sums.states),
        "credited": {"count": sums.credited, "rupiah": sums.credited_rupiah},
        "held": {"count": sums.held, "rupiah": sums.held_rupiah},
        "settled": {"count": sums.settled, "rupiah": sums.settled_rupiah},
        "released": {"count": sums.released, "rupiah": sums.released_rupiah},
        "redemptions": dict(day.redeemed),
        "grams_by_class": dict(sums.grams_by_class),
        "owed_rupiah": sums.owed_rupiah,
        "expectations": day.diary.came_true,
    }


def _where_to_look(out: Path, ready: Path) -> list[str]:
    addresses = json.loads(ready.read_text(encoding="utf-8"))["addresses"]
    return [
        "Where to look",
        f"  in a browser          {addresses['web']}{START_PAGE}: one click to each kind of user's screen",
        f"  what the office sees  {addresses['web']}/kantor: what this day left to be decided",
        f"  figures of this run   {out}",
        f"  the doors' own pages  {addresses['deposit']}/openapi.json, and so on for each service",
        f"  prices, no sign-in    {addresses['valuation']}/v1/price-lists/current?waste_bank_id=lubuk-pakam-induk",
        f"  what services count   {addresses['adoption']}/metrics",
        f"  logs and addresses    {ready}",
        "  the invariants alone  make verify",
    ]


if __name__ == "__main__":
    sys.exit(main())
