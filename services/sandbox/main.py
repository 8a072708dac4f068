"""Starts the sandbox: the only place that reads its settings and puts its parts together."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from services.sandbox import control, door
from services.sandbox.book import Book
from services.sandbox.catalogue import read_catalogue
from services.sandbox.clock import MovableClock
from services.sandbox.hooks import Hooks
from services.sandbox.selling import Shop
from services.sandbox.settings import SandboxSettings

# The background work looks many times a second; a pause this long means that it hangs.
_PROGRESS_SECONDS = 30.0


class Ticking:
    """Settles what is due and sends webhooks, until cancelled; `beat` is when it last came round."""

    def __init__(self, settings: SandboxSettings, shop: Shop, hooks: Hooks) -> None:
        self._settings = settings
        self._shop = shop
        self._hooks = hooks
        self.beat = 0.0

    async def run(self) -> None:
        """Go round for ever. An error of the disk ends it, which `/healthz/live` then tells."""
        async with httpx.AsyncClient() as client:
            while True:
                self.beat = asyncio.get_running_loop().time()
                self._shop.settle_due()
                if not await self._hooks.send_due(client):
                    await asyncio.sleep(self._settings.tick_seconds)


def application(settings: SandboxSettings) -> FastAPI:
    """The whole sandbox as an ASGI application; its file is opened at once, its clockwork with the server."""
    catalogue = read_catalogue(settings.products_file)
    clock = MovableClock(settings.clock_file)
    book = Book(settings.file)
    hooks = Hooks(settings, book, clock)
    shop = Shop(settings, catalogue, book, clock, hooks)
    ticking = Ticking(settings, shop, hooks)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(ticking.run())
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        book.close()

    app = FastAPI(title="Timbang sandbox", version="1", lifespan=lifespan)
    app.include_router(door.router(settings, catalogue, book, clock, shop, hooks))
    if settings.control:
        app.include_router(control.router(book, clock, shop, catalogue))
    _add_health(app, book, ticking)

    @app.exception_handler(door.CallRefusedError)
    async def refuse(_: Request, error: Exception) -> JSONResponse:
        return door.refused(str(error))

    return app


def _add_health(app: FastAPI, book: Book, ticking: Ticking) -> None:
    registry = CollectorRegistry()
    sales = Gauge("sandbox_sales", "Sales in the book", ["status", "rc"], registry=registry)
    balance = Gauge("sandbox_float_rupiah", "What the buyer has left", registry=registry)
    waiting = Gauge("sandbox_webhooks_waiting", "Webhooks planned and not yet tried", registry=registry)

    @app.get("/healthz/live")
    async def live() -> JSONResponse:
        idle = asyncio.get_running_loop().time() - ticking.beat
        return JSONResponse(
            {"idle_seconds": round(idle, 3)}, status_code=200 if idle < _PROGRESS_SECONDS else 503
        )

    @app.get("/healthz/ready")
    async def ready() -> dict[str, int]:
        return {"float_rupiah": book.balance_rupiah()}

    @app.get("/metrics")
    async def metrics() -> PlainTextResponse:
        sales.clear()
        for row in book.db.execute("select status, rc, count(*) from sale group by status, rc"):
            sales.labels(status=row[0], rc=row[1]).set(row[2])
        balance.set(book.balance_rupiah())
        waiting.set(book.db.execute("select count(*) from hook where sent_at is null").fetchone()[0])
        return PlainTextResponse(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def run() -> None:
    """Serve until told to stop. A port that is taken ends it with an error that names the setting."""
    settings = SandboxSettings()
    uvicorn.run(
        application(settings),
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level.lower(),
        access_log=False,
        timeout_keep_alive=75,
    )


if __name__ == "__main__":
    run()
