"""`make bench`: how fast, how steady and how dear, against limits of this machine measured in the same run.

Prints a table and writes build/bench.json. What is compared with a bar is a ratio where the bar is one.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import sys
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from deploy.local.settings import REPOSITORY
from deploy.local.stack import Stack
from deploy.local.testing import create_prefixed_topics
from tests.faults.roomy import roomy_rollout
from tests.load.crowd import Person, enrol, sign_in, tablets
from tests.load.databases import bare_database
from tests.load.door_alone import door_alone, posted_per_second, synced_per_second
from tests.load.growth import Growth
from tests.load.latency import measure_latency
from tests.load.postings import postings_per_second
from tests.load.processes import Meter, difference, peak_memory_mib
from tests.load.relaying import relayed_events_per_second
from tests.load.road import Drive, Road
from tests.load.tablets import Tablet, open_shop
from tests.load.yardsticks import Pgbench, kafka_records_per_second
from tests.system import System
from tests.verify.places import Places
from tests.verify.running import verify

BANK = "lubuk-pakam-induk"
MEMBERS = 2_000
TABLETS = 4
# What is sent was weighed on one of the last three days, as after a weekend without a signal; and while deposits pile
# up the calendar goes on, as it would: a million of one bank's deposits in seventeen days is still hard.
DAYS = 3
WALK_DAYS = 17
RESTING_SECONDS = 15
BEFORE_ROUNDS = 100_000
BENCH_PREFIX = "bench."
HOME = REPOSITORY / ".state" / "bench"


async def bench(given: argparse.Namespace) -> dict[str, Any]:
    """Start a system of its own, measure, stop it; returns the figures."""
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    rollout = roomy_rollout(HOME)
    system = System(HOME, {"ROLLOUT_PATH": str(rollout)})
    say(f"system ready after {await asyncio.to_thread(system.start):.1f} s")
    try:
        return await _measure(system, rollout, given)
    finally:
        await asyncio.to_thread(system.stop)


async def _measure(system: System, rollout: Path, given: argparse.Namespace) -> dict[str, Any]:
    stack = Stack.attached(HOME / ".run" / "ready.json")
    operator = await sign_in(system, "operator", bank=BANK)
    member_ids = await enrol(system, operator, BANK, MEMBERS)
    crowd = await tablets(
        system,
        operator,
        BANK,
        member_ids,
        count=TABLETS,
        seed=given.seed,
        days=DAYS,
        walk_days=WALK_DAYS,
        walk_deposits=max([BEFORE_ROUNDS, *given.growth]) // TABLETS,
    )
    pgbench = Pgbench(stack.postgres_tool("pgbench"), system.databases["postgres"])
    await pgbench.prepare()
    figures: dict[str, Any] = {
        "cores": os.cpu_count(),
        # Of one version, a build without profile-guided optimisation takes a tenth more time for a deposit.
        "python": sys.version,
        "seed": given.seed,
        "round_seconds": given.seconds,
    }
    figures["resting_cpu_share"] = await _resting(system)
    road = Road(system, crowd)
    growth = Growth(road, say)
    # The rounds store hundreds of thousands: the small sizes come before them, the large ones after.
    for size in (10_000, *(size for size in given.growth if size <= BEFORE_ROUNDS)):
        await growth.measure(size)
    await _rounds(figures, road, pgbench, given)
    figures |= await _latency(system, operator, crowd[0], stack)
    figures |= await _alone(system, rollout, operator, member_ids, stack, given)
    for size in (size for size in given.growth if size > BEFORE_ROUNDS):
        await growth.measure(size)
    figures["growth_cpu_seconds_per_10000_deposits"] = growth.row
    figures["peak_memory_mib"] = {name: round(mib) for name, mib in peak_memory_mib(system.pids).items()}
    report = await verify(Places.of(HOME / ".run" / "ready.json"), quiet_seconds=120)
    figures["invariants_hold"] = report.holds
    say("\n".join(report.lines()))
    return figures


async def _resting(system: System) -> dict[str, float]:
    """What share of a core each process takes while nothing happens."""
    meter = Meter(system.pids)
    before = meter.read()
    await asyncio.sleep(RESTING_SECONDS)
    used = difference(meter.read(), before)
    shares = {name: round(seconds / RESTING_SECONDS, 3) for name, seconds in used.items()}
    say(f"resting: {sum(shares.values()):.2f} of a core")
    return shares | {"all": round(sum(shares.values()), 3)}


async def _rounds(figures: dict[str, Any], road: Road, pgbench: Pgbench, given: argparse.Namespace) -> None:
    """The road between two yardsticks, several times."""
    await road.drive(seconds=given.warm_up)
    drives: list[Drive] = []
    limits = [await pgbench.tps(given.yardstick)]
    for number in range(given.rounds):
        drives.append(await road.drive(seconds=given.seconds))
        limits.append(await pgbench.tps(given.yardstick))
        between = f"between {limits[-2]:.0f} and {limits[-1]:.0f} tps"
        say(f"round {number + 1}: {drives[-1].per_second:.0f} deposits/s {between}")
    ratios = [
        drive.per_second / ((before + after) / 2)
        for drive, (before, after) in zip(drives, pairwise(limits), strict=True)
    ]
    figures["pgbench_tps"] = round(statistics.median(limits))
    figures["road_deposits_per_second"] = round(statistics.median(drive.per_second for drive in drives))
    figures["road_ratio_to_pgbench"] = round(statistics.median(ratios), 2)
    figures["road_rounds"] = [
        {"deposits_per_second": round(drive.per_second), "ratio": round(ratio, 2)}
        for drive, ratio in zip(drives, ratios, strict=True)
    ]
    figures["cpu_seconds_per_10000_deposits"] = drives[-1].cpu_seconds_per_10000()


async def _latency(system: System, operator: Person, tablet: Tablet, stack: Stack) -> dict[str, Any]:
    took = await measure_latency(
        stack.bootstrap_servers,
        system.databases,
        tablet,
        system.addresses["deposit"],
        operator.token,
        per_second=200,
        seconds=20,
    )
    return {
        "heard_to_credited_ms": _shares(took.heard_to_credited),
        "sent_to_told_ms": _shares(took.sent_to_told),
    }


def _shares(took: Sequence[float]) -> dict[str, float]:
    return {f"p{share}": round(took[len(took) * share // 100], 1) for share in (50, 95, 99)}


async def _alone(
    system: System,
    rollout: Path,
    operator: Person,
    member_ids: Sequence[str],
    stack: Stack,
    given: argparse.Namespace,
) -> dict[str, Any]:
    """Each step by itself, on databases of its own, while the system rests."""
    shop = await open_shop(system.addresses["valuation"], BANK, member_ids, days=DAYS)
    async with door_alone(system, member_ids, rollout) as address:
        synced = await synced_per_second(address, operator, shop, given.yardstick, given.seed)
        posted = await posted_per_second(address, operator, shop, given.yardstick, given.seed)
    await asyncio.to_thread(create_prefixed_topics, stack, BENCH_PREFIX)
    relayed = await relayed_events_per_second(
        await bare_database(system, "deposit", "relay_alone"), stack.bootstrap_servers, BENCH_PREFIX
    )
    posted_credits = await postings_per_second(await bare_database(system, "wallet", "wallet_alone"))
    return {
        "sync_deposits_per_second": round(synced),
        "single_posts_per_second": round(posted),
        "relay_rows_per_second": round(relayed),
        "postings_per_second": round(posted_credits),
        "kafka_records_per_second": round(
            await kafka_records_per_second(stack, f"{BENCH_PREFIX}timbang.deposits.v1")
        ),
    }


def say(line: str) -> None:
    """Progress, a line at a time."""
    sys.stdout.write(f"[{time.strftime('%H:%M:%S')}] {line}\n")
    sys.stdout.flush()


def main() -> int:
    """Read the command line, measure, write build/bench.json."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="length of a round of the road")
    parser.add_argument("--warm-up", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--yardstick", type=int, default=10, help="seconds of each other measurement")
    parser.add_argument("--growth", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=REPOSITORY / "build" / "bench.json")
    given = parser.parse_args()
    figures = asyncio.run(bench(given))
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    say(json.dumps(figures, indent=2))
    return 0 if figures["invariants_hold"] else 1


if __name__ == "__main__":
    sys.exit(main())
