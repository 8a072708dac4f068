"""Tests that need PostgreSQL and Kafka share one real pair of them, started once, on free ports."""

import contextlib
import functools
import gc
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import structlog
from httpx._transports import default as httpx_default

from deploy.local.stack import Stack
from deploy.local.testing import Clones, create_prefixed_topics, delete_prefixed_topics
from shared.runtime import written
from tests import homes

# The default renderer draws every local value of a traceback, which takes seconds a line.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(key_order=["event"]),
    ]
)

# Every client reads the certificates of the world, which takes 30 ms of a core; tests open thousands, on plain HTTP.
httpx_default.create_ssl_context = functools.cache(  # type: ignore[attr-defined]
    httpx_default.create_ssl_context  # type: ignore[attr-defined]
)

# Nor does every test have to read the same catalogues and areas: what is read is frozen, and the text is the key.
written.parse_written = functools.lru_cache(64)(written.parse_written)

# Servers of tests speak no TLS. Asking them first costs a context with its certificates, for every connection.
os.environ["PGSSLMODE"] = "disable"

SOAK_TIMEOUT_SECONDS = 1_800


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is meant to take long is not cut off like what hangs."""
    for item in items:
        if item.get_closest_marker("soak") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(SOAK_TIMEOUT_SECONDS))


def pytest_collection_finish() -> None:
    """What was imported stays: the cyclic collector would walk all of it again and again, for a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


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
    homes.remove_homes_of_the_dead()
    home = homes.home("servers")
    with Stack(home, durable=False, say=print) as started:
        yield started
        started.discard()
    # Nobody waits for its files to go.
    subprocess.Popen(["rm", "-rf", str(home)], start_new_session=True)


@pytest.fixture(scope="session")
def _clones(stack: Stack) -> Iterator[Clones]:
    clones = Clones(stack)
    yield clones
    clones.close()


@pytest.fixture
def fresh_database(_clones: Clones) -> Iterator[Callable[[str], str]]:
    """Give a function: service name -> address of a new database that holds that service's newest schema.

    The migrations run once; each call clones their result. It may be called from async tests as well. The database
    is gone when the test is over.
    """
    with _databases(_clones) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def lasting_database(_clones: Clones) -> Iterator[Callable[[str], str]]:
    """As `fresh_database`, gone when the module is over: for what many tests look at and none of them changes."""
    with _databases(_clones) as fresh:
        yield fresh


@contextlib.contextmanager
def _databases(clones: Clones) -> Iterator[Callable[[str], str]]:
    made: list[str] = []

    def fresh(service: str) -> str:
        made.append(clones.fresh(service))
        return made[-1]

    yield fresh
    if made:
        clones.drop(*made)


@pytest.fixture
def fresh_topics(stack: Stack) -> Iterator[str]:
    """Give a topic prefix of this test's own, whose topics exist; pass it to a service as TOPIC_PREFIX."""
    prefix = f"t{uuid4().hex[:8]}."
    create_prefixed_topics(stack, prefix)
    yield prefix
    delete_prefixed_topics(stack, prefix)
