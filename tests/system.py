"""The whole system as a newcomer starts it (`python -m deploy.local run`), in a home and on ports of its own."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import psutil

from deploy.local.ports import free_ports
from deploy.local.services import DEFAULT_PORTS
from deploy.local.settings import REPOSITORY

START_SECONDS = 240.0
STOP_SECONDS = 60.0


class System:
    """A running system. As a context manager it is started and stopped; its data stays in the home."""

    def __init__(self, home: Path, environment: Mapping[str, str] | None = None) -> None:
        names = [f"{name.upper()}_PORT" for name in DEFAULT_PORTS]
        names += ["TIMBANG_POSTGRES_PORT", "TIMBANG_KAFKA_PORT", "TIMBANG_KAFKA_CONTROLLER_PORT"]
        self.home = home
        self.environment = {
            "TIMBANG_HOME": str(home),
            **dict(zip(names, map(str, free_ports(len(names))), strict=True)),
            **(environment or {}),
        }
        self._runner: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it and wait until all of it is ready."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it as Ctrl-C would."""
        self.stop()

    @property
    def facts(self) -> dict[str, Any]:
        """`ready.json` as it stands now."""
        found: dict[str, Any] = json.loads((self.home / ".run" / "ready.json").read_text(encoding="utf-8"))
        return found

    @property
    def addresses(self) -> dict[str, str]:
        """The base address of each door, by service."""
        found: dict[str, str] = self.facts["addresses"]
        return found

    @property
    def databases(self) -> dict[str, str]:
        """Database addresses with their passwords, by service; `postgres` is the administrator's."""
        found: dict[str, str] = json.loads(Path(self.facts["databases_file"]).read_text(encoding="utf-8"))
        return found

    @property
    def people(self) -> list[dict[str, Any]]:
        """The seeded people with their codes and PINs."""
        found: list[dict[str, Any]] = json.loads(Path(self.facts["people_file"]).read_text(encoding="utf-8"))
        return found

    @property
    def pids(self) -> dict[str, int]:
        """Process ids by name, the runner among them."""
        found: dict[str, int] = self.facts["processes"]
        return found

    def start(self) -> float:
        """Start the runner; returns the seconds until the system was ready. RuntimeError with its last words."""
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / ".run" / "ready.json").unlink(missing_ok=True)
        begun = time.monotonic()
        with (self.home / "runner.log").open("ab") as log:
            self._runner = subprocess.Popen(
                [sys.executable, "-m", "deploy.local", "run"],
                cwd=REPOSITORY,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.await_ready(START_SECONDS)
        return time.monotonic() - begun

    def await_ready(self, seconds: float) -> None:
        """Wait until `ready.json` is there. RuntimeError if the runner ends or the time is over."""
        deadline = time.monotonic() + seconds
        while not (self.home / ".run" / "ready.json").exists():
            if self._runner is not None and self._runner.poll() is not None:
                raise RuntimeError(f"the runner ended with {self._runner.returncode}:\n{self.last_words()}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"not ready after {seconds} s:\n{self.last_words()}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End it as Ctrl-C would; by force after a minute."""
        if self._runner is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._runner.send_signal(signal.SIGINT)
        try:
            self._runner.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._runner.kill()
            self._runner.wait()
            raise RuntimeError(f"did not stop within {STOP_SECONDS} s:\n{self.last_words()}") from None
        finally:
            self._runner = None

    def kill(self, name: str) -> int:
        """SIGKILL one process by its name in `ready.json`; returns the process id that died."""
        pid = self.pids[name]
        os.kill(pid, signal.SIGKILL)
        if name == "runner" and self._runner is not None:
            self._runner.wait()
            self._runner = None
        return pid

    def await_return(self, name: str, dead_pid: int, seconds: float) -> float:
        """Wait until a killed process is back and the system ready again; returns the seconds it took."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            with contextlib.suppress(OSError, ValueError, KeyError):
                pid = self.pids[name]
                if pid != dead_pid and psutil.pid_exists(pid):
                    return time.monotonic() - begun
            time.sleep(0.05)
        raise RuntimeError(f"{name} was not back after {seconds} s:\n{self.last_words()}")

    def last_words(self) -> str:
        """The end of what the runner printed."""
        return (self.home / "runner.log").read_text(encoding="utf-8", errors="replace")[-3000:]
