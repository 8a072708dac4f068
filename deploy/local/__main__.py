"""`python -m deploy.local run|up|down|clean|topics|lock-jars`: the embedded stack by hand."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from filelock import FileLock, Timeout
from pydantic import ValidationError

from deploy.local import jars, services
from deploy.local.leftovers import end_leftovers
from deploy.local.paths import Home
from deploy.local.postgres import PostgresServer
from deploy.local.problems import StartProblemError
from deploy.local.programs import wait_until
from deploy.local.runner import Runner
from deploy.local.settings import REPOSITORY, LocalSettings
from deploy.local.topics import ensure_topics, read_topics

if TYPE_CHECKING:
    from types import FrameType

BEGUN = time.monotonic()
DETACHED_SECONDS = 600
_PRINTING = threading.Lock()


class StopRequested(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal."""


def say(line: str) -> None:
    """Print one line of progress with the seconds since the start."""
    with _PRINTING, contextlib.suppress(OSError):
        sys.stdout.write(f"[{time.monotonic() - BEGUN:6.1f} s] {line}\n")
        sys.stdout.flush()


def run(settings: LocalSettings, names: list[str]) -> int:
    """Run a stack in the foreground until a signal ends it. Returns the exit status."""
    home = Home(settings.home.resolve())
    home.create()
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
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _request_stop)
    runner = Runner(settings, names, say)
    status = 0
    try:
        runner.start()
        _announce(runner)
        runner.keep()
    except StopRequested:
        say("stopping")
    except StartProblemError as problem:
        _complain(problem)
        status = 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        runner.stop()
        home.runner_pid.unlink(missing_ok=True)
    say("stopped; everything that was recorded is kept" if status == 0 else "stopped")
    sys.stdout.flush()
    # A download that was interrupted still has threads at work; nothing of value is left to do for them.
    os._exit(status)


def _request_stop(_number: int, _frame: FrameType | None) -> None:
    raise StopRequested


def _whose(home: Home) -> str:
    try:
        return f" (process {home.runner_pid.read_text(encoding='utf-8')})"
    except OSError:
        return ""


def _announce(runner: Runner) -> None:
    say("everything is ready")
    lines = ["", "Addresses"]
    lines += [f"  {name:<10} {address}" for name, address in runner.addresses().items()]
    with contextlib.suppress(OSError, ValueError):
        people = json.loads(runner.home.people.read_text(encoding="utf-8"))
        lines += ["", f"Demo people and their codes ({runner.home.people})"]
        for person in people:
            rest = ", ".join(f"{key} {value}" for key, value in person.items() if key not in {"name", "role"})
            lines.append(f"  {person.get('role', ''):<10} {person.get('name', ''):<28} {rest}")
    lines += ["", f"State, logs and ready.json are in {runner.home.run}.", "Ctrl-C stops everything.", ""]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def detach(settings: LocalSettings, arguments: list[str]) -> int:
    """Run the stack in the background and return when it is ready; its output goes to logs/runner.log."""
    home = Home(settings.home.resolve())
    home.create()
    with home.log("runner").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local", *arguments],
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def is_up() -> bool:
        with contextlib.suppress(OSError, ValueError):
            facts = json.loads(home.ready.read_text(encoding="utf-8"))
            return bool(facts["processes"]["runner"] == process.pid)
        return False

    wait_until(lambda: is_up() or process.poll() is not None, DETACHED_SECONDS, every=0.1)
    if not is_up():
        sys.stderr.write(home.log("runner").read_text(encoding="utf-8", errors="replace"))
        return 1
    sys.stdout.write(f"ready: {home.ready} (runner is process {process.pid})\n")
    return 0


def down(settings: LocalSettings) -> int:
    """Stop the stack of this home, wherever it was started, and whatever a killed one left behind."""
    home = Home(settings.home.resolve())
    with contextlib.suppress(OSError, ValueError, psutil.Error):
        runner = psutil.Process(int(home.runner_pid.read_text(encoding="utf-8")))
        if "deploy.local" in runner.cmdline():
            runner.terminate()
            runner.wait(120)
    end_leftovers(home.root, PostgresServer(home, settings.postgres_port).data)
    home.ready.unlink(missing_ok=True)
    return 0


def clean(settings: LocalSettings) -> int:
    """Stop the stack and remove all that it remembers. Downloads are kept."""
    down(settings)
    home = Home(settings.home.resolve())
    data = PostgresServer(home, settings.postgres_port).data if home.run.exists() else home.run
    shutil.rmtree(data, ignore_errors=True)
    shutil.rmtree(home.run, ignore_errors=True)
    return 0


def _choose(wanted: str) -> list[str]:
    if wanted == "all":
        return services.present()
    if wanted == "none":
        return []
    names = wanted.split(",")
    known = services.present(names)
    if len(known) != len(names):
        message = f"Unknown service among {wanted}; known are {', '.join(services.present())}."
        raise StartProblemError(message)
    return known


def _complain(problem: StartProblemError) -> None:
    sys.stderr.write(f"\nTimbang could not start.\n{problem}\n\n")
    sys.stderr.flush()


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="start everything and keep it running until Ctrl-C")
    up = commands.add_parser("up", help="start PostgreSQL, Kafka and the services you name")
    up.add_argument("--services", default="none", help="none (default), all, or names with commas")
    up.add_argument("--detach", action="store_true", help="return when it is ready; stop it with `down`")
    commands.add_parser("down", help="stop the stack of this home")
    commands.add_parser("clean", help="stop it and remove its data")
    topics = commands.add_parser("topics", help="create the topics on a Kafka that stands elsewhere")
    topics.add_argument("--bootstrap", default=os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:8492"))
    topics.add_argument("--replication-factor", type=int, default=None)
    commands.add_parser("lock-jars", help="resolve Kafka's jars anew and write the lock (maintainers)")
    return parser.parse_args()


def main() -> int:
    """Do what the command line says. Returns the exit status."""
    given = _parse()
    try:
        settings = LocalSettings()
        if given.command == "run":
            return run(settings, services.present())
        if given.command == "up":
            names = _choose(given.services)
            return (
                detach(settings, ["up", "--services", given.services])
                if given.detach
                else run(settings, names)
            )
        if given.command == "topics":
            created = ensure_topics(given.bootstrap, read_topics(replication_factor=given.replication_factor))
            say(f"{len(created)} topics created")
            return 0
        if given.command == "lock-jars":
            say(f"{jars.write_lock()} jars locked in {Path(jars.LOCK).name}")
            return 0
        return {"down": down, "clean": clean}[given.command](settings)
    except (StartProblemError, ValidationError) as problem:
        _complain(StartProblemError(str(problem)))
        return 1


if __name__ == "__main__":
    sys.exit(main())
