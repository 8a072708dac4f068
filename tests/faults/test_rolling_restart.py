"""Two processes in every consumer group, each stopped and started again in turn while tablets go on sending."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from uuid import UUID

import psutil
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.ports import free_ports
from deploy.local.settings import REPOSITORY
from tests.faults.ledger import count_credits, until_credited
from tests.faults.storm import Storm
from tests.load.crowd import enrol, sign_in, tablets
from tests.system import System
from tests.verify.places import Places
from tests.verify.running import verify

BANK = "lubuk-pakam-induk"
HEARING = ("deposit", "valuation", "wallet", "payout", "adoption")
JOINED_SECONDS = 60.0
CAUGHT_UP_SECONDS = 60.0
BATCH = 25
# The protocol's type byte, version and empty user data: an assignment longer than this names partitions.
EMPTY_ASSIGNMENT_BYTES = 10


class Second:
    """A second process of a service that only hears, with the environment of the first."""

    def __init__(self, system: System, name: str) -> None:
        self._name = name
        self._log = system.home / f"second-{name}.log"
        self._environment = psutil.Process(system.pids[name]).environ() | {
            f"{name.upper()}_PORT": str(free_ports(1)[0])
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it joins its group by itself."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "services", self._name, "--only", "consumers"],
                cwd=REPOSITORY,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def stop(self) -> None:
        """End it as a roll-out would: it finishes what is in hand."""
        if self._process is not None:
            self._process.terminate()
            # The server says by which signal it was ended, after it has finished.
            assert self._process.wait(30) == -signal.SIGTERM, self._log.read_text(encoding="utf-8")[-2000:]
            self._process = None


def test_a_rolling_restart_of_two_in_every_group_loses_and_doubles_nothing(system: System) -> None:
    with contextlib.ExitStack() as ending:
        seconds = {name: Second(system, name) for name in HEARING}
        for second in seconds.values():
            second.start()
            ending.callback(second.stop)
        asyncio.run(_roll(system, seconds))


async def _roll(system: System, seconds: dict[str, Second]) -> None:
    operator = await sign_in(system, "operator", bank=BANK)
    member_ids = await enrol(system, operator, BANK, 100)
    storm = Storm(await tablets(system, operator, BANK, member_ids, count=4, seed=11))
    async with _groups(system) as groups:
        for name in HEARING:
            await groups.until_two(name)
        async with _raging(storm):
            for name in HEARING:
                before = len(storm.acknowledged)
                seconds[name].stop()
                seconds[name].start()
                await groups.until_two(name)
                first = system.pids[name]
                os.kill(first, signal.SIGTERM)
                await asyncio.to_thread(system.await_return, name, first, 60.0)
                await groups.until_two(name)
                assert len(storm.acknowledged) > before, "nothing was sent while it restarted"
    took = await until_credited(system.databases["wallet"], storm.acknowledged, CAUGHT_UP_SECONDS)
    found = await count_credits(system.databases["wallet"], storm.acknowledged)
    assert (found.missing, found.double) == ([], [])
    print(f"{found.once} deposits credited once; the last {took:.1f} s after the last restart")
    report = await verify(
        Places.of(system.home / ".run" / "ready.json"), acknowledged=[UUID(one) for one in storm.acknowledged]
    )
    assert report.holds, report.lines()


@contextlib.asynccontextmanager
async def _raging(storm: Storm) -> AsyncIterator[None]:
    """Tablets send, a little at a time, for as long as the block lasts; what was begun is finished."""
    over = False

    async def send() -> None:
        while not over:
            await storm.send(4, BATCH)
            await asyncio.sleep(0.3)

    sending = asyncio.create_task(send())
    try:
        yield
    finally:
        over = True
        await sending


class _Groups:
    def __init__(self, admin: AIOKafkaAdminClient) -> None:
        self._admin = admin

    async def until_two(self, name: str) -> None:
        """Wait until the group has two members and each of them has partitions."""
        deadline = time.monotonic() + JOINED_SECONDS
        sizes: list[int] = []
        while time.monotonic() < deadline:
            sizes = await self._assignments(name)
            if len(sizes) == 2 and min(sizes) > EMPTY_ASSIGNMENT_BYTES:
                return
            await asyncio.sleep(0.2)
        message = f"{name} has not two members with partitions: {sizes}"
        raise AssertionError(message)

    async def _assignments(self, name: str) -> list[int]:
        (answer,) = await self._admin.describe_consumer_groups([name])
        (group,) = answer.groups
        members = group[5]
        return [len(member[4] or b"") for member in members]


@contextlib.asynccontextmanager
async def _groups(system: System) -> AsyncIterator[_Groups]:
    admin = AIOKafkaAdminClient(bootstrap_servers=system.facts["addresses"]["kafka"])
    await admin.start()
    try:
        yield _Groups(admin)
    finally:
        await admin.close()
