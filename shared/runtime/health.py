"""Whether a process makes progress (live) and can serve (ready). A ping would say yes while everything stands still."""

import time
from collections.abc import Callable, Mapping

from fastapi import APIRouter, Depends, Response

from shared.runtime.access import anyone
from shared.runtime.database import Database, DatabaseUnavailableError

# aiokafka may stay stuck after a broker's return without telling; only a restart helps then.
STUCK_SECONDS = 60.0

Check = Callable[[], str | None]


class Health:
    """Collects checks. A check returns what is wrong, in words for an engineer, or None."""

    def __init__(self, database: Database | None) -> None:
        self._database = database
        self._live: dict[str, Check] = {}

    def must_progress(self, name: str, check: Check) -> None:
        """A part of the process that a restart would heal if it stands still."""
        self._live[name] = check

    async def live(self) -> Mapping[str, str]:
        """What stands still, by part; empty if all is well."""
        return {name: wrong for name, check in self._live.items() if (wrong := check())}

    async def ready(self) -> Mapping[str, str]:
        """What is missing, by part; empty if all is well."""
        if self._database is None:
            return {}
        try:
            async with self._database.connection() as held:
                await held.fetchval("select 1")
        except (DatabaseUnavailableError, TimeoutError) as error:
            return {"database": str(error)}
        return {}


def stuck(what: str, progress_at: float) -> str | None:
    """Words for something that has work waiting and has not moved for a minute; `progress_at` is monotonic."""
    idle_seconds = time.monotonic() - progress_at
    if idle_seconds > STUCK_SECONDS:
        return f"{what} has work and has not moved for {idle_seconds:.0f} s"
    return None


def health_router(health: Health) -> APIRouter:
    """`/healthz/live` and `/healthz/ready`: 200 with an empty object, or 503 with what is wrong."""
    router = APIRouter(prefix="/healthz", tags=["health"])

    @router.get("/live", dependencies=[Depends(anyone)])
    async def live(response: Response) -> dict[str, str]:
        """Tell whether the process makes progress: 200, or 503 with what stands still."""
        wrong = dict(await health.live())
        response.status_code = 503 if wrong else 200
        return wrong

    @router.get("/ready", dependencies=[Depends(anyone)])
    async def ready(response: Response) -> dict[str, str]:
        """Tell whether the process can serve: 200, or 503 with what is missing."""
        missing = dict(await health.ready())
        response.status_code = 503 if missing else 200
        return missing

    return router
