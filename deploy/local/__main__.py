"""`python -m deploy.local run|up|down|clean|topics|lock-jars`: the embedded stack by hand."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
from pydantic import ValidationError

from deploy.local import jars, services
from deploy.local.foreground import complain, run, say
from deploy.local.leftovers import end_leftovers
from deploy.local.paths import Home
from deploy.local.postgres import PostgresServer
from deploy.local.problems import StartProblemError
from deploy.local.programs import wait_until
from deploy.local.settings import REPOSITORY, LocalSettings
from deploy.local.topics import ensure_topics, read_topics

DETACHED_SECONDS = 600


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
    except (StartProblemError, ValidationError, OSError) as problem:
        complain(problem)
        return 1


if __name__ == "__main__":
    sys.exit(main())
