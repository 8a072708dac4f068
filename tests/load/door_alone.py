"""What the deposit door takes when nothing else works: a tablet's sync and single posts, accepted and durable."""

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx

from deploy.local.ports import free_ports
from deploy.local.settings import REPOSITORY
from tests.load.client import Connection
from tests.load.crowd import Person
from tests.load.databases import bare_database
from tests.load.tablets import Shop, Tablet
from tests.system import System

SYNC_CONNECTIONS = 4
SINGLE_CONNECTIONS = 32
BATCH_SIZE = 100
CREATED = 201
OK = 200
START_SECONDS = 30.0


@contextlib.asynccontextmanager
async def door_alone(system: System, member_ids: Sequence[str], rollout: Path) -> AsyncIterator[str]:
    """Run `python -m services deposit --only door` on an empty database that knows the members; gives its address."""
    url = await _database(system, member_ids)
    port = free_ports(1)[0]
    environment = {
        **os.environ,
        "DEPOSIT_DATABASE_URL": url,
        "DEPOSIT_PORT": str(port),
        "JWKS_URL": f"{system.addresses['identity']}/v1/jwks",
        "ROLLOUT_PATH": str(rollout),
    }
    command = [sys.executable, "-m", "services", "deposit", "--only", "door"]
    with (system.home / "door-alone.log").open("wb") as log:
        door = subprocess.Popen(  # noqa: ASYNC220 - it returns at once, and the process outlives no loop
            command, cwd=REPOSITORY, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        address = f"http://127.0.0.1:{port}"
        await _until_ready(address)
        yield address
    finally:
        door.terminate()
        await asyncio.to_thread(door.wait, 30)


async def synced_per_second(address: str, operator: Person, shop: Shop, seconds: float, seed: int) -> float:
    """Deposits a second in batches of 100 over four connections, each answered after its commit."""
    tablets = [Tablet(address, operator.token, shop, seed + number) for number in range(SYNC_CONNECTIONS)]
    begun = time.perf_counter()

    async def sync(tablet: Tablet) -> int:
        sent = 0
        while time.perf_counter() - begun < seconds:
            body, shown = tablet.batch(BATCH_SIZE)
            status, answer = await tablet.connection.post("/v1/deposits:batch", body)
            _expect(status == OK and answer.count(b'"recorded"') >= len(shown), status, answer)
            sent += len(shown)
        return sent

    sent = sum(await asyncio.gather(*[sync(tablet) for tablet in tablets]))
    return sent / (time.perf_counter() - begun)


async def posted_per_second(address: str, operator: Person, shop: Shop, seconds: float, seed: int) -> float:
    """Authenticated single posts a second over 32 connections, each answered after its commit."""
    maker = Tablet(address, operator.token, shop, seed)
    begun = time.perf_counter()

    async def post(connection: Connection) -> int:
        sent = 0
        while time.perf_counter() - begun < seconds:
            status, answer = await connection.post("/v1/deposits", maker.deposit()[0].encode())
            _expect(status == CREATED, status, answer)
            sent += 1
        connection.close()
        return sent

    connections = [Connection(address, operator.token) for _ in range(SINGLE_CONNECTIONS)]
    sent = sum(await asyncio.gather(*[post(connection) for connection in connections]))
    return sent / (time.perf_counter() - begun)


def _expect(good: bool, status: int, answer: bytes) -> None:
    if not good:
        message = f"status {status}, {answer[:500]!r}"
        raise RuntimeError(message)


async def _database(system: System, member_ids: Sequence[str]) -> str:
    url = await bare_database(system, "deposit", "door_alone")
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "insert into member (member_id, registered_at) select unnest($1::uuid[]), now()",
            [UUID(one) for one in member_ids],
        )
    finally:
        await connection.close()
    return url


async def _until_ready(address: str) -> None:
    async with asyncio.timeout(START_SECONDS), httpx.AsyncClient(trust_env=False) as client:
        while True:
            with contextlib.suppress(httpx.TransportError):
                if (await client.get(f"{address}/healthz/ready")).status_code == OK:
                    return
            await asyncio.sleep(0.1)
