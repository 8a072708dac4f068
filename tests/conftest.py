"""Tests that need PostgreSQL and Kafka share one real pair of them, started once, on free ports."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
import structlog

from deploy.local.settings import REPOSITORY
from deploy.local.stack import Stack
from deploy.local.testing import Clones, create_prefixed_topics, delete_prefixed_topics

STATE = REPOSITORY / ".state"
# The default renderer draws every local value of a traceback, which takes seconds a line.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(key_order=["event"]),
    ]
)

SOAK_TIMEOUT_SECONDS = 1_800


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is meant to take long is not cut off like what hangs."""
    for item in items:
        if item.get_closest_marker("soak") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(SOAK_TIMEOUT_SECONDS))


def _remove_homes_of_the_dead() -> None:
    for home in STATE.glob("test-*"):
        owner = home.name.split("-")[1]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """One PostgreSQL and one Kafka for all tests of this process.

    TIMBANG_TEST_STACK=<path to a ready.json> uses a running pair instead (`python -m deploy.local up`). A test that
    kills or stops servers starts its own `Stack` in a temporary folder and leaves this one alone.
    """
    running = os.environ.get("TIMBANG_TEST_STACK")
    if running:
        yield Stack.attached(Path(running))
        return
    _remove_homes_of_the_dead()
    home = STATE / f"test-{os.getpid()}"
    with Stack(home, say=print) as started:
        yield started
        started.discard()
    # Some hundred databases are a hundred thousand files: nobody waits for that.
    subprocess.Popen(["rm", "-rf", str(home)], start_new_session=True)


@pytest.fixture(scope="session")
def _clones(stack: Stack) -> Iterator[Clones]:
    clones = Clones(stack)
    yield clones
    clones.close()


@pytest.fixture
def fresh_database(_clones: Clones) -> Callable[[str], str]:
    """Give a function: service name -> address of a new database that holds that service's newest schema.

    The migrations run once; each call clones their result. It may be called from async tests as well.
    """
    return _clones.fresh


@pytest.fixture
def fresh_topics(stack: Stack) -> Iterator[str]:
    """Give a topic prefix of this test's own, whose topics exist; pass it to a service as TOPIC_PREFIX."""
    prefix = f"t{uuid4().hex[:8]}."
    create_prefixed_topics(stack, prefix)
    yield prefix
    delete_prefixed_topics(stack, prefix)
