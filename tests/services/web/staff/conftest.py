"""One whole system for all tests of the office; TIMBANG_TEST_SYSTEM=<path to a ready.json> uses one that runs."""

import json
import os
import random
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests import homes
from tests.demo.stage import Stage
from tests.services.web.staff.office import Office
from tests.system import System
from tests.web.books import Books
from tests.web.town import Town

# A purchase that stays open is put before a person within seconds instead of a day.
IMPATIENT = {
    "PAYOUT_ASK_GAP_SECONDS": "1",
    "PAYOUT_POLL_SECONDS": "1,1,1,1,2,2,5,5",
    "PAYOUT_REVIEW_AFTER_SECONDS": "2",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The town's doors belong to one event loop: the session's."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@dataclass
class Offices:
    """Browsers of the demo's staff: `first` and `second` of the programme, `reader` of the environment office."""

    first: Office
    second: Office
    reader: Office
    local: Office


@pytest.fixture(scope="session")
def running() -> Iterator[dict[str, Any]]:
    given = os.environ.get("TIMBANG_TEST_SYSTEM")
    if given:
        yield {**json.loads(Path(given).read_text(encoding="utf-8")), "ready": given}
        return
    home = homes.home("office")
    with System(home, IMPATIENT) as system:
        yield {**system.facts, "ready": str(home / ".run" / "ready.json")}
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def own_system(running: dict[str, Any]) -> dict[str, Any]:
    """For what would disturb others on a system that is shared, or waits a day there."""
    if os.environ.get("TIMBANG_TEST_SYSTEM"):
        pytest.skip("needs a system of its own")
    return running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def town(running: dict[str, Any]) -> AsyncIterator[Town]:
    dice = random.Random(os.getpid() + int(time.monotonic()))
    stage = await Stage.set(Path(running["ready"]), dice)
    databases = json.loads(Path(running["databases_file"]).read_text(encoding="utf-8"))
    books = Books(stage, databases["wallet"])
    yield await Town.settled(stage, Path(running["people_file"]), books, dice)
    await stage.leave()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def offices(running: dict[str, Any], town: Town) -> AsyncIterator[Offices]:
    address = running["addresses"]["web"]
    opened = Offices(
        await Office.of(address, town.programme(1)),
        await Office.of(address, town.programme(2)),
        await Office.of(address, town.office(1)),
        await Office.of(address, town.programme(3)),
    )
    yield opened
    for each in (opened.first, opened.second, opened.reader, opened.local):
        await each.close()
