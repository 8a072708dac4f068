"""How many credits a second the ledger posts in full: locks, conflict check, entries, balances, outbox, durable commit.

`python -m tests.load.postings` starts a PostgreSQL of its own (or uses TIMBANG_TEST_STACK), prints postings a second
for several batch sizes on one and two connections, what each costs PostgreSQL and us, and pgbench's tps beside it.
"""

import asyncio
import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psutil
import uvloop

from deploy.local.stack import Stack
from deploy.local.testing import Clones
from services.wallet.workflows.deposits import post_credits
from shared.contracts import Deduction, DepositValued
from shared.kernel.ids import uuid7
from shared.runtime.database import Database
from shared.runtime.wall_clock import WallClock
from tests.load.yardsticks import Pgbench

MEMBERS = 2_000
POSTINGS = 30_000
BATCH = 500
CONNECTIONS = 2


@dataclass(frozen=True)
class Run:
    """One measurement. CPU is in microseconds a posting."""

    batch: int
    connections: int
    per_second: float
    postgres_cpu_us: float
    own_cpu_us: float
    batch_p50_ms: float
    batch_p99_ms: float


async def postings_per_second(database_url: str) -> float:
    """The figure of `make bench`: two connections, batches of 500, into an otherwise idle database."""
    database = await _opened(database_url)
    try:
        members = [uuid7() for _ in range(MEMBERS)]
        await measure(database, members, POSTINGS // 3, BATCH, CONNECTIONS)
        runs = [await measure(database, members, POSTINGS, BATCH, CONNECTIONS) for _ in range(3)]
        return statistics.median(run.per_second for run in runs)
    finally:
        await database.close()


async def measure(
    database: Database, members: Sequence[UUID], postings: int, batch: int, connections: int
) -> Run:
    """Post that many valued deposits, made beforehand, spread over the members."""
    facts = [_valued(members[number * 7919 % len(members)]) for number in range(postings)]
    batches = iter([facts[start : start + batch] for start in range(0, postings, batch)])
    clock, took = WallClock(), []

    async def post() -> None:
        for events in batches:
            begun = time.perf_counter()
            async with database.transaction() as tx:
                await post_credits(tx, events, clock.now())
            took.append(time.perf_counter() - begun)

    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)  # as a service's process does
    backends = await _backends(database, connections)
    before = sum(_cpu_seconds(pid) for pid in backends)
    begun, own = time.perf_counter(), time.process_time()
    await asyncio.gather(*[post() for _ in range(connections)])
    seconds, own = time.perf_counter() - begun, time.process_time() - own
    used = sum(_cpu_seconds(pid) for pid in backends) - before
    took.sort()
    return Run(
        batch,
        connections,
        postings / seconds,
        used / postings * 1e6,
        own / postings * 1e6,
        took[len(took) // 2] * 1e3,
        took[len(took) * 99 // 100] * 1e3,
    )


async def _opened(url: str) -> Database:
    database = Database(url, CONNECTIONS, "postings")
    await database.open()
    return database


async def _backends(database: Database, connections: int) -> list[int]:
    """The processes behind the pool's connections, all of them opened."""
    async with asyncio.TaskGroup() as group:
        everyone = asyncio.Barrier(connections)

        async def pid() -> int:
            async with database.connection() as held:
                await everyone.wait()
                found: int = held.get_server_pid()
                return found

        tasks = [group.create_task(pid()) for _ in range(connections)]
    return [task.result() for task in tasks]


def _cpu_seconds(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def _valued(member_id: UUID) -> DepositValued:
    now = WallClock().now()
    return DepositValued(
        event_id=uuid7(),
        recorded_at=now,
        member_id=member_id,
        deposit_id=uuid7(),
        waste_bank_id="lubuk-pakam-induk",
        subdistrict_code="12.07.28",
        weighed_at=now,
        price_list_id=UUID(int=1),
        list_in_force_id=UUID(int=1),
        lines=(),
        gross_rupiah=12_000,
        deductions=(Deduction(beneficiary="waste_bank", basis_points=500, amount_rupiah=600),),
        net_rupiah=11_400,
        price_difference_rupiah=150,
    )


async def _table(stack: Stack) -> list[str]:
    yardstick = Pgbench(stack.postgres_tool("pgbench"), stack.admin_url)
    await yardstick.prepare()
    clones = Clones(stack)
    database = await _opened(clones.fresh("wallet"))
    members = [uuid7() for _ in range(MEMBERS)]
    await measure(database, members, POSTINGS // 3, BATCH, 1)
    limits, lines = [await yardstick.tps(8)], []
    for connections in (1, 2):
        for batch in (100, 200, 500):
            run = await measure(database, members, POSTINGS, batch, connections)
            lines.append(
                f"{run.connections} connections, batch {run.batch:>3}: {run.per_second:>7.0f} postings/s, "
                f"PostgreSQL {run.postgres_cpu_us:5.1f} us, ours {run.own_cpu_us:5.1f} us, "
                f"batch p50 {run.batch_p50_ms:5.1f} ms, p99 {run.batch_p99_ms:5.1f} ms"
            )
    limits.append(await yardstick.tps(8))
    async with database.reading() as tx:
        size = await tx.fetchval("select pg_total_relation_size('transfer')::float / count(*) from transfer")
    await database.close()
    clones.drop()
    lines.append(f"{size:.0f} bytes a transfer with its entries and indexes")
    lines.append(f"pgbench TPC-B, scale 20, 8 clients: {limits[0]:.0f} before, {limits[1]:.0f} after (tps)")
    return lines


def main() -> None:
    """Print the table."""
    running = os.environ.get("TIMBANG_TEST_STACK")
    if running:
        lines = uvloop.run(_table(Stack.attached(Path(running))))
    else:
        with tempfile.TemporaryDirectory() as home, Stack(Path(home)) as stack:
            lines = uvloop.run(_table(stack))
    sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
