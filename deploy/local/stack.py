"""PostgreSQL and Kafka in one home, for tests and for the runner: started, killed and brought back at will."""

from __future__ import annotations

import json
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from deploy.local import ports
from deploy.local.databases import ensure_databases
from deploy.local.jars import fetch_jars
from deploy.local.kafka import KafkaBroker
from deploy.local.kafka_cache import make_cache
from deploy.local.leftovers import end_leftovers
from deploy.local.paths import Home, write_whole
from deploy.local.postgres import DURABLE_SETTINGS, FORGETFUL_SETTINGS, PostgresServer
from deploy.local.problems import StartProblemError
from deploy.local.programs import Program, last_words, start, stop, wait_until
from deploy.local.settings import LocalSettings
from deploy.local.topics import ensure_topics, read_topics

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from types import TracebackType

SERVICES_WITH_DATABASE = ("identity", "deposit", "valuation", "wallet", "payout", "adoption")
READY_SECONDS = 90


def _silent(_line: str) -> None:
    return None


class Stack:
    """One PostgreSQL server and one Kafka broker below `home`, without supervision: what is killed stays down.

    Ports are picked among the free ones unless given. As a context manager it starts both, creates the services'
    databases and the topics, and stops both at the end. Data stays in the home.

        with Stack(Path("/somewhere")) as stack:
            stack.bootstrap_servers        # "127.0.0.1:23456"
            stack.database_url("wallet")   # "postgresql://wallet:...@127.0.0.1:23457/wallet"

    Start it from the main thread: the kernel ends its processes together with the thread that started them.
    """

    def __init__(
        self,
        home: Path,
        *,
        postgres_port: int | None = None,
        kafka_port: int | None = None,
        kafka_controller_port: int | None = None,
        cache: Path | None = None,
        durable: bool = True,
        say: Callable[[str], None] = _silent,
    ) -> None:
        """Remember where and on which ports; nothing is started yet.

        PostgreSQL keeps what it committed through a crash unless `durable` is false.
        """
        free = ports.free_ports(3)
        self.home = Home(home.resolve())
        self.cache = cache or LocalSettings().cache
        self.postgres = PostgresServer(
            self.home, postgres_port or free[0], DURABLE_SETTINGS if durable else FORGETFUL_SETTINGS
        )
        self.kafka = KafkaBroker(
            self.home, kafka_port or free[1], kafka_controller_port or free[2], self.cache
        )
        self.urls: dict[str, str] = {}
        self.owned = True
        self._say = say
        self._running: dict[str, tuple[subprocess.Popen[bytes], Program]] = {}

    @classmethod
    def attached(cls, ready: Path) -> Self:
        """Return a stack that somebody else runs, from its ready.json. It can be used but not stopped or killed."""
        facts = json.loads(ready.read_text(encoding="utf-8"))
        ports_of = {name: int(facts["addresses"][name].rsplit(":", 1)[1]) for name in ("postgres", "kafka")}
        stack = cls(Path(facts["home"]), postgres_port=ports_of["postgres"], kafka_port=ports_of["kafka"])
        stack.urls = json.loads(Path(facts["databases_file"]).read_text(encoding="utf-8"))
        stack.owned = False
        return stack

    def __enter__(self) -> Self:
        """Start everything."""
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything."""
        self.stop()

    @property
    def bootstrap_servers(self) -> str:
        """Kafka's address, host:port."""
        return self.kafka.bootstrap

    @property
    def admin_url(self) -> str:
        """The administrator's address of the `postgres` database."""
        return self.postgres.url()

    def database_url(self, service: str) -> str:
        """Return the address of one service's database, with its role and password."""
        return self.urls[service]

    def start(self, topics: bool = True) -> None:  # noqa: FBT001, FBT002 - one plain choice
        """Start both, create databases and topics. Raises StartProblemError with the log's end if one does not come."""
        if not self.owned:
            return
        self.home.create()
        end_leftovers(self.home.root, self.postgres.data)
        with ThreadPoolExecutor(2) as pool:
            for task in (pool.submit(self.postgres.initialise), pool.submit(self.prepare_kafka)):
                task.result()
        self._spawn(self.postgres.program())
        self._spawn(self.kafka.program())
        self._await("postgres")
        self.urls = ensure_databases(self.postgres, SERVICES_WITH_DATABASE).urls
        write_whole(self.home.databases, self.urls, mode=0o600)
        self._await("kafka")
        if topics:
            ensure_topics(self.bootstrap_servers, read_topics())

    def prepare_kafka(self) -> None:
        """Do all that comes before the broker's first start: jars, start-up cache, format."""
        fetch_jars(self.cache / "jars", self._say)
        make_cache(self.home.root, self.cache, self.kafka.jars, self._say)
        self.kafka.initialise()

    def stop(self) -> None:
        """Stop Kafka, then PostgreSQL, cleanly."""
        self.stop_kafka()
        self.stop_postgres()

    def discard(self) -> None:
        """Stop both at once and keep nothing worth keeping: for a home that is deleted next.

        A clean stop of PostgreSQL writes and syncs every database; after hundreds of tests that takes half a minute.
        """
        for name, quickest in (("kafka", signal.SIGKILL), ("postgres", signal.SIGQUIT)):
            entry = self._running.pop(name, None)
            if entry is not None:
                process, program = entry
                stop(process, replace(program, stop_signal=quickest))

    def start_postgres(self) -> None:
        """Start PostgreSQL again and wait until it takes connections."""
        self._spawn(self.postgres.program())
        self._await("postgres")

    def start_kafka(self) -> None:
        """Start Kafka again and wait until it serves."""
        self._spawn(self.kafka.program())
        self._await("kafka")

    def stop_postgres(self) -> None:
        """Stop PostgreSQL the fast way (clients are cut off, nothing is lost)."""
        self._stop("postgres")

    def stop_kafka(self) -> None:
        """Stop Kafka cleanly."""
        self._stop("kafka")

    def kill_postgres(self) -> None:
        """Send SIGKILL to PostgreSQL's postmaster and wait until it is gone."""
        self._kill("postgres")

    def kill_kafka(self) -> None:
        """Send SIGKILL to the broker and wait until it is gone."""
        self._kill("kafka")

    def pid(self, name: str) -> int:
        """Return the process id of `postgres` or `kafka`."""
        return self._running[name][0].pid

    def java_tool(self, main_class: str, *arguments: str) -> list[str]:
        """Return the command line of one of Kafka's own tools, for instance ProducerPerformance."""
        return self.kafka.java(main_class, *arguments)

    def postgres_tool(self, name: str) -> Path:
        """Return the path of one of PostgreSQL's own programs, for instance pgbench."""
        return self.postgres.binaries / name

    def _spawn(self, program: Program) -> None:
        if program.name in self._running:
            message = f"{program.name} already runs"
            raise RuntimeError(message)
        self._running[program.name] = (start(program), program)

    def _await(self, name: str) -> None:
        process, program = self._running[name]
        # PostgreSQL may refuse once because shared memory of a killed one still lives: then it is tried again.
        for _ in range(20):
            wait_until(lambda p=process: program.is_ready() or p.poll() is not None, READY_SECONDS)  # type: ignore[misc]
            if process.poll() is None:
                break
            process = start(program)
            self._running[name] = (process, program)
        if process.poll() is not None or not program.is_ready():
            message = f"{name} did not become ready:\n{last_words(program.log)}"
            raise StartProblemError(message)

    def _stop(self, name: str) -> None:
        entry = self._running.pop(name, None)
        if entry is not None:
            stop(*entry)

    def _kill(self, name: str) -> None:
        process, _ = self._running.pop(name)
        process.kill()
        process.wait()
