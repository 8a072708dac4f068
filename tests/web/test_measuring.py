"""The bars of time hold: a median that misses one is measured again twice at most, and the best one counts."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.web import measuring
from tests.web.measuring import LIMITS, RUNS, TRIES, note_quickest

NAME = "operator_save_ms"
BAR = float(LIMITS[NAME])


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the figures of these tests go."""
    file = tmp_path / "web-budgets.json"
    monkeypatch.setattr(measuring, "BUDGETS", file)
    return file


def _measured(medians: list[float]) -> Callable[[], Awaitable[dict[str, list[float]]]]:
    waiting = iter(medians)

    async def measure() -> dict[str, list[float]]:
        return {NAME: [next(waiting)] * RUNS}

    return measure


@pytest.mark.parametrize("missed", range(TRIES))
async def test_the_bar_is_met_by_one_of_the_tries(written: Path, missed: int) -> None:
    medians = [BAR + 1] * missed + [BAR]
    await note_quickest(_measured([*medians, 1.0]))
    assert json.loads(written.read_text()) == {NAME: BAR, f"{NAME}_medians": medians}


async def test_the_bar_itself_is_held(written: Path) -> None:
    with pytest.raises(AssertionError, match="over the budget"):
        await note_quickest(_measured([BAR + 1] * TRIES))
    assert len(json.loads(written.read_text())[f"{NAME}_medians"]) == TRIES
