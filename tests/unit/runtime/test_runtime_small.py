"""Small parts of the runtime: pauses, traces, floods of log lines, health."""

import logging
import time

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from shared.runtime.backoff import Backoff
from shared.runtime.database import Database
from shared.runtime.envelope import KINDS
from shared.runtime.health import STUCK_SECONDS, Health, stuck
from shared.runtime.hearing import Hearer, Hearing
from shared.runtime.logging import NoFlood
from shared.runtime.service import Service
from shared.runtime.settings import ServiceSettings
from shared.runtime.tracing import continue_trace, current_traceparent, new_traceparent


async def test_pauses_double_up_to_the_longest_and_begin_again() -> None:
    backoff = Backoff(first_seconds=0.001, most_seconds=0.004)
    seen = []
    for _ in range(4):
        seen.append(backoff.next)
        await backoff.sleep()
    assert seen == [0.001, 0.002, 0.004, 0.004]
    backoff.reset()
    assert backoff.next == 0.001


@given(st.text(max_size=60))
def test_only_a_trace_of_the_standards_form_is_taken_over(received: str) -> None:
    taken = continue_trace(received)
    assert (taken == received) is (received == current_traceparent())
    assert len(taken) == 55


def test_a_trace_is_taken_over_whole() -> None:
    trace = new_traceparent()
    assert continue_trace(trace) == trace == current_traceparent()
    assert continue_trace(None) != trace


def test_a_flood_of_one_line_is_let_through_once() -> None:
    flood = NoFlood()
    one, other = (logging.LogRecord("x", logging.ERROR, "/a.py", line, "m", None, None) for line in (1, 2))
    assert [flood.filter(one), flood.filter(one), flood.filter(other), flood.filter(one)] == [
        True,
        False,
        True,
        False,
    ]


async def test_health_is_progress_and_not_a_ping() -> None:
    health = Health(None)
    moved_at = time.monotonic()
    health.must_progress("consumers", lambda: stuck("the consumer", moved_at))
    assert await health.live() == {}
    moved_at -= STUCK_SECONDS + 1
    assert "consumers" in await health.live()
    assert await health.ready() == {}


async def test_a_service_answers_for_its_relay() -> None:
    address = "postgresql://nobody@127.0.0.1:1/none"
    settings = ServiceSettings(host="127.0.0.1", port=1, database_url=address, jwks_url="http://127.0.0.1:1/")
    service = Service(
        name="moon", title="", settings=settings, routers=[], database=Database(address, 2, "moon")
    )
    [relaying] = service.loops(frozenset({"relay"}))
    assert await service.health.live() == {}
    relaying.__self__.progress_at -= 600  # type: ignore[attr-defined]
    assert list(await service.health.live()) == ["relay"]


def test_a_hearer_publishes_its_dead_letters_before_there_is_one() -> None:
    name = "moon"
    Hearer(name, Hearing(name, (), {}), Database("postgresql://nobody@127.0.0.1:1/none", 2, name))
    published = [
        REGISTRY.get_sample_value("timbang_dead_letters_total", {"service": name, "kind": kind})
        for kind in KINDS
    ]
    assert published == [0.0] * len(KINDS)
