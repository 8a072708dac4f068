"""A web service before a real identity: people sign in with their PINs, everything else is asked over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from fastapi import APIRouter, FastAPI, Request
from starlette.responses import PlainTextResponse, Response

from services.web.pages.common import means_of, read_form
from services.web.session import Face, need_session, sessions_of
from shared.runtime.http import KEEP_ALIVE_SECONDS
from tests.services.identity.seeded_stage import MEMBER, OPERATOR, PEOPLE, PINS

ORIGIN = "http://127.0.0.1:8400"
API = "/petugas/api"
APP = {"X-Timbang": "petugas", "Origin": ORIGIN}


@dataclass
class Site:
    """The web service, and browsers that open it."""

    application: FastAPI
    identity: str
    enrolment_code: Callable[[], Any]
    browsers: list[httpx.AsyncClient] = field(default_factory=list)

    def browser(self, address: str = "127.0.0.1", **headers: str) -> httpx.AsyncClient:
        """A browser of its own, at this address: it keeps cookies, and goes nowhere by itself."""
        transport = httpx.ASGITransport(
            self.application, raise_app_exceptions=False, client=(address, 50_000)
        )
        made = httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)
        self.browsers.append(made)
        return made

    async def tablet(self) -> httpx.AsyncClient:
        """A tablet that is set up."""
        tablet = self.browser(**APP)
        answer = await tablet.post(f"{API}/tablet", json={"code": await self.enrolment_code()})
        assert answer.status_code == 200, answer.text
        return tablet

    async def signed_in(self) -> httpx.AsyncClient:
        """A tablet with its operator."""
        tablet = await self.tablet()
        answer = await tablet.post(f"{API}/masuk", json={"code": OPERATOR, "pin": PINS[OPERATOR]})
        assert answer.status_code == 200, answer.text
        return tablet


def card(member: str = MEMBER) -> dict[str, str]:
    """What a resident shows at the counter."""
    shown = {name: PEOPLE[member][name] for name in ("card_number", "card_secret")}
    return {**shown, "pin": PINS[member]}


def trial_pages() -> APIRouter:
    """Pages of the test's own: one with a form, one for those who are signed in, one that fails."""
    routes = APIRouter()

    for path in ("/uji", "/kantor/uji"):

        @routes.get(path)
        async def form(request: Request) -> Response:
            return PlainTextResponse(means_of(request).csrf.word(request))

        @routes.post(path)
        async def taken(request: Request) -> Response:
            fields = await read_form(request)
            return PlainTextResponse(str(fields["kata"]))

    @routes.post("/uji/masuk")
    async def sign_in(request: Request) -> Response:
        sessions_of(request).start(request, Face.RESIDENT, await request.json())
        return PlainTextResponse("masuk")

    @routes.get("/uji/saya")
    async def own(request: Request) -> Response:
        session = await need_session(request, Face.RESIDENT)
        return PlainTextResponse(f"{session.role} {session.member_id} {session.may_spend}")

    @routes.get("/uji/rusak")
    async def broken(request: Request) -> Response:
        raise RuntimeError(request.url.path)

    return routes


@asynccontextmanager
async def served(application: Any) -> AsyncIterator[str]:
    """An application on a port of this machine; gives its address."""
    config = uvicorn.Config(
        application,
        port=0,
        log_level="error",
        lifespan="on",
        ws="none",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(60):
            while not server.started:
                await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def speaking(answer: bytes | None) -> AsyncIterator[str]:
    """A door that answers every connection with these bytes; with None it takes the request and says nothing."""
    done = asyncio.Event()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65_536)
        if answer is None:
            await done.wait()
        else:
            writer.write(answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        done.set()
        server.close()
        await server.wait_closed()
