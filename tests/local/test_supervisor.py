"""The supervisor brings back what dies, gives up on what never starts, and restarts what stands still."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from deploy.local import programs
from deploy.local import supervisor as supervising
from deploy.local.problems import StartProblemError
from deploy.local.programs import Program
from deploy.local.supervisor import Supervisor

WAITS = "import time; time.sleep(600)"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Iterator[Supervisor]:
    made = Supervisor(said.append)
    yield made
    made.stop(made.names())
    made.close()


def _program(folder: Path, code: str, **rest: Callable[[], bool]) -> Program:
    return Program("worker", [sys.executable, "-c", code], folder / "log", folder, folder, **rest)  # type: ignore[arg-type]


def _tick_until(supervisor: Supervisor, check: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        supervisor.tick()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_killed_process_is_back(supervisor: Supervisor, said: list[str], tmp_path: Path) -> None:
    serves = True
    supervisor.add(_program(tmp_path, WAITS, is_ready=lambda: serves))
    _tick_until(supervisor, supervisor.ready)
    first = supervisor.pids()["worker"]
    serves = False
    psutil.Process(first).kill()
    _tick_until(supervisor, lambda: supervisor.pids().get("worker", first) != first)
    assert not supervisor.ready()
    serves = True
    _tick_until(supervisor, supervisor.ready)
    assert any("was ended by signal 9" in line for line in said)


def test_what_never_starts_is_told_with_its_last_words(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.add(_program(tmp_path, "raise SystemExit('the disk is full')", is_ready=lambda: False))
    with pytest.raises(StartProblemError, match="the disk is full"):
        _tick_until(supervisor, supervisor.ready, seconds=60)


def test_what_stands_still_is_started_anew(
    supervisor: Supervisor, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "LIVE_CHECK_SECONDS", 0.05)
    supervisor.add(_program(tmp_path, WAITS, is_live=lambda: False))
    _tick_until(supervisor, supervisor.ready)
    first = supervisor.pids()["worker"]
    _tick_until(supervisor, lambda: supervisor.pids().get("worker", first) != first)
    assert any("stands still" in line for line in said)


def test_nothing_lives_after_a_stop(supervisor: Supervisor, tmp_path: Path) -> None:
    stubborn = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
    )
    program = Program(
        "worker",
        [sys.executable, "-c", stubborn],
        tmp_path / "log",
        tmp_path,
        tmp_path,
        stop_seconds=0.5,
        is_ready=lambda: "up" in (tmp_path / "log").read_text(encoding="utf-8"),
    )
    supervisor.add(program)
    _tick_until(supervisor, supervisor.ready)
    pid = supervisor.pids()["worker"]
    supervisor.stop(["worker"])
    assert not psutil.pid_exists(pid)


def test_a_log_is_kept_short_while_its_process_runs(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "LIVE_CHECK_SECONDS", 0.05)
    monkeypatch.setattr(programs, "LOG_BYTES_MAX", 100_000)
    chatters = "import time\nfor n in range(10**9): print(f'line {n}', flush=True); time.sleep(n % 500 == 0 and 0.01)"
    supervisor.add(_program(tmp_path, chatters))
    log, older = tmp_path / "log", tmp_path / "log.old.log"
    _tick_until(supervisor, older.exists)
    first = older.read_text(encoding="utf-8")
    _tick_until(supervisor, lambda: older.read_text(encoding="utf-8")[:20] not in {"", first[:20]})
    # It goes on where the log begins anew, and not where it stood.
    assert log.read_text(encoding="utf-8").startswith("line ")
    assert first.startswith("line 0\n")


def test_who_cannot_be_started_now_is_started_later(
    supervisor: Supervisor, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "BACK_OFF_SECONDS", (0.05,))
    supervisor.add(_program(tmp_path, WAITS))
    _tick_until(supervisor, supervisor.ready)
    first = supervisor.pids()["worker"]
    (tmp_path / "log").unlink()
    (tmp_path / "log").mkdir()  # nothing can be written there, as on a full disk
    psutil.Process(first).kill()
    _tick_until(supervisor, lambda: any("cannot be started now" in line for line in said))
    (tmp_path / "log").rmdir()
    _tick_until(supervisor, supervisor.ready)
    assert supervisor.pids()["worker"] != first
