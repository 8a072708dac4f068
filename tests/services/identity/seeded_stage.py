"""An identity with the seeded people, its own keys and its door open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from fastapi import FastAPI

from services.identity.domain.seeded import seeded_people
from services.identity.main import create
from services.identity.settings import IdentitySettings
from services.identity.workflows.pins import Pins
from services.identity.workflows.seeding import people_file, seed_people
from shared.runtime.sealing import Sealer
from shared.runtime.service import Service
from shared.runtime.tokens import Caller
from tests.builders import ISSUER

OPERATOR, SECOND, CEMARA_OPERATOR, OFFICE, PROGRAMME = "PTG-01", "PTG-02", "PTG-03", "DLH-01", "PRG-01"
SECOND_PROGRAMME, PAKAM_PROGRAMME, PAKAM_OFFICE = "PRG-02", "PRG-03", "DLH-03"
MEMBER, OTHER_MEMBER = "NSB-001", "NSB-002"
PINS = seeded_people().pins
PEOPLE = {each["code"]: each for each in people_file(seeded_people())}
SECRET = "a secret that only these tests know and nobody else"
HASHES: dict[str, str] = {}


@dataclass
class Place:
    """A seeded identity with its door open."""

    service: Service
    door: httpx.AsyncClient
    settings: IdentitySettings
    application: FastAPI

    def at(self, address: str) -> "Place":
        """The same, asked from this address; close its `door` when it is not used any more."""
        transport = httpx.ASGITransport(
            self.application, raise_app_exceptions=False, client=(address, 50_000)
        )
        return replace(self, door=httpx.AsyncClient(transport=transport, base_url="http://identity"))

    async def sign_in(self, code: str, pin: str | None = None, **more: Any) -> httpx.Response:
        """Sign in with code and PIN, and whatever else is given."""
        return await self.door.post("/v1/tokens", json={"code": code, "pin": pin or PINS[code], **more})

    async def header(self, code: str, **more: Any) -> dict[str, str]:
        """The header of somebody who signed in."""
        answer = await self.sign_in(code, **more)
        assert answer.status_code == 200, answer.text
        return bearer(answer.json()["access_token"])

    async def rows(self, query: str, *values: Any) -> list[asyncpg.Record]:
        """Read or write the tables."""
        connection = await asyncpg.connect(self.settings.database_url)
        try:
            found: list[asyncpg.Record] = await connection.fetch(query, *values)
            return found
        finally:
            await connection.close()

    async def post(self, path: str, who: dict[str, str] | None = None, **body: Any) -> httpx.Response:
        """POST a body."""
        return await self.door.post(f"/v1/{path}", json=body, headers=who)

    async def get(self, path: str, who: dict[str, str] | None = None, **query: Any) -> httpx.Response:
        """GET with a query."""
        return await self.door.get(f"/v1/{path}", params=query, headers=who)

    async def acts(self, action: str) -> list[asyncpg.Record]:
        """What was audited of one kind."""
        return await self.rows("select * from audit where action = $1 order by seq", action)

    async def caller(self, token: str) -> Caller:
        """Who holds a token, as every service reads it."""
        assert self.service.tokens is not None
        return await self.service.tokens.caller(token)

    async def seed_again(self) -> None:
        """As every start of the system does."""
        await seed_quickly(self.settings)

    @staticmethod
    def tablet(operator: str) -> dict[str, Any]:
        """What the tablet of a seeded operator shows at sign-in."""
        return {name: PEOPLE[operator][name] for name in ("tablet_id", "tablet_secret")}

    @staticmethod
    def card(member: str) -> dict[str, Any]:
        """What stands on a seeded member's card."""
        return {name: PEOPLE[member][name] for name in ("card_number", "card_secret")}


def bearer(token: str) -> dict[str, str]:
    """The header for a token."""
    return {"Authorization": f"Bearer {token}"}


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, str(answer.json()["code"])


async def seed_quickly(settings: IdentitySettings) -> None:
    """As the seed command does, with hashes that are made once for all tests."""
    sealer = Sealer([SECRET], "identity")
    if not HASHES:
        pins = Pins(sealer.pepper)
        HASHES.update({code: pins.hash_now(pin) for code, pin in PINS.items()})
    connection = await asyncpg.connect(settings.database_url)
    async with connection.transaction():
        await seed_people(connection, sealer, seeded_people(), HASHES, datetime.now(UTC))
    await connection.close()


@asynccontextmanager
async def open_place(database_url: str, folder: Path, *, seeded: bool = True) -> AsyncIterator[Place]:
    """Seed an empty database, unless nobody is wanted, and open the door."""
    key_file = folder / "identity.key"
    key_file.write_text(SECRET)
    settings = IdentitySettings(database_url=database_url, key_file=key_file, TOKEN_ISSUER=ISSUER)
    if seeded:
        await seed_quickly(settings)
    service = create(settings)
    application = service.application(frozenset({"door"}))
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(application, raise_app_exceptions=False), base_url="http://identity"
        ) as door,
    ):
        yield Place(service, door, settings, application)
