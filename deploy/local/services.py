"""Whatever service has a main.py is run, and each is told where all the others are."""

from __future__ import annotations

import compileall
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deploy.local import ports
from deploy.local.problems import StartProblemError
from deploy.local.programs import Program, last_words, marked
from deploy.local.settings import REPOSITORY
from deploy.local.wiring import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from deploy.local.paths import Home

DEFAULT_PORTS = {
    "web": 8400,
    "identity": 8401,
    "deposit": 8402,
    "valuation": 8403,
    "wallet": 8404,
    "payout": 8405,
    "adoption": 8406,
    "sandbox": 8407,
}
PARTS = ("door", "consumers", "relay")
WITHOUT_DATABASE = frozenset({"sandbox", "web"})
STEPS = frozenset({"migrated", "seeded"})
_OK = 200
# A proxy that the environment names leads out of this machine; our own doors are not out there.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class ServiceRun:
    """One service on this machine: its name, port and the environment its processes get."""

    name: str
    port: int
    environment: Mapping[str, str]

    @property
    def address(self) -> str:
        """Where its door is."""
        return f"http://{ports.HOST}:{self.port}"


def present(wanted: Sequence[str] | None = None) -> list[str]:
    """Return the services of this repository that can be run, in the order of the architecture."""
    names = [name for name in DEFAULT_PORTS if (REPOSITORY / "services" / name / "main.py").exists()]
    return names if wanted is None else [name for name in names if name in wanted]


def port_setting(name: str) -> str:
    """Return the environment variable that sets a service's port."""
    return f"{name.upper()}_PORT"


def service_ports() -> dict[str, int]:
    """Return each service's port, as the environment or the default says."""
    return {name: int(os.environ.get(port_setting(name), default)) for name, default in DEFAULT_PORTS.items()}


def external_url(name: str) -> str | None:
    """Return the address of a service's database if the environment says that it stands elsewhere."""
    return os.environ.get(f"{name.upper()}_DATABASE_URL")


def plan(home: Home, names: Sequence[str], urls: Mapping[str, str], bootstrap: str) -> dict[str, ServiceRun]:
    """Return how to run these services. What the environment sets already is left as it is."""
    numbers = service_ports()
    shared = {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(REPOSITORY),
    }
    wired = wire(home, numbers)
    runs = {}
    for name in names:
        own = {port_setting(name): str(numbers[name]), f"{name.upper()}_HOST": ports.HOST}
        if name not in WITHOUT_DATABASE:
            own[f"{name.upper()}_DATABASE_URL"] = urls[name]
        values = {**shared, **wired[""], **wired.get(name, {}), **own}
        environment = {key: value for key, value in values.items() if key not in os.environ}
        runs[name] = ServiceRun(name, numbers[name], environment)
    return runs


def programs(home: Home, run: ServiceRun, *, split: bool) -> list[Program]:
    """Return the processes of one service: one, or three when it is split into door, consumers and relay."""
    command = [sys.executable, "-m", "services", run.name]
    if not split:
        return [_program(home, run, run.name, command, run.port)]
    # Only the door listens where the others expect the service; its siblings' health is on ports nobody asks for.
    numbers = [run.port, *ports.free_ports(2)]
    return [
        _program(home, run, f"{run.name}-{part}", [*command, "--only", part], port)
        for part, port in zip(PARTS, numbers, strict=True)
    ]


def _program(home: Home, run: ServiceRun, name: str, command: Sequence[str], port: int) -> Program:
    address = f"http://{ports.HOST}:{port}"
    return Program(
        name=name,
        command=command,
        log=home.log(name),
        home=home.root,
        directory=REPOSITORY,
        environment={**run.environment, port_setting(run.name): str(port)},
        is_ready=lambda: _answer(f"{address}/healthz/ready") == _OK,
        is_live=lambda: _answer(f"{address}/healthz/live") == _OK,
    )


def _answer(address: str) -> int:
    try:
        with _DIRECT.open(address, timeout=2) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return 0


def compile_ahead() -> None:
    """Compile what changed once, here, instead of in seven processes that start at the same moment."""
    for folder in ("shared", "services"):
        compileall.compile_dir(REPOSITORY / folder, quiet=2, workers=1)


def prepare(home: Home, runs: Sequence[ServiceRun], told: Callable[[str, str], None]) -> None:
    """Migrate and seed these services, in one process of its own; `told("migrated", "wallet")` after each step.

    Identity's seed writes `people.json`. Raises StartProblemError with its last words.
    """
    log = home.log("prepare")
    work = [
        {"name": run.name, "environment": dict(run.environment), "out": str(_seed_file(home, run.name))}
        for run in runs
    ]
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local.preparing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=REPOSITORY,
            env=marked(home.root),
            text=True,
        )
        if process.stdin is not None and process.stdout is not None:
            process.stdin.write(json.dumps(work))
            process.stdin.close()
            for line in process.stdout:
                step, _, name = line.strip().partition(" ")
                if step in STEPS:
                    told(step, name)
    if process.wait() != 0:
        message = f"A service's database could not be prepared (see {log}):\n{last_words(log)}"
        raise StartProblemError(message)


def _seed_file(home: Home, name: str) -> Path:
    return home.people if name == "identity" else home.run / f"{name}-seed.json"
