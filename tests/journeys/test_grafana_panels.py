"""Every panel says what the events say: after invented weeks, and on the system that lived through the demo day."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from deploy.local.settings import REPOSITORY
from deploy.local.stack import Stack
from services.adoption.consumers import hearing
from services.adoption.workflows.rollout import take_up_rollout
from services.adoption.workflows.upkeep import Upkeep
from shared.contracts import Event
from shared.kernel import wib
from shared.runtime.rollout import load_rollout
from tests.journeys.conftest import Lived
from tests.journeys.grafana_panels import (
    EXPECTED,
    check_panels,
    compare_panels,
    expand,
    panels,
    read_subdistricts,
    reader_is_held,
)
from tests.journeys.grafana_recount import recount
from tests.journeys.grafana_view import View
from tests.services.adoption.field_chronicle import chronicle

ROLLOUT = REPOSITORY / "deploy" / "rollout" / "deli-serdang.yaml"


async def fill(url: str, said: list[Event]) -> None:
    by_class: dict[type[Event], list[Event]] = defaultdict(list)
    for event in said:
        by_class[type(event)].append(event)
    connection = await asyncpg.connect(url)
    async with connection.transaction():
        await take_up_rollout(connection, load_rollout(ROLLOUT), datetime.now(UTC))
        for kind, events in by_class.items():
            await hearing().handlers[kind](connection, events)
        await Upkeep().count(connection, wib.day(datetime.now(UTC)))
    await connection.close()


def view_of(said: list[Event]) -> View:
    until = datetime.now(UTC)
    events = recount((event.TYPE, event.model_dump_json()) for event in said)
    return View(events, until - timedelta(days=30), until, read_subdistricts(ROLLOUT))


def as_reader(stack: Stack, url: str) -> str:
    return stack.database_url("grafana_reader").rsplit("/", 1)[0] + "/" + url.rsplit("/", 1)[1]


@pytest.mark.parametrize("seed", [1, 2])
async def test_panels_say_what_the_events_say(
    stack: Stack, fresh_database: Callable[[str], str], seed: int
) -> None:
    url, said = fresh_database("adoption"), chronicle(seed)
    await fill(url, said)
    connection = await asyncpg.connect(as_reader(stack, url))
    assert [str(each) for each in await compare_panels(connection, view_of(said))] == []
    await connection.close()


async def test_panels_of_an_empty_system_say_so(stack: Stack, fresh_database: Callable[[str], str]) -> None:
    url = fresh_database("adoption")
    await fill(url, [])
    connection = await asyncpg.connect(as_reader(stack, url))
    assert [str(each) for each in await compare_panels(connection, view_of([]))] == []
    await connection.close()


async def test_a_figure_that_is_off_by_one_deposit_is_found(fresh_database: Callable[[str], str]) -> None:
    url, said = fresh_database("adoption"), chronicle(3)
    await fill(url, said)
    connection = await asyncpg.connect(url)
    await connection.execute(
        "insert into figure_delta (subdistrict_code, day, deposits, grams_metal, credited_rupiah) "
        "values ('12.07.28', current_date - 3, 1, 1000, 1)"
    )
    found = {each.panel for each in await compare_panels(connection, view_of(said))}
    assert found >= {
        "Setoran per hari",
        "Berat per golongan sampah",
        "Berat triwulan ini",
        "Rupiah dikreditkan dan ditukarkan",
        "Saldo nasabah",
        "Sasaran dan capaian per kecamatan",
    }
    await connection.close()


async def test_grafanas_role_reads_views_and_nothing_else(
    stack: Stack, fresh_database: Callable[[str], str]
) -> None:
    assert await reader_is_held(as_reader(stack, fresh_database("adoption"))) == []


def test_every_panel_has_an_expectation_and_knows_its_macros() -> None:
    assert set(panels()) == set(EXPECTED)
    now = datetime.now(UTC)
    for sql in panels().values():
        assert "$" not in expand(sql, now, now)
    with pytest.raises(ValueError, match="timeGroup"):
        expand("$__timeGroup(starts_at)", now, now)


def test_after_the_demo_every_panel_says_what_the_topics_say(lived: Lived) -> None:
    facts = json.loads(lived.ready.read_text(encoding="utf-8"))
    reader = json.loads(Path(facts["databases_file"]).read_text(encoding="utf-8"))["grafana_reader"]
    kafka = facts["addresses"]["kafka"]
    differences = asyncio.run(check_panels(reader_url=reader, bootstrap_servers=kafka, rollout_path=ROLLOUT))
    assert [str(each) for each in differences] == []
    assert asyncio.run(reader_is_held(reader)) == []
