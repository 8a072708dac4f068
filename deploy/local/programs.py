"""A program that we start ends with us, writes to its own log file and can be found again by its home."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.problems import StartProblemError

MARK = "TIMBANG_STACK_HOME"
"""Every child carries its stack's home in this environment variable, so that a later start finds leftovers."""

LOG_BYTES_MAX = 20_000_000
OPEN_FILES_MIN = 1_024
"""Kafka holds every part of every topic open, and stops as if its disk were broken when it may not."""
OPEN_FILES = 65_536
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _nothing() -> None:
    return None


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Account:
    """The operating system's user a program runs as."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Program:
    """How to start, judge and stop one process.

    `prepare` runs before every start (also a restart) and returns nothing; `is_ready` is asked until it says yes;
    `is_live` says no when the process runs but stands still, so that only a restart helps. `stop_signal` is also
    what the kernel sends it when we are killed (Linux).
    """

    name: str
    command: Sequence[str]
    log: Path
    home: Path
    directory: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 20
    prepare: Callable[[], None] = _nothing
    is_ready: Callable[[], bool] = _always
    is_live: Callable[[], bool] = _always
    inherited: Callable[[], Sequence[int]] = tuple
    """Gives open file descriptors that the child keeps (a lock that lives as long as the child does)."""


def marked(home: Path, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return our environment, what a child needs besides, and the mark by which a later start finds it."""
    mine = {**os.environ, **(environment or {}), MARK: str(home)}
    for name in ("no_proxy", "NO_PROXY"):
        mine[name] = ",".join(filter(None, (mine.get(name), "127.0.0.1", "localhost")))
    return mine


def start(program: Program) -> subprocess.Popen[bytes]:
    """Start the program in its own session. Call it from the main thread: the kernel ends the child with the thread."""
    program.prepare()
    descriptors = tuple(program.inherited())
    owner = program.account
    keep_short(program.log)
    with program.log.open("ab") as log:
        try:
            return subprocess.Popen(
                list(program.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=program.directory,
                env=marked(program.home, program.environment),
                start_new_session=True,
                pass_fds=descriptors,
                preexec_fn=_end_with_parent(program.stop_signal),  # noqa: PLW1509 - only calls into libc
                user=owner.uid if owner else None,
                group=owner.gid if owner else None,
                extra_groups=[] if owner else None,
            )
        finally:
            for descriptor in descriptors:
                os.close(descriptor)


def _end_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    libc = _LIBC
    if libc is None:
        return None
    parent = os.getpid()

    def ask_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # the parent died between fork and here
            os.kill(os.getpid(), number)

    return ask_kernel


def demand_open_files() -> None:
    """Let our children open as many files as this user may. Raises StartProblemError if those are too few."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    if wanted < OPEN_FILES_MIN:
        message = (
            f"A process of this user may open {wanted} files at once; Kafka alone needs {OPEN_FILES_MIN}. "
            "Raise the limit (`ulimit -Hn`, or nofile in /etc/security/limits.conf) and start again."
        )
        raise StartProblemError(message)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def keep_short(log: Path) -> None:
    """Put what a log that grew too long says aside; one older part is kept.

    Whoever writes it has it open for appending, and goes on at its new beginning.
    """
    if not log.exists() or log.stat().st_size <= LOG_BYTES_MAX:
        return
    with contextlib.suppress(OSError):  # no room for two: then the older part goes, and there is some
        shutil.copyfile(log, log.with_suffix(".old.log"))
    os.truncate(log, 0)


def stop(process: subprocess.Popen[bytes], program: Program) -> None:
    """Ask the process to end the way it likes best; kill it when it has not after `stop_seconds`."""
    ask_to_stop(process, program)
    try:
        process.wait(program.stop_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def ask_to_stop(process: subprocess.Popen[bytes], program: Program) -> None:
    """Send the stop signal and return at once."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(program.stop_signal)


def last_words(log: Path, lines: int = 12) -> str:
    """Return the last lines of a log file, indented, for an error message."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "    (no log)"
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:]) or "    (the log is empty)"


def wait_until(check: Callable[[], bool], seconds: float, every: float = 0.05) -> bool:
    """Ask `check` until it says yes; False when it has not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not check():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
