"""A stack in the foreground: one per home, ended by Ctrl-C, and never with anything left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from deploy.local.announcing import announcement
from deploy.local.paths import Home
from deploy.local.problems import StartProblemError
from deploy.local.runner import Runner

if TYPE_CHECKING:
    from types import FrameType

    from deploy.local.settings import LocalSettings

BEGUN = time.monotonic()
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PRINTING = threading.Lock()


class StopRequested(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal."""


def say(line: str) -> None:
    """Print one line of progress with the seconds since the start."""
    _print(f"[{time.monotonic() - BEGUN:6.1f} s] {line}\n")


def complain(problem: Exception) -> None:
    """Tell why there was no start."""
    advice = ""
    if isinstance(problem, OSError):
        advice = "Is there room on the disk (df -h), and may this user write there?\n"
    sys.stderr.write(f"\nTimbang could not start.\n{problem}\n{advice}\n")
    sys.stderr.flush()


def run(settings: LocalSettings, names: list[str]) -> int:
    """Run a stack until a signal ends it; the process ends with it (status 0, or 1 when it could not start)."""
    home = Home(settings.home.resolve())
    home.create()
    lock = _claim(home)
    _on_signals(_request_stop)
    runner = Runner(settings, names, say)
    status = 0
    try:
        runner.start()
        say("everything is ready")
        _print(announcement(home, runner.addresses()))
        runner.keep()
    except StopRequested:
        say("stopping")
    except (StartProblemError, OSError) as problem:
        complain(problem)
        status = 1
    finally:
        _on_signals(signal.SIG_IGN)
        runner.stop()
        home.runner_pid.unlink(missing_ok=True)
        lock.release()
    say("stopped; everything that was recorded is kept" if status == 0 else "stopped")
    # A download that was interrupted still has threads at work; nothing of value is left to do for them.
    os._exit(status)


def _claim(home: Home) -> FileLock:
    lock = FileLock(home.lock, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        message = (
            f"A stack already runs in {home.root}{_whose(home)}. "
            "Stop it first, or set TIMBANG_HOME and other ports to run another beside it."
        )
        raise StartProblemError(message) from None
    home.runner_pid.write_text(str(os.getpid()), encoding="utf-8")
    return lock


def _whose(home: Home) -> str:
    try:
        return f" (process {home.runner_pid.read_text(encoding='utf-8')})"
    except OSError:
        return ""


def _on_signals(action: object) -> None:
    for number in SIGNALS:
        signal.signal(number, action)  # type: ignore[arg-type]


def _request_stop(_number: int, _frame: FrameType | None) -> None:
    raise StopRequested


def _print(text: str) -> None:
    # A closed terminal must not keep us from stopping in order.
    with _PRINTING, contextlib.suppress(OSError):
        sys.stdout.write(text)
        sys.stdout.flush()
