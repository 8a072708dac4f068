"""Where one embedded stack keeps its files: all of them below its home, none in anybody's home directory."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """The folders and files of one stack. `root` is TIMBANG_HOME; everything lives in `root/.run`."""

    root: Path

    @property
    def run(self) -> Path:
        """The folder of everything this stack remembers."""
        return self.root / ".run"

    @property
    def logs(self) -> Path:
        """One log file per process."""
        return self.run / "logs"

    @property
    def kafka(self) -> Path:
        """Kafka's configuration and data."""
        return self.run / "kafka"

    @property
    def lock(self) -> Path:
        """Held by the process that runs this stack."""
        return self.run / "runner.lock"

    @property
    def runner_pid(self) -> Path:
        """The process id of whoever holds the lock."""
        return self.run / "runner.pid"

    @property
    def ready(self) -> Path:
        """There only while the whole system is ready."""
        return self.run / "ready.json"

    @property
    def secrets(self) -> Path:
        """Generated passwords; readable by the owner alone."""
        return self.run / "secrets.json"

    @property
    def databases(self) -> Path:
        """Database addresses with their passwords; readable by the owner alone."""
        return self.run / "databases.json"

    @property
    def people(self) -> Path:
        """The seeded people and their codes."""
        return self.run / "people.json"

    def log(self, name: str) -> Path:
        """Return the log file of the process called `name`."""
        return self.logs / f"{name}.log"

    def create(self) -> None:
        """Make the folders (others may enter them: PostgreSQL runs as another user when we are root)."""
        for folder in (self.run, self.logs, self.kafka):
            folder.mkdir(parents=True, exist_ok=True)


def write_whole(path: Path, content: object, mode: int = 0o644) -> None:
    """Write `content` as JSON so that a reader finds the old file or the new one, never half of it."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2, sort_keys=False)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())  # a machine without power must not find the new name with nothing in it
    temporary.replace(path)
