"""Kafka away, and one service's database closed: what was accepted is credited, the others work on, it heals alone."""

import asyncio
import time
from uuid import UUID

import asyncpg
import httpx
import pytest

from deploy.local.stack import Stack
from tests.faults.ledger import until_credited
from tests.faults.storm import Storm
from tests.load.crowd import Person, enrol, sign_in, tablets
from tests.load.tablets import Tablet
from tests.system import System
from tests.verify.places import Places
from tests.verify.running import verify

BANK = "lubuk-pakam-induk"
CAUGHT_UP_SECONDS = 60.0
HEALED_SECONDS = 30.0


@pytest.mark.parametrize(
    "seconds", [pytest.param(15, id="15s"), pytest.param(60, id="60s", marks=pytest.mark.soak)]
)
def test_deposits_are_accepted_while_kafka_is_away(system: System, broker: Stack, seconds: int) -> None:
    asyncio.run(_kafka_away(system, broker, seconds))


async def _kafka_away(system: System, broker: Stack, seconds: int) -> None:
    operator = await sign_in(system, "operator", bank=BANK)
    storm = Storm(await _tablets(system, operator, seed=seconds))
    await asyncio.to_thread(broker.stop_kafka)
    back_at = time.monotonic() + seconds
    while time.monotonic() < back_at:
        await storm.send(4, 25)
        await asyncio.sleep(0.5)
    accepted, resent = len(storm.acknowledged), storm.resent
    assert accepted >= seconds * 10
    assert resent == 0, "a deposit was refused while Kafka was away"
    # From the main thread: the kernel ends the broker together with the thread that started it.
    broker.start_kafka()
    took = await until_credited(system.databases["wallet"], storm.acknowledged, CAUGHT_UP_SECONDS)
    print(f"{accepted} deposits were accepted without Kafka and credited {took:.1f} s after its return")
    report = await verify(
        Places.of(system.home / ".run" / "ready.json"), acknowledged=[UUID(one) for one in storm.acknowledged]
    )
    assert report.holds, report.lines()


def test_one_closed_database_stops_one_service_only(system: System) -> None:
    asyncio.run(_database_closed(system))


async def _database_closed(system: System) -> None:
    operator = await sign_in(system, "operator", bank=BANK)
    member = await sign_in(system, "member")
    storm = Storm(await _tablets(system, operator, seed=7))
    admin = await asyncpg.connect(system.databases["postgres"])
    try:
        await admin.execute("alter database wallet allow_connections false")
        await admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'wallet'")
        refusal = await _balance(system, member)
        assert refusal.status_code == httpx.codes.SERVICE_UNAVAILABLE
        assert refusal.json()["code"] == "try_again"
        assert "aman" in refusal.json()["detail"]
        await storm.send(10, 100)
        assert storm.resent == 0
        await admin.execute("alter database wallet allow_connections true")
    finally:
        await admin.execute("alter database wallet allow_connections true")
        await admin.close()
    took = await until_credited(system.databases["wallet"], storm.acknowledged, HEALED_SECONDS)
    print(f"wallet had caught up {took:.1f} s after its database was open again")
    assert (await _balance(system, member)).status_code == httpx.codes.OK


async def _tablets(system: System, operator: Person, seed: int) -> list[Tablet]:
    return await tablets(system, operator, BANK, await enrol(system, operator, BANK, 50), count=4, seed=seed)


async def _balance(system: System, member: Person) -> httpx.Response:
    async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
        return await client.get(
            f"{system.addresses['wallet']}/v1/members/{member.facts['id']}/balance",
            headers={"Authorization": f"Bearer {member.token}"},
        )
