"""A stack that runs in a process of its own, as a person would start it, for tests that kill it."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from deploy.local import services
from deploy.local.leftovers import processes_of
from deploy.local.paths import Home
from deploy.local.ports import free_ports
from deploy.local.postgres import PostgresServer
from deploy.local.programs import wait_until
from deploy.local.settings import REPOSITORY

SERVERS = ("TIMBANG_POSTGRES_PORT", "TIMBANG_KAFKA_PORT", "TIMBANG_KAFKA_CONTROLLER_PORT")


class Running:
    """`python -m deploy.local up` with a home and ports of its own."""

    def __init__(self, folder: Path, names: str = "none") -> None:
        self.home = Home(folder.resolve())
        self.names = names
        settings = [*SERVERS, *(services.port_setting(name) for name in services.DEFAULT_PORTS)]
        self.ports = dict(zip(settings, free_ports(len(settings)), strict=True))
        self.environment = {
            **os.environ,
            **{name: str(port) for name, port in self.ports.items()},
            "TIMBANG_HOME": str(self.home.root),
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def postgres_data(self) -> Path:
        return PostgresServer(self.home, self.ports["TIMBANG_POSTGRES_PORT"]).data

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m deploy.local ...` to its end."""
        line = [sys.executable, "-m", "deploy.local", *arguments]
        return subprocess.run(
            line,
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def start(self, seconds: float = 120) -> None:
        """Start it and wait until it says that it is ready."""
        self.home.create()
        self.home.ready.unlink(missing_ok=True)
        line = [sys.executable, "-m", "deploy.local", "up", "--services", self.names]
        with self.home.log("runner").open("ab") as output:
            self.process = subprocess.Popen(
                line,
                cwd=REPOSITORY,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        process = self.process
        wait_until(lambda: self.is_ready() or process.poll() is not None, seconds)
        assert self.is_ready(), self.home.log("runner").read_text(encoding="utf-8")

    def is_ready(self) -> bool:
        return self.home.ready.exists()

    def demand_running(self) -> None:
        """Start it unless it runs."""
        if self.process is None or self.process.poll() is not None:
            self.start()

    def demand_stopped(self) -> None:
        """Stop it if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.stop()

    def pid(self, name: str) -> int:
        return self.pids()[name]

    def pids(self) -> dict[str, int]:
        found: dict[str, int] = json.loads(self.home.ready.read_text(encoding="utf-8"))["processes"]
        return found

    def stop(self) -> None:
        """Ctrl-C; it must end by itself and with success."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(60) == 0

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def processes(self) -> list[psutil.Process]:
        """What lives of this stack, the runner aside."""
        return processes_of(self.home.root, [self.postgres_data])

    def remove(self) -> None:
        """End what is left and forget everything."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        self.command("clean")
        shutil.rmtree(self.home.root, ignore_errors=True)

    @contextlib.contextmanager
    def occupy(self, setting: str) -> Iterator[int]:
        """Listen on the port that this setting names."""
        with socket.create_server(("127.0.0.1", self.ports[setting])):
            yield self.ports[setting]
