"""An identity with its door open, callers of every role and area, and what stands in its tables."""

import json
import socket
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from services.identity.settings import IdentitySettings
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.audit import BEGINNING, Act, chained
from shared.runtime.service import Service
from tests.builders import TokenMint

SECRET = "a secret that only these tests know and nobody else"
MAIN, CEMARA, ELSEWHERE = "lubuk-pakam-induk", "lubuk-pakam-cemara", "batang-kuis-pekan"
PAKAM, KUIS = "12.07.28", "12.07.27"
CANARY_NAME, CANARY_PHONE, CANARY_PLACE = "Canary Simanullang", "0812-0000-9876", "Gang Kenari 17"


@dataclass
class People:
    """What the tests of people work with. Callers are headers."""

    service: Service
    door: httpx.AsyncClient
    settings: IdentitySettings
    mint: TokenMint
    # Bound, so that identity knows where wallet will be; nobody listens there unless a test lets wallet do it.
    wallet_socket: socket.socket

    def operator(
        self, *banks: str, subject: UUID | None = None, tablet_id: UUID | None = None
    ) -> dict[str, str]:
        """Somebody who works at these waste banks; at the main one if none is named."""
        return self.mint.header(
            Role.OPERATOR,
            waste_bank_ids=banks or (MAIN,),
            subdistrict_codes=(PAKAM,),
            subject=subject,
            tablet_id=tablet_id,
        )

    def programme(self, *subdistricts: str, subject: UUID | None = None) -> dict[str, str]:
        """Somebody of the programme: of the whole regency if no sub-district is named."""
        return self.mint.header(
            Role.PROGRAMME,
            subdistrict_codes=subdistricts,
            regency_codes=() if subdistricts else ("12.07",),
            subject=subject,
        )

    def abroad(self) -> dict[str, str]:
        """Somebody of the programme of another regency."""
        return self.mint.header(Role.PROGRAMME, regency_codes=("12.12",))

    def office(self) -> dict[str, str]:
        """Somebody of the environment office."""
        return self.mint.header(Role.OFFICE)

    def member(self, member_id: Any) -> dict[str, str]:
        """A member who signed in."""
        return self.mint.header(Role.MEMBER, member_id=UUID(str(member_id)), subject=UUID(str(member_id)))

    async def post(self, path: str, who: dict[str, str], **body: Any) -> httpx.Response:
        """POST a body."""
        return await self.door.post(f"/v1/{path}", json=body, headers=who)

    async def get(self, path: str, who: dict[str, str], **query: Any) -> httpx.Response:
        """GET with a query."""
        return await self.door.get(f"/v1/{path}", params=query, headers=who)

    async def enrolled(self, **changes: Any) -> str:
        """A new member's id, enrolled by the programme."""
        body = new_member(**changes)
        answer = await self.post("members", self.programme(), **body)
        assert answer.status_code == 201, answer.text
        return str(body["member_id"])

    async def rows(self, query: str, *values: Any) -> list[asyncpg.Record]:
        """Read or write the tables."""
        connection = await asyncpg.connect(self.settings.database_url)
        try:
            found: list[asyncpg.Record] = await connection.fetch(query, *values)
            return found
        finally:
            await connection.close()

    async def said(self, kind: str) -> list[dict[str, Any]]:
        """The events of a type that were said, oldest first."""
        found = await self.rows(
            "select unnest(types) as type, unnest(payloads) as payload from outbox order by id"
        )
        return [json.loads(row["payload"]) for row in found if f".{kind}." in row["type"]]

    async def everything(self) -> str:
        """Every cell of every table as text, sealed ones as the bytes they are."""
        tables = await self.rows(
            "select table_name from information_schema.tables where table_schema = 'public'"
        )
        words: list[str] = []
        for table in tables:
            for row in await self.rows(f"select * from {table['table_name']}"):
                cells = [
                    value for cell in row.values() for value in (cell if isinstance(cell, list) else [cell])
                ]
                words += [cell.decode("latin-1") if isinstance(cell, bytes) else str(cell) for cell in cells]
        return "\n".join(words)

    async def audit(self) -> list[asyncpg.Record]:
        """The whole audit, after its chain was followed."""
        found = await self.rows("select * from audit order by seq")
        previous = BEGINNING
        for row in found:
            act = Act(
                row["action"],
                row["subject_kind"],
                row["subject_id"],
                row["actor_id"],
                row["actor_role"],
                row["subdistrict_code"],
                row["before"] and json.loads(row["before"]),
                row["after"] and json.loads(row["after"]),
                row["why"],
            )
            previous = chained(previous, row["seq"], row["at"], act)
            assert previous == row["hash"], row["seq"]
        return found


def new_member(**changes: Any) -> dict[str, Any]:
    """What a tablet sends about a new member."""
    return {
        "member_id": str(uuid7()),
        "kind": "person",
        "name": CANARY_NAME,
        "phone": CANARY_PHONE,
        "address": CANARY_PLACE,
        "village": "Desa Kenari",
        "waste_bank_id": MAIN,
        "enrolled_at": "2026-11-20T09:30:00+07:00",
        **changes,
    }


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, str(answer.json()["code"])
