"""kill -9 of PostgreSQL, Kafka or the runner loses nothing that was acknowledged and stops no later start."""

import asyncio
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.local.postgres import PostgresServer
from deploy.local.programs import start, stop, wait_until
from deploy.local.settings import REPOSITORY
from deploy.local.stack import SERVICES_WITH_DATABASE, Stack
from tests.local.running import Running

TOPIC = "timbang.deposits.v1"


def _new_home() -> Path:
    # Below the repository, not in pytest's folder: that one is closed to `nobody`, as whom PostgreSQL runs for root.
    # A name as people give their folders: Java finds it only if it is told right.
    return REPOSITORY / ".state" / f"test-{os.getpid()}-{uuid4().hex[:6]} bank é 😀"


@pytest.fixture
def home() -> Path:
    return _new_home()


@pytest.fixture(scope="module")
def runner() -> Iterator[Running]:
    """One home that goes through everything: its servers are made once, and each test begins as it likes."""
    running = Running(_new_home())
    yield running
    running.remove()


async def _write(stack: Stack, number: int) -> None:
    connection = await asyncpg.connect(stack.database_url("wallet"))
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
    await connection.execute("INSERT INTO kept VALUES ($1)", number)
    await connection.close()
    producer = AIOKafkaProducer(
        bootstrap_servers=stack.bootstrap_servers, acks="all", enable_idempotence=True
    )
    await producer.start()
    await producer.send_and_wait(TOPIC, str(number).encode(), partition=0)
    await producer.stop()


async def _read(stack: Stack, count: int) -> tuple[list[int], list[int]]:
    connection = await asyncpg.connect(stack.database_url("wallet"))
    rows = [row["number"] for row in await connection.fetch("SELECT number FROM kept ORDER BY number")]
    await connection.close()
    consumer = AIOKafkaConsumer(
        TOPIC, bootstrap_servers=stack.bootstrap_servers, auto_offset_reset="earliest"
    )
    await consumer.start()
    records: list[int] = []
    async with asyncio.timeout(20):
        while len(records) < count:
            for batch in (await consumer.getmany(timeout_ms=200)).values():
                records += [int(record.value) for record in batch]
    await consumer.stop()
    return rows, records


async def _keeps_what_it_committed(stack: Stack) -> None:
    admin = await asyncpg.connect(stack.admin_url)
    for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
        assert await admin.fetchval(f"SHOW {setting}") == "on"
    await admin.close()


def test_killed_servers_come_back_with_everything(home: Path) -> None:
    with Stack(home) as stack:
        asyncio.run(_keeps_what_it_committed(stack))
        asyncio.run(_write(stack, 7))
        stack.kill_kafka()
        stack.kill_postgres()
        stack.start_postgres()
        stack.start_kafka()
        assert asyncio.run(_read(stack, 1)) == ([7], [7])
    Running(home).remove()


def test_a_taken_port_is_named_with_its_setting(runner: Running) -> None:
    runner.demand_stopped()
    with runner.occupy("TIMBANG_KAFKA_PORT") as port:
        refused = runner.command("up")
    assert refused.returncode == 1
    assert f"Port {port} for Kafka is already taken" in refused.stderr
    assert "TIMBANG_KAFKA_PORT" in refused.stderr
    assert runner.processes() == []


def test_the_supervisor_heals_what_is_killed(runner: Running) -> None:
    runner.demand_running()
    for name in ("kafka", "postgres"):
        before = runner.pid(name)
        psutil.Process(before).kill()
        assert wait_until(lambda: not runner.is_ready(), 5), "ready.json must go while something is missing"
        assert wait_until(runner.is_ready, 30)
        assert runner.pid(name) != before


def test_a_second_start_is_quick_and_a_second_runner_is_refused(runner: Running) -> None:
    runner.demand_running()
    refused = runner.command("up")
    assert refused.returncode == 1
    assert f"already runs in {runner.home.root}" in refused.stderr
    runner.stop()
    begun = time.monotonic()
    runner.start()
    assert time.monotonic() - begun < 15


def test_a_killed_runner_stops_no_later_start(runner: Running) -> None:
    runner.demand_running()
    first = runner.pid("postgres")
    runner.kill()
    runner.start()
    assert runner.pid("postgres") != first


def test_nothing_lives_after_a_stop(runner: Running) -> None:
    runner.demand_running()
    runner.stop()
    assert not runner.home.ready.exists()
    assert runner.processes() == []


def test_a_stale_pid_file_that_names_a_stranger_is_no_obstacle(runner: Running) -> None:
    runner.demand_stopped()
    server = PostgresServer(runner.home, runner.ports["TIMBANG_POSTGRES_PORT"])
    server.home.create()
    server.initialise()
    # PostgreSQL itself believes such a file when the process exists and belongs to its user.
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n", encoding="utf-8")
    program = server.program()
    process = start(program)
    assert wait_until(server.is_ready, 30)
    stop(process, program)


def test_servers_that_stand_elsewhere_are_used_and_not_started(stack: Stack, home: Path) -> None:
    if not stack.owned:
        pytest.skip("somebody else's databases are left alone")
    running = Running(home)
    running.environment["KAFKA_BOOTSTRAP_SERVERS"] = stack.bootstrap_servers
    for name in SERVICES_WITH_DATABASE:
        running.environment[f"{name.upper()}_DATABASE_URL"] = stack.database_url(name)
    running.start()
    assert running.pids().keys() == {"runner"}
    assert json.loads(running.home.databases.read_text(encoding="utf-8"))["wallet"] == stack.database_url(
        "wallet"
    )
    running.stop()
    running.remove()
