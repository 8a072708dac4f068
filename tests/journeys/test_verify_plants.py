"""Verify finds what is wrong: for each invariant a violation is planted, and verify names it and fails."""

import asyncio
import uuid

import pytest
from aiokafka import AIOKafkaProducer

from shared.contracts import PriceListPublished
from shared.kernel.ids import uuid7
from shared.runtime.wall_clock import WallClock
from tests.journeys.conftest import Lived
from tests.journeys.plants import PLANTS, Garden, Plant, a_stored_balance_is_not_its_entries
from tests.verify.places import Places
from tests.verify.running import OnPurpose, Report, verify


@pytest.mark.parametrize(
    ("invariant", "plant"), PLANTS, ids=[f"{name} {plant.__name__}" for name, plant in PLANTS]
)
def test_a_planted_violation_is_named(lived: Lived, invariant: str, plant: Plant) -> None:
    async def look() -> Report:
        garden = Garden(Places.of(lived.ready))
        async with plant(garden):
            return await verify(garden.places, quiet_seconds=2, recount_seconds=0)

    planted = asyncio.run(look())
    named = {finding.name: finding for finding in planted.findings if not finding.holds}
    assert invariant in named, planted.lines()
    assert named[invariant].differences > 0
    assert named[invariant].examples


def test_what_was_planted_is_put_right_again(lived: Lived) -> None:
    """So each was found for itself, and verify finds nothing where nothing is. Gauges are counted now and then."""
    afterwards = asyncio.run(verify(Places.of(lived.ready), quiet_seconds=30, recount_seconds=40))
    assert afterwards.holds, afterwards.lines()


def test_verify_as_a_program_fails_and_names_it(lived: Lived) -> None:
    async def look() -> tuple[int, str]:
        garden = Garden(Places.of(lived.ready))
        async with a_stored_balance_is_not_its_entries(garden):
            done = lived.verify("--quiet-seconds", "2", "--recount-seconds", "0")
        return done.returncode, done.stdout

    status, said = asyncio.run(look())
    assert status == 1
    assert "NOT TRUE: I1" in said


def test_a_record_nobody_can_read_is_expected_among_the_dead_letters(lived: Lived) -> None:
    """Poison in a topic is no violation as long as every hearer has set it aside; losing it is one."""

    async def look() -> tuple[Report, Report]:
        places = Places.of(lived.ready)
        await _produce(
            places, "timbang.people.v1", b"not JSON at all", "id.timbang.people.member_registered.v1"
        )
        set_aside = await verify(places, quiet_seconds=30, recount_seconds=40)
        garden = Garden(places)
        await garden.run("deposit", "create table planted as select * from dead_letter")
        await garden.run("deposit", "delete from dead_letter")
        lost = await verify(places, quiet_seconds=2, recount_seconds=0)
        await garden.run("deposit", "insert into dead_letter overriding system value select * from planted")
        await garden.run("deposit", "drop table planted")
        return set_aside, lost

    set_aside, lost = asyncio.run(look())
    assert set_aside.holds, set_aside.lines()
    assert [finding.name for finding in lost.findings if not finding.holds] == ["I7"]


def test_an_event_that_no_outbox_published_is_a_stray(lived: Lived) -> None:
    """It stays in the topic for ever, so this test is the last one and says that it did it on purpose."""

    async def look() -> tuple[Report, Report]:
        places = Places.of(lived.ready)
        stray = PriceListPublished(
            event_id=uuid7(),
            recorded_at=WallClock().now(),
            price_list_id=uuid.UUID("01a0d15b-0b80-7000-8000-000000000001"),
            effective_at=WallClock().now(),
            published_by=uuid7(),
        )
        await _produce(places, stray.TOPIC, stray.model_dump_json().encode(), stray.TYPE)
        found = await verify(places, quiet_seconds=30, recount_seconds=40)
        known = await verify(places, on_purpose=OnPurpose(strays=1), quiet_seconds=30, recount_seconds=40)
        return found, known

    found, known = asyncio.run(look())
    assert [finding.name for finding in found.findings if not finding.holds] == ["I8"]
    assert known.holds, known.lines()


async def _produce(places: Places, topic: str, value: bytes, type_name: str) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=places.bootstrap_servers)
    await producer.start()
    try:
        headers = [("ce_type", type_name.encode()), ("ce_id", str(uuid7()).encode())]
        await producer.send_and_wait(topic, value, key=b"*", headers=headers)
    finally:
        await producer.stop()
