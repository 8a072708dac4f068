"""Kafka's jars come from Maven Central once, and only those whose SHA-256 the committed lock names are used."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from deploy.local.problems import StartProblemError
from deploy.local.versions import KAFKA_COORDINATES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LOCK = Path(__file__).with_name("kafka-jars.lock.toml")
THREADS = 8
ATTEMPTS = 4


@dataclass(frozen=True)
class Jar:
    """One entry of the lock file: Maven coordinates and the hexadecimal SHA-256 of the file."""

    group: str
    artifact: str
    version: str
    classifier: str
    packaging: str
    sha256: str

    @property
    def file_name(self) -> str:
        """The name in the jar folder; unique, because the lock holds each artifact once."""
        suffix = f"-{self.classifier}" if self.classifier else ""
        return f"{self.artifact}-{self.version}{suffix}.{self.packaging}"


def read_lock(lock: Path = LOCK) -> list[Jar]:
    """Return the locked jars in the order of their file names (this order is the class path)."""
    entries = tomllib.loads(lock.read_text(encoding="utf-8"))["dependencies"]
    jars = [
        Jar(
            entry["groupId"],
            entry["artifactId"],
            entry["version"],
            entry.get("classifier", ""),
            entry.get("packaging", "jar"),
            entry["sha256"],
        )
        for entry in entries
    ]
    return sorted(jars, key=lambda jar: jar.file_name)


def fetch_jars(folder: Path, say: Callable[[str], None], lock: Path = LOCK) -> list[Path]:
    """Make sure that `folder` holds every locked jar and return their paths.

    Touches the network only for what is missing or damaged. Two processes may call it at once. Raises
    StartProblemError when a jar cannot be had or is not the one that was locked.
    """
    folder.mkdir(parents=True, exist_ok=True)
    jars = read_lock(lock)
    with FileLock(folder / ".lock"):
        missing = [jar for jar in jars if not _is_good(folder / jar.file_name, jar)]
        if missing:
            for unfinished in folder.glob(".fetch-*"):
                shutil.rmtree(unfinished, ignore_errors=True)
            _download(missing, folder, say)
    return [folder / jar.file_name for jar in jars]


def _is_good(path: Path, jar: Jar) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == jar.sha256


def _download(missing: Sequence[Jar], folder: Path, say: Callable[[str], None]) -> None:
    say(f"fetching {len(missing)} jars of Kafka from Maven Central")
    begun = time.monotonic()
    # A private repository: jgo writes straight to final names, so what it leaves behind is never trusted.
    with (
        tempfile.TemporaryDirectory(dir=folder, prefix=".fetch-") as repository,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        fetched = pool.map(lambda jar: _download_one(jar, folder, Path(repository)), missing)
        for done, jar in enumerate(fetched, start=1):
            if done % 20 == 0 or done == len(missing):
                say(f"fetched {done} of {len(missing)} jars ({jar.file_name})")
    say(f"Kafka's jars are complete ({time.monotonic() - begun:.1f} s)")


def _download_one(jar: Jar, folder: Path, repository: Path) -> Jar:
    from jgo.maven import MavenContext  # noqa: PLC0415 - slow to import and needed once in a machine's life

    reason = ""
    for attempt in range(ATTEMPTS):
        private = repository / f"{jar.file_name}.{attempt}"
        try:
            component = MavenContext(repo_cache=private, timeout=60).project(jar.group, jar.artifact)
            found = Path(component.at_version(jar.version).artifact(jar.classifier, jar.packaging).resolve())
        except Exception as problem:  # noqa: BLE001 - jgo lets everything through that the network can throw
            reason = f"{type(problem).__name__}: {problem}"
            time.sleep(2**attempt / 2)
            continue
        if _is_good(found, jar):
            found.replace(folder / jar.file_name)
            return jar
        reason = "its SHA-256 is not the locked one"
    message = (
        f"Could not fetch {jar.file_name} of Kafka from Maven Central ({reason}). "
        "Is there a network? What was fetched is kept: start again."
    )
    raise StartProblemError(message)


def write_lock(lock: Path = LOCK) -> int:
    """Resolve the coordinates anew and write the lock file (for whoever raises a version). Returns the number."""
    from jgo.env import LockFile  # noqa: PLC0415
    from jgo.maven import MavenContext  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        context = MavenContext(repo_cache=Path(folder), timeout=60)
        wanted = [context.create_dependency(coordinate) for coordinate in KAFKA_COORDINATES]
        for dependency in wanted:
            dependency.scope = dependency.scope or "compile"
        inputs, transitive = context.resolver.resolve(wanted)
        needed = [entry for entry in transitive if entry.scope in {"compile", "runtime"}]
        LockFile.from_resolved_dependencies([*inputs, *needed]).save(lock)
    return len(read_lock(lock))
