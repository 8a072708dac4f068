"""A service's canvas says what its code does: Hears is what it handles, Says is what it constructs."""

import importlib
from pathlib import Path

import pytest

from deploy.docs.built import service_names, services
from deploy.local.topics import read_topics
from shared.contracts import EVENTS
from shared.runtime.hearing import Hearing
from tests.architecture.canvases import canvas, said_by
from tests.architecture.tree import REPOSITORY, plant


@pytest.mark.parametrize("name", service_names())
def test_the_canvas_is_true(name: str) -> None:
    written = canvas(importlib.import_module(f"services.{name}").__doc__ or "")
    hearing = services()[name].hearing
    heard = {event.__name__ for event in hearing.handlers} if hearing else set()
    assert written["Owns"]
    assert (heard if written["Hears"] == {"everything"} else written["Hears"]) == heard
    assert written["Says"] == said_by(REPOSITORY, name)


def topics_amiss(hearing: Hearing) -> set[str]:
    """Topics that are listened to for nothing, or not at all although an event of theirs is obeyed."""
    return set(hearing.topics) ^ {event.TOPIC for event in hearing.handlers}


@pytest.mark.parametrize("name", service_names())
def test_a_service_listens_to_the_topics_of_what_it_hears(name: str) -> None:
    hearing = services()[name].hearing
    if hearing is not None:
        assert topics_amiss(hearing) == set()
        assert hearing.group == name


def test_a_planted_topic_that_is_listened_to_for_nothing_is_found() -> None:
    assert topics_amiss(Hearing("wallet", ("timbang.moons.v1",), {})) == {"timbang.moons.v1"}


def test_whoever_hears_everything_hears_everything() -> None:
    hearing = services()["adoption"].hearing
    assert hearing is not None
    assert set(hearing.handlers) == set(EVENTS)


def speakers(root: Path) -> dict[str, list[str]]:
    """Who says each event that is said at all."""
    said = {name: said_by(root, name) for name in service_names()}
    everything = set().union(*said.values())
    return {event: [name for name, events in said.items() if event in events] for event in everything}


def test_every_event_is_said_by_the_owner_of_its_topic() -> None:
    owners = {topic.name: topic.owner for topic in read_topics()}
    assert speakers(REPOSITORY) == {event.__name__: [owners[event.TOPIC]] for event in EVENTS}


def test_a_planted_event_that_somebody_else_says_is_found(tmp_path: Path) -> None:
    plant(tmp_path, {"services/valuation/workflows/lending.py": "x = CreditPosted(event_id=1)"})
    assert speakers(tmp_path) == {"CreditPosted": ["valuation"]}


def test_the_sandbox_neither_hears_nor_says() -> None:
    written = canvas(importlib.import_module("services.sandbox").__doc__ or "")
    assert (written["Hears"], written["Says"]) == (set(), set())


CODE = '''
"""Posts."""
from shared.contracts import CreditHeld, CreditPosted, CreditRefused, CreditSettled, DepositValued

def a(event: DepositValued) -> CreditRefused: ...
x = CreditPosted(event_id=1)
y = say(CreditHeld, 1)
z = isinstance(event, DepositValued)
w = CreditSettled.model_validate(x)
v = Encoded(CreditReleased.TOPIC, CreditReleased.TYPE, 1, "k", b"{}")
'''


def test_a_planted_event_that_the_canvas_hides_is_found(tmp_path: Path) -> None:
    plant(tmp_path, {"services/wallet/workflows.py": CODE})
    assert said_by(tmp_path, "wallet") == {"CreditPosted", "CreditHeld", "CreditSettled", "CreditReleased"}


def test_a_canvas_is_read_over_several_lines() -> None:
    words = "For whom.\n\nOwns: accounts, holds of\n  credit.\nHears: -\nSays: CreditHeld,\n  CreditRefused\n\nMore."
    assert canvas(words) == {
        "Owns": {"accounts", "holds of credit"},
        "Hears": set(),
        "Says": {"CreditHeld", "CreditRefused"},
    }


def test_a_canvas_without_a_line_is_refused() -> None:
    with pytest.raises(AssertionError, match="Says"):
        canvas("What it is for.\n\nOwns: x\nHears: -\n")
