"""A web service of its own for each test, before a real identity with the seeded people."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest

from services.identity.main import create as create_identity
from services.identity.settings import IdentitySettings
from services.web.main import create
from services.web.settings import WebSettings
from shared.kernel.ids import uuid7
from tests.services.identity.seeded_stage import PINS, PROGRAMME, SECRET, bearer, seed_quickly
from tests.services.web.web_stage import Site, served, trial_pages


class OpenSite(Protocol):
    """`async with open_site(tablet_token_minutes=1, door_seconds=0.2, deposit_url=...) as site:`."""

    def __call__(self, **settings: Any) -> Any: ...


@pytest.fixture
async def open_site(fresh_database: Callable[[str], str], tmp_path: Path) -> OpenSite:
    key_file = tmp_path / "identity.key"
    key_file.write_text(SECRET)
    database_url = fresh_database("identity")
    await seed_quickly(IdentitySettings(database_url=database_url, key_file=key_file))

    @asynccontextmanager
    async def opened(**given: Any) -> AsyncIterator[Site]:
        of_identity = {name: given.pop(name) for name in list(given) if name.endswith(("_minutes", "_days"))}
        settings = IdentitySettings(database_url=database_url, key_file=key_file, **of_identity)
        async with AsyncExitStack() as stack:
            identity = create_identity(settings).application(frozenset({"door"}))
            address = await stack.enter_async_context(served(identity))
            urls = {"IDENTITY_URL": address, "JWKS_URL": f"{address}/v1/jwks"}
            service = create(WebSettings(key_file=tmp_path / "web.key", **{**urls, **given}))
            service.routers = [trial_pages(), *service.routers]
            application = service.application()
            await stack.enter_async_context(application.router.lifespan_context(application))
            site = Site(application, address, lambda: _enrolment_code(address))
            yield site
            for browser in site.browsers:
                await browser.aclose()

    return opened


@pytest.fixture
async def site(open_site: OpenSite) -> AsyncIterator[Site]:
    async with open_site() as opened:
        yield opened


async def _enrolment_code(identity: str) -> str:
    async with httpx.AsyncClient(base_url=identity, trust_env=False) as door:
        token = await door.post("/v1/tokens", json={"code": PROGRAMME, "pin": PINS[PROGRAMME]})
        body = {"name": f"TAB-{str(uuid7())[-6:]}", "waste_bank_id": "lubuk-pakam-induk"}
        made = await door.post("/v1/tablets", json=body, headers=bearer(token.json()["access_token"]))
        return str(made.json()["enrolment_code"])
