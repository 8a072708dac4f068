"""One process of one service: its door, its ear and its relay, or one of them, until it is told to stop."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI

from shared.runtime import logging
from shared.runtime.database import Database
from shared.runtime.health import Health, stuck
from shared.runtime.hearing import Hearer, Hearing
from shared.runtime.http import create_door
from shared.runtime.lag import LagProbe
from shared.runtime.listening import Listener
from shared.runtime.relay import Relay
from shared.runtime.settings import DoorSettings, ServiceSettings
from shared.runtime.tokens import Tokens, keys_over_http, revoked_over_http

log = structlog.get_logger()

Role = Literal["door", "consumers", "relay"]
ALL_ROLES: frozenset[Role] = frozenset({"door", "consumers", "relay"})
# The relay says nothing while Kafka is away, and a restart would not bring Kafka back; but a relay that holds the lock
# while nothing leaves for this long is a defect of ours.
Background = Callable[[], Awaitable[None]]


@dataclass
class Service:
    """What `main.create()` builds: everything concrete, nothing started yet."""

    name: str
    title: str
    settings: DoorSettings
    # None for a service that keeps nothing; it can neither hear nor say anything then.
    database: Database | None
    routers: Sequence[APIRouter] = ()
    hearing: Hearing | None = None
    says: bool = True
    tokens: Tokens | None = None
    # Loops that run beside the consumers, such as payout's poller; each runs until cancelled.
    background: Sequence[Background] = ()
    # Loops that every process of the service needs, such as the watcher of the rollout file.
    everywhere: Sequence[Background] = ()
    # What a service adds to its door besides routes, such as pages instead of problem+json.
    dress: Callable[[FastAPI], None] | None = None
    health: Health = field(init=False)

    def __post_init__(self) -> None:
        """Every service answers for its database. Raises ValueError for one that could not do what it promises."""
        if self.database is None and (self.says or self.hearing is not None):
            raise ValueError(f"{self.name} has no database to hear into or to say from")
        self.health = Health(self.database)

    def application(self, roles: frozenset[Role] = ALL_ROLES) -> FastAPI:
        """The ASGI application. Its lifespan starts and stops everything else that the roles ask for."""
        settings = self.settings
        tokens = self.tokens or Tokens(
            keys_over_http(settings.jwks_url), settings.token_issuer, revoked_over_http(settings.jwks_url)
        )

        @contextlib.asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncIterator[None]:
            if self.database is not None:
                await self.database.open()
            loops = self._loops(roles)
            if "door" in roles and tokens.follows_revocations:
                loops.append(tokens.watch_revocations)
            tasks = [asyncio.create_task(_forever(self.name, loop)) for loop in loops]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                if self.database is not None:
                    await self.database.close()

        return create_door(
            self.title,
            self.name,
            routers=self.routers if "door" in roles else (),
            tokens=tokens,
            health=self.health,
            request_bytes_max=settings.request_bytes_max,
            lifespan=lifespan,
            dress=self.dress,
        )

    def hearer(self) -> Hearer:
        """What applies heard events; used by the consumers and by the replay of dead letters."""
        if self.hearing is None or self.database is None:
            message = f"{self.name} hears nothing"
            raise ValueError(message)
        return Hearer(self.name, self.hearing, self.database)

    def _loops(self, roles: frozenset[Role]) -> list[Background]:
        loops = list(self.everywhere)
        settings, database = self.settings, self.database
        if "consumers" in roles:
            loops.extend(self.background)
        if database is None or not isinstance(settings, ServiceSettings):
            return loops
        if "relay" in roles and self.says:
            relay = Relay(database, self.name, settings.kafka_bootstrap_servers, settings.topic_prefix)
            database.on_commit(relay.wake)
            loops.append(relay.run)
        if "consumers" in roles and self.hearing is not None:
            loops.extend(self._listening(self.hearing, database, settings))
        return loops

    def _listening(self, hearing: Hearing, database: Database, settings: ServiceSettings) -> list[Background]:
        hearer = self.hearer()
        listener = Listener(
            hearing, hearer, database, settings.kafka_bootstrap_servers, settings.topic_prefix
        )
        probe = LagProbe(
            self.name,
            settings.topic_prefix + hearing.group,
            tuple(settings.topic_prefix + topic for topic in hearing.topics),
            settings.kafka_bootstrap_servers,
        )

        def moving() -> str | None:
            behind = [probe.behind_since[p] for p in listener.assignment() if p in probe.behind_since]
            if not behind:
                return None
            return stuck("the consumer", max(hearer.progress_at, min(behind)), waiting=True)

        self.health.must_progress("consumers", moving)
        return [listener.run, probe.run]


async def _forever(service: str, loop: Background) -> None:
    """Run a loop; if it ends by a defect, say so and start it again, so that one bug does not silence the rest."""
    while True:
        try:
            await loop()
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("loop_failed", service=service, loop=getattr(loop, "__qualname__", str(loop)))
        await asyncio.sleep(1)


def run(service: Service, roles: frozenset[Role] = ALL_ROLES) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is in hand."""
    settings = service.settings
    logging.configure(service.name, settings.log_level)
    application = service.application(roles)
    # A batch keeps 500 events alive at once; with the default thresholds the cyclic collector walks all of them
    # again and again and takes two thirds of the time to read them (23 us instead of 8 us an event).
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    uvicorn.run(
        application,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=75,
        backlog=2048,
    )
