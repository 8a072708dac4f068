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
from shared.runtime.http import KEEP_ALIVE_SECONDS, create_door
from shared.runtime.hurried import Hurried, take_room
from shared.runtime.lag import LagProbe
from shared.runtime.listening import Listener
from shared.runtime.relay import Relay
from shared.runtime.settings import DoorSettings, ServiceSettings
from shared.runtime.tokens import Tokens, keys_over_http, revoked_over_http

log = structlog.get_logger()

Role = Literal["door", "consumers", "relay"]
ALL_ROLES: frozenset[Role] = frozenset({"door", "consumers", "relay"})
Background = Callable[[], Awaitable[None]]


@dataclass(kw_only=True)
class PlainService:
    """A service that keeps nothing: a door, and what runs beside it. `main.create()` builds it; nothing is started."""

    name: str
    title: str
    settings: DoorSettings
    routers: Sequence[APIRouter] = ()
    tokens: Tokens | None = None
    # Loops that every process of the service needs, such as the watcher of the rollout file.
    everywhere: Sequence[Background] = ()
    # What a service adds to its door besides routes, such as pages instead of problem+json.
    dress: Callable[[FastAPI], None] | None = None
    health: Health = field(init=False)

    def __post_init__(self) -> None:
        """Nothing to answer for but itself."""
        self.health = Health(None)

    def application(self, roles: frozenset[Role] = ALL_ROLES) -> FastAPI:
        """The ASGI application. Its lifespan starts and stops everything else that the roles ask for."""
        settings = self.settings
        tokens = self.tokens or Tokens(
            keys_over_http(settings.jwks_url), settings.token_issuer, revoked_over_http(settings.jwks_url)
        )

        @contextlib.asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncIterator[None]:
            await self.opened()
            loops = self.loops(roles)
            if "door" in roles and tokens.follows_revocations:
                loops.append(tokens.watch_revocations)
            tasks = [asyncio.create_task(_forever(self.name, loop)) for loop in loops]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await self.closed()

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

    async def opened(self) -> None:
        """Before anything else starts."""

    async def closed(self) -> None:
        """After everything else ended."""

    def loops(self, roles: frozenset[Role]) -> list[Background]:
        """What runs beside the door."""
        del roles
        return list(self.everywhere)


@dataclass(kw_only=True)
class Service(PlainService):
    """A service with a database, an ear and a relay."""

    settings: ServiceSettings
    database: Database
    hearing: Hearing | None = None
    says: bool = True
    # Loops that run beside the consumers, such as payout's poller; each runs until cancelled.
    background: Sequence[Background] = ()

    def __post_init__(self) -> None:
        """Every service answers for its database."""
        self.health = Health(self.database)

    async def opened(self) -> None:
        """The database is there before anybody asks it."""
        await self.database.open()

    async def closed(self) -> None:
        """Nobody asks it any more."""
        await self.database.close()

    def hearer(self) -> Hearer:
        """What applies heard events; used by the consumers and by the replay of dead letters."""
        if self.hearing is None:
            raise ValueError(f"{self.name} hears nothing")
        return Hearer(self.name, self.hearing, self.database)

    def loops(self, roles: frozenset[Role]) -> list[Background]:
        """What runs beside the door, and the relay and consumers if the roles ask for them."""
        loops, settings = super().loops(roles), self.settings
        if "relay" in roles and self.says:
            relay = Relay(self.database, self.name, settings.kafka_bootstrap_servers, settings.topic_prefix)
            self.database.on_commit(relay.wake)
            self.health.must_progress("relay", relay.stuck)
            loops.append(relay.run)
        if "consumers" in roles:
            loops.extend(self.background)
            if self.hearing is not None:
                loops.extend(self._listening(self.hearing))
        return loops

    def _listening(self, hearing: Hearing) -> list[Background]:
        settings, hearer = self.settings, self.hearer()
        listener = Listener(
            hearing, hearer, self.database, settings.kafka_bootstrap_servers, settings.topic_prefix
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
            return stuck("the consumer", max(hearer.progress_at, min(behind)))

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


def run(service: PlainService, roles: frozenset[Role] = ALL_ROLES) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is in hand."""
    settings = service.settings
    logging.configure(service.name, settings.log_level)
    application = service.application(roles)
    take_room()
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
        http=Hurried,
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        backlog=2048,
    )
