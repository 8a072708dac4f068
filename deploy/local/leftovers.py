"""Whatever a killed runner left behind is gone before the next start begins."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from deploy.local.programs import MARK

if TYPE_CHECKING:
    from collections.abc import Iterable

GRACE_SECONDS = 10
SERVICE_GRACE_SECONDS = 2


def processes_of(home: Path, folders: Iterable[Path] = ()) -> list[psutil.Process]:
    """Return the live processes that carry this home's mark or work in one of `folders`.

    PostgreSQL's backends overwrite their environment with their title, so they are known by their working
    folder: each stands in its data folder.
    """
    wanted, places = str(home), {str(folder) for folder in folders}
    found = []
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        with contextlib.suppress(psutil.Error, OSError):
            if process.status() == psutil.STATUS_ZOMBIE:
                continue
            if process.environ().get(MARK) == wanted or (places and process.cwd() in places):
                found.append(process)
    return found


def end_leftovers(home: Path, postgres_data: Path) -> list[str]:
    """End every process of this home that still lives, politely first. Returns their names."""
    names: list[str] = []
    servers: list[psutil.Process] = []
    services: list[psutil.Process] = []
    for process in processes_of(home, [postgres_data]):
        with contextlib.suppress(psutil.Error):
            in_database = process.cwd() == str(postgres_data)
            name = process.name()
            process.send_signal(signal.SIGINT if in_database else signal.SIGTERM)
            names.append(name)
            (servers if in_database or name == "java" else services).append(process)
    # A service that has something in hand would wait for the database that is being ended beside it.
    _end(services, SERVICE_GRACE_SECONDS)
    _end(servers, GRACE_SECONDS)
    return names


def _end(asked: list[psutil.Process], seconds: float) -> None:
    _, alive = psutil.wait_procs(asked, seconds)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, GRACE_SECONDS)


def end_backends(postgres_data: Path) -> None:
    """Kill PostgreSQL processes that outlived their postmaster: they keep the shared memory that a start needs."""
    backends = processes_of(Path("/nowhere"), [postgres_data])
    for process in backends:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(backends, GRACE_SECONDS)
