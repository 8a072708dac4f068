"""A stage on which waste is fetched, complained about, sold, and counted at the end of the day."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from services.deposit.workflows.pickups_booking import banks_that_missed, offer_missed_again
from services.payout.workflows.cash_views import CashBoxView
from shared.kernel import wib
from shared.kernel.ids import uuid7
from tests.builders import TokenMint
from tests.services.deposit.stage import (
    BANK,
    CLOSED_BANK,
    OTHER_BANK,
    MovableClock,
    Stage,
    build,
    write_rollout,
)

# A header that proves nothing.
NOBODY = {"X-Nobody": "here"}
EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
# The stage's clock stands on Sunday, 22 November 2026, 10:00 WIB: today's morning round is over.
PICK_UP: dict[str, Any] = {
    "minimum_grams": 5_000,
    "minimum_grams_of": {"group": 20_000},
    "days": EVERY_DAY,
    "asked_days_ahead": 7,
    "slots": [
        {"slot": "siang", "begins_at": "13:00", "ends_at": "15:00", "capacity": 2},
        {"slot": "pagi", "begins_at": "08:00", "ends_at": "11:00", "capacity": 3, "days": ["mon", "tue"]},
    ],
}
PLACE = {
    "address": "Jalan Kenari Ungu 17, pagar hijau",
    "village": "Cemara",
    "latitude": 3.55,
    "longitude": 98.88,
    "note": "Anjing galak",
}


def write_field_rollout(path: Path, **changes: Any) -> None:
    """Pakam Satu, Dua and Kuis Satu fetch; Kuis is not open."""
    write_rollout(path)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["dispute_answer_days"] = 7
    for subdistrict in content["regencies"][0]["subdistricts"]:
        for bank in subdistrict["waste_banks"]:
            if bank["id"] in {BANK, CLOSED_BANK, OTHER_BANK}:
                bank["pick_up"] = PICK_UP | changes
                bank["latitude"], bank["longitude"] = 3.56, 98.87
    path.write_text(json.dumps(content), encoding="utf-8")


class CashBook:
    """Payout's door to the cash boxes, as far as closing a day asks it; silent while `cash` is None."""

    def __init__(self) -> None:
        self.cash: int | None = 0
        self.asked: list[tuple[str, str]] = []
        self._server: asyncio.Server | None = None

    async def open(self) -> str:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        token = next(line for line in head.splitlines() if line.lower().startswith("authorization: "))
        self.asked.append((head.split()[1], token.partition(": ")[2]))
        cash = self.cash or 0
        # In payout's own words, so that a door which changes is noticed here.
        box = CashBoxView(
            waste_bank_id="any",
            on=date(2026, 11, 2),
            opening_rupiah=0,
            in_rupiah=cash,
            out_rupiah=0,
            closing_rupiah=cash,
        )
        body = box.model_dump_json().encode()
        status = b"200 OK" if self.cash is not None else b"503 Service Unavailable"
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\nConnection: close\r\n")
        writer.write(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()


class FieldStage(Stage):
    """The stage with short words for what happens in the field."""

    book: CashBook

    async def ask(self, member_id: UUID, who: dict[str, str] | None = None, **changes: Any) -> httpx.Response:
        """Ask for a pick-up; by the member unless somebody else is named."""
        return await self.post("/v1/pickups", asking(**changes), who or self.as_member(member_id))

    async def booked(self, member_id: UUID, **changes: Any) -> dict[str, Any]:
        answer = await self.ask(member_id, **changes)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def offer_missed(self, grace_hours: float = 6) -> int:
        """What the background loop does at one turn."""
        before = wib.day(self.clock.now() - timedelta(hours=grace_hours))
        database, moved = self.service.database, 0
        async with database.reading() as tx:
            banks = await banks_that_missed(tx, before)
        for bank in banks:
            async with database.transaction() as tx:
                moved += await offer_missed_again(tx, before, self.rollout.current, bank, self.clock.now())
        return moved

    async def audited(self, subject_id: str) -> list[dict[str, Any]]:
        answer = await self.get("/v1/audit", self.as_programme, subject_id=subject_id)
        assert answer.status_code == 200, answer.text
        lines: list[dict[str, Any]] = answer.json()["lines"]
        return lines

    async def everything_stored(self) -> str:
        """Every column of every table as text, for finding what should not be there."""
        async with self.service.database.reading() as tx:
            tables = await tx.fetch("select tablename from pg_tables where schemaname = 'public'")
            rows = [await tx.fetch(f"select t::text from {name} t") for (name,) in tables]
        return "\n".join(row[0] for table in rows for row in table)


@asynccontextmanager
async def field_stage(database_url: str, path: Path, **changes: Any) -> AsyncIterator[FieldStage]:
    """The service with its door open, a cash book beside it, in a regency where waste is fetched."""
    write_field_rollout(path, **changes)
    clock, mint, book = MovableClock(), TokenMint(), CashBook()
    service, rollout = build(database_url, path, clock, mint, PAYOUT_URL=await book.open())
    application = service.application(frozenset({"door"}))
    await service.database.open()
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://deposit") as door:
        stage = FieldStage(service, door, mint, clock, rollout, path)
        stage.book = book
        yield stage
    await service.database.close()
    await book.close()


def asking(**changes: Any) -> dict[str, Any]:
    """A request for a pick-up as a phone sends it."""
    return {
        "pickup_id": str(uuid7()),
        "waste_bank_id": BANK,
        "estimated_grams": 8_000,
        "place": PLACE,
    } | changes
