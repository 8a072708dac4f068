"""A day in Lubuk Pakam on the whole system, and another one after a restart: every invariant holds each time."""

import json
from pathlib import Path

from tests.journeys.conftest import Lived

INVARIANTS = {f"I{number}" for number in range(1, 14)}


REST = {
    "The tablet's morning",
    "A pick-up",
    "A complaint",
    "Bags and doubles",
    "A school class",
    "A price exception",
    "A merge",
    "Cash",
    "An erasure",
    "Passbooks",
    "A lot sold",
    "The day is closed",
}


def test_the_day_is_as_the_programme_promises(lived: Lived) -> None:
    figures = json.loads(lived.first_demo.read_text(encoding="utf-8"))
    assert set(figures["verify"]["invariants"]) == INVARIANTS
    assert figures["verify"]["holds"]
    assert figures["answers"] == {"recorded": 149, "repeated": 30, "waiting": 2, "quarantined": 1}
    assert figures["deposits"] == {"valued": 148, "voided": 3, "quarantined": 1}
    assert figures["credited"]["count"] == 148
    assert (figures["held"]["count"], figures["settled"]["count"], figures["released"]["count"]) == (
        23,
        18,
        5,
    )
    assert sum(figures["grams_by_class"].values()) > 0
    assert {what for what, _ in figures["rest_of_the_day"]} == REST


def test_another_day_after_a_restart(lived: Lived, tmp_path: Path) -> None:
    if lived.system is not None:
        lived.system.stop()
        lived.system.start()
    done = lived.demo(tmp_path / "second.json", "--seed", "20261122")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "One redemption:" in done.stdout
    assert "every invariant holds" in done.stdout


def test_verify_alone_says_that_all_is_well(lived: Lived) -> None:
    done = lived.verify()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every invariant holds" in done.stdout


def test_verify_on_nothing_says_what_to_do(tmp_path: Path, lived: Lived) -> None:
    nowhere = Lived(tmp_path / "ready.json", None, lived.first_demo)
    done = nowhere.verify()
    assert done.returncode == 2
    assert "make run" in done.stderr
