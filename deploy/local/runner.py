"""The whole system on one machine: started in parallel, kept running, and stopped in the right order."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from deploy.local import ports, services
from deploy.local.databases import ensure_databases
from deploy.local.jars import fetch_jars
from deploy.local.kafka import KafkaBroker
from deploy.local.kafka_cache import make_cache
from deploy.local.leftovers import end_leftovers
from deploy.local.paths import Home, write_whole
from deploy.local.ports import WantedPort
from deploy.local.postgres import PostgresServer
from deploy.local.prepared import Prepared
from deploy.local.problems import StartProblemError
from deploy.local.programs import demand_open_files, wait_until
from deploy.local.ready import remove_ready, write_ready
from deploy.local.supervisor import Supervisor
from deploy.local.topics import ensure_topics, read_topics

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from deploy.local.settings import LocalSettings

T = TypeVar("T")

TICK_SECONDS = 0.03
SERVER_SECONDS = 120


class Runner:
    """Starts and keeps one stack. Call `start`, then `keep` until told to stop, then `stop`; all in the main thread.

    `names` are the services to run; PostgreSQL and Kafka run unless the environment says that they stand elsewhere
    (`<SERVICE>_DATABASE_URL` for every service, `KAFKA_BOOTSTRAP_SERVERS`).
    """

    def __init__(self, settings: LocalSettings, names: Sequence[str], say: Callable[[str], None]) -> None:
        """Plan the stack; nothing is started yet."""
        self.settings = settings
        self.home = Home(settings.home.resolve())
        self.names = list(names)
        self.postgres = PostgresServer(self.home, settings.postgres_port)
        self.kafka = KafkaBroker(
            self.home, settings.kafka_port, settings.kafka_controller_port, settings.cache
        )
        self.external = {name: url for name in services.DEFAULT_PORTS if (url := services.external_url(name))}
        self.with_database = [
            name for name in services.DEFAULT_PORTS if name not in services.WITHOUT_DATABASE
        ]
        self.own_postgres = any(name not in self.external for name in self.with_database)
        self.own_kafka = "KAFKA_BOOTSTRAP_SERVERS" not in os.environ
        self.bootstrap = os.environ.get("KAFKA_BOOTSTRAP_SERVERS", self.kafka.bootstrap)
        self.supervisor = Supervisor(say)
        self._say = say
        self.prepared = Prepared(self.home)
        self._told = False
        self._cannot_tell = ""
        self._works: list[Future[Any]] = []
        self._pool = ThreadPoolExecutor(12, thread_name_prefix="prepare")

    def start(self) -> None:
        """Start everything and return when all of it is ready. Raises StartProblemError in words."""
        remove_ready(self.home)
        demand_open_files()
        self._clear_leftovers()
        self._demand_ports()
        postgres = self._begin(self._prepare_postgres)
        kafka = self._begin(self._prepare_kafka)
        compiled = self._begin(services.compile_ahead)
        self._finish(postgres)
        if self.own_postgres:
            self.supervisor.add(self.postgres.program())
        databases = self._begin(self._prepare_databases)
        self._finish(kafka)
        if self.own_kafka:
            self.supervisor.add(self.kafka.program())
        topics = self._begin(self._prepare_topics)
        self._finish(compiled)
        runs = self._finish(databases)
        self._finish(topics)
        for name, run in runs.items():
            for program in services.programs(self.home, run, split=name in self.settings.split.split(",")):
                self.supervisor.add(program)
        self._until(self.supervisor.ready, self.settings.start_seconds)
        self._tell_ready()

    def keep(self) -> None:
        """Look after everything until an exception (a signal) ends it."""
        while True:
            self._tick()
            if self._told != self.supervisor.ready():
                if self._told:
                    remove_ready(self.home)
                    self._told = False
                else:
                    self._tell_ready()
            time.sleep(TICK_SECONDS)

    def stop(self) -> None:
        """Stop the services, then Kafka, then PostgreSQL; nothing of this home lives afterwards."""
        remove_ready(self.home)
        self._pool.shutdown(wait=False, cancel_futures=True)
        servers = ("kafka", "postgres")
        self._stop([name for name in self.supervisor.names() if name not in servers], "services")
        for name in servers:
            self._stop([name] if name in self.supervisor.names() else [], name)
        self.supervisor.close()
        end_leftovers(self.home.root, self.postgres.data)

    def addresses(self) -> dict[str, str]:
        """Return where everything is: the servers as host:port, the services as http addresses."""
        numbers = services.service_ports()
        servers = {"postgres": f"{ports.HOST}:{self.postgres.port}"} if self.own_postgres else {}
        servers["kafka"] = self.bootstrap
        return {**servers, **{name: f"http://{ports.HOST}:{numbers[name]}" for name in self.names}}

    def _clear_leftovers(self) -> None:
        ended = end_leftovers(self.home.root, self.postgres.data)
        if ended:
            self._say(f"ended {len(ended)} processes that a killed runner left behind")

    def _demand_ports(self) -> None:
        wanted = []
        if self.own_postgres:
            wanted.append(WantedPort(self.postgres.port, "PostgreSQL", "TIMBANG_POSTGRES_PORT"))
        if self.own_kafka:
            wanted.append(WantedPort(self.kafka.port, "Kafka", "TIMBANG_KAFKA_PORT"))
            controller = self.kafka.controller_port
            wanted.append(WantedPort(controller, "Kafka's controller", "TIMBANG_KAFKA_CONTROLLER_PORT"))
        numbers = services.service_ports()
        wanted += [WantedPort(numbers[name], name, services.port_setting(name)) for name in self.names]
        ports.demand_free(wanted)

    def _prepare_postgres(self) -> None:
        if self.own_postgres and self.postgres.initialise():
            self._say(f"PostgreSQL's data folder is made ({self.postgres.data})")

    def _prepare_kafka(self) -> None:
        if not self.own_kafka:
            return
        fetch_jars(self.settings.cache / "jars", self._say)
        make_cache(self.home.root, self.settings.cache, self.kafka.jars, self._say)
        if self.kafka.initialise():
            self._say(f"Kafka's data folder is made ({self.kafka.data})")

    def _prepare_databases(self) -> dict[str, services.ServiceRun]:
        urls = dict(self.external)
        if self.own_postgres:
            if not wait_until(self.postgres.is_ready, SERVER_SECONDS):
                log = self.home.log("postgres")
                raise StartProblemError(
                    f"PostgreSQL did not become ready within {SERVER_SECONDS} s (see {log})."
                )
            databases = ensure_databases(self.postgres, self.with_database)
            self.prepared.forget(databases.created)
            urls = {**databases.urls, **self.external}
        write_whole(self.home.databases, urls, mode=0o600)
        runs = services.plan(self.home, self.names, urls, self.bootstrap)
        changed = [run for run in runs.values() if not self._is_prepared(run)]
        if changed:
            services.prepare(self.home, changed, lambda step, name: self._say(f"{name}: database {step}"))
        for run in changed:
            self.prepared.remember(run.name)
        return runs

    def _is_prepared(self, run: services.ServiceRun) -> bool:
        if run.name in services.WITHOUT_DATABASE:
            return True
        # What stands elsewhere may have been changed by anybody: only our own databases are taken at our word.
        people_known = run.name != "identity" or self.home.people.exists()
        return run.name not in self.external and people_known and self.prepared.is_current(run.name)

    def _prepare_topics(self) -> None:
        if self.own_kafka and not wait_until(self.kafka.is_ready, SERVER_SECONDS):
            log = self.home.log("kafka")
            raise StartProblemError(f"Kafka did not become ready within {SERVER_SECONDS} s (see {log}).")
        created = ensure_topics(
            self.bootstrap, read_topics(replication_factor=self.settings.kafka_replication_factor)
        )
        self._say(f"topics: {len(created)} created" if created else "topics: all there")

    def _begin(self, task: Callable[[], T]) -> Future[T]:
        work = self._pool.submit(task)
        self._works.append(work)
        return work

    def _finish(self, work: Future[T]) -> T:
        self._until(work.done, float("inf"))
        return work.result()

    def _until(self, check: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not check():
            self._tick()
            for work in self._works:
                if work.done():
                    work.result()  # what failed beside us ends the start at once
            if time.monotonic() > deadline:
                waiting = ", ".join(
                    f"{name} (see {self.home.log(name)})" for name in self.supervisor.waiting()
                )
                message = f"Not ready within {seconds:.0f} s: {waiting}."
                raise StartProblemError(message)
            time.sleep(TICK_SECONDS)

    def _tick(self) -> None:
        for name in self.supervisor.tick():
            address = self.addresses().get(name.removesuffix("-door"))
            self._say(f"{name} is ready ({address})" if address else f"{name} is ready")

    def _tell_ready(self) -> None:
        """Write ready.json. While it cannot be (a full disk), say so once, and try again at the next turn."""
        try:
            write_ready(self.home, self.addresses(), self.supervisor.pids())
        except OSError as problem:
            if self._cannot_tell != str(problem):
                self._cannot_tell = str(problem)
                self._say(f"everything is ready, but {self.home.ready} cannot be written: {problem}")
            self._told = False
            return
        self._told, self._cannot_tell = True, ""

    def _stop(self, names: Sequence[str], what: str) -> None:
        if names:
            begun = time.monotonic()
            self.supervisor.stop(names)
            self._say(f"{what} stopped ({time.monotonic() - begun:.1f} s)")
