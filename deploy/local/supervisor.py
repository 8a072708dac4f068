"""Every process that dies is back within a moment, and one that stands still is started anew."""

from __future__ import annotations

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deploy.local.problems import StartProblemError
from deploy.local.programs import Program, ask_to_stop, keep_short, last_words, start, stop

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Sequence

BACK_OFF_SECONDS = (0.1, 0.3, 0.6, 1.0, 2.0, 5.0, 10.0)
STEADY_SECONDS = 20
"""Who lived this long starts again with the shortest pause."""
PROBE_SECONDS = 0.15
LIVE_CHECK_SECONDS = 10
STILL_CHECKS = 6
"""So many checks in a row must say that a process stands still before it is killed."""
FIRST_DEATHS = 6
"""Who dies so often before it was ever ready has a defect that another start does not cure."""


@dataclass
class Child:
    """One supervised process and what is known of it. Times are monotonic seconds."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    restart_at: float = 0
    deaths: int = 0
    ready: bool = False
    was_ready: bool = False
    announced: bool = False
    still_checks: int = 0


class Supervisor:
    """Keeps programs running. It has no thread that starts anything: whoever owns it calls `tick` often.

    The kernel ends a child together with the thread that started it, so the owner is the main thread.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        """`say` is told about deaths and returns, a line at a time."""
        self._say = say
        self._children: dict[str, Child] = {}
        self._pool = ThreadPoolExecutor(8, thread_name_prefix="probe")
        self._probed_at = 0.0
        self._live_at = time.monotonic()

    def add(self, program: Program) -> None:
        """Start a program and keep it running from now on."""
        child = Child(program)
        self._children[program.name] = child
        self._start(child)

    def pids(self) -> dict[str, int]:
        """Return the process ids by name of all that run now."""
        return {
            name: child.process.pid for name, child in self._children.items() if child.process is not None
        }

    def ready(self, names: Sequence[str] | None = None) -> bool:
        """Tell whether these (or all) children are ready, as far as the last `tick` knew."""
        children = self._children.values() if names is None else [self._children[name] for name in names]
        return all(child.ready for child in children)

    def waiting(self) -> list[str]:
        """Return the names of those that are not ready."""
        return [name for name, child in self._children.items() if not child.ready]

    def tick(self) -> list[str]:
        """Look once after everybody. Returns the names of those that became ready just now.

        Raises StartProblemError when a child keeps dying before it was ready for the first time.
        """
        now = time.monotonic()
        for child in self._children.values():
            if child.process is not None and child.process.poll() is not None:
                self._mourn(child, now)
            if child.process is None and now >= child.restart_at:
                self._start(child)
        if now - self._live_at > LIVE_CHECK_SECONDS:
            self._live_at = now
            self._check_live()
            for child in self._children.values():
                with contextlib.suppress(OSError):
                    keep_short(child.program.log)
        if now - self._probed_at < PROBE_SECONDS:
            return []
        self._probed_at = now
        return self._probe()

    def _start(self, child: Child) -> None:
        child.started_at = time.monotonic()
        child.still_checks = 0
        child.announced = False
        try:
            child.process = start(child.program)
        except OSError as problem:
            # A full disk, too many processes: what stops this start may be over at the next one.
            child.restart_at = child.started_at + BACK_OFF_SECONDS[-1]
            self._say(f"{child.program.name} cannot be started now: {problem}")

    def _mourn(self, child: Child, now: float) -> None:
        process = child.process
        if process is None:
            return
        if now - child.started_at > STEADY_SECONDS:
            child.deaths = 0
        pause = BACK_OFF_SECONDS[min(child.deaths, len(BACK_OFF_SECONDS) - 1)]
        child.deaths += 1
        child.process = None
        child.restart_at = now + pause
        # Whoever depended on it is asked again before the whole is called ready.
        for other in self._children.values():
            other.ready = False
        name = child.program.name
        if not child.was_ready and child.deaths >= FIRST_DEATHS:
            message = f"{name} does not start (see {child.program.log}):\n{last_words(child.program.log)}"
            raise StartProblemError(message)
        self._say(
            f"{name} (process {process.pid}) {_ending(process.returncode)}; starting it again in {pause} s"
        )

    def _probe(self) -> list[str]:
        asked = [child for child in self._children.values() if child.process is not None and not child.ready]
        became = []
        for child, answer in zip(asked, self._pool.map(lambda c: c.program.is_ready(), asked), strict=True):
            if answer and child.process is not None and child.process.poll() is None:
                child.ready = True
                child.was_ready = True
                if not child.announced:
                    child.announced = True
                    became.append(child.program.name)
        return became

    def _check_live(self) -> None:
        asked = [child for child in self._children.values() if child.was_ready and child.process is not None]
        for child, alive in zip(asked, self._pool.map(lambda c: c.program.is_live(), asked), strict=True):
            child.still_checks = 0 if alive else child.still_checks + 1
            if child.still_checks >= STILL_CHECKS and child.process is not None:
                self._say(
                    f"{child.program.name} (process {child.process.pid}) stands still; starting it anew"
                )
                child.process.kill()

    def stop(self, names: Sequence[str]) -> None:
        """Stop these children, all at once, and wait until they are gone. Unknown names are no error."""
        leaving = [self._children.pop(name) for name in names if name in self._children]
        for child in leaving:
            if child.process is not None:
                ask_to_stop(child.process, child.program)
        for child in leaving:
            if child.process is not None:
                stop(child.process, child.program)

    def names(self) -> list[str]:
        """Return everybody's name in the order of their first start."""
        return list(self._children)

    def close(self) -> None:
        """Let the probing threads go."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _ending(status: int) -> str:
    return f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
