"""What was set aside is seen and tried again by the programme of a regency, and nothing of it names anybody."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from aiokafka import ConsumerRecord

from shared.contracts import MemberRegistered
from shared.kernel.roles import Role
from shared.runtime.audit import audit_router
from shared.runtime.database import Tx
from shared.runtime.dead_letter_door import dead_letter_router
from shared.runtime.health import Health
from shared.runtime.hearing import UnacceptableEventError
from shared.runtime.http import create_door
from shared.runtime.tables import create_audit_table
from tests.builders import TokenMint
from tests.services.runtime.stage import TOPIC, Stage, note, registered, sound

NAME = "Canary Simanullang"
REASON = {"reason": "Sudah diperbaiki"}


def record_of(event: MemberRegistered, offset: int, value: bytes | None = None) -> ConsumerRecord:
    """As it comes out of Kafka; with other bytes in it if some are given."""
    said = sound(event)
    value = value or said.value
    size = len(value or b"")
    return ConsumerRecord(TOPIC, 0, offset, 0, 0, b"key", value, None, 3, size, said.headers)


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 11, 22, tzinfo=UTC)


class Mood:
    """What the handler does with an event: obeys it, contradicts it, or breaks over it."""

    wrong: Exception | None = None

    async def hear(self, tx: Tx, events: list[MemberRegistered]) -> None:
        if self.wrong is not None:
            raise self.wrong
        await note(tx, events)


class Office:
    """The small service with its door for dead letters open."""

    def __init__(self, stage: Stage, mood: Mood, mint: TokenMint, door: httpx.AsyncClient) -> None:
        self.stage, self.mood, self.mint, self.door = stage, mood, mint, door
        self.programme = mint.header(Role.PROGRAMME)

    async def hear(self, *records: ConsumerRecord) -> None:
        await self.stage.hearer().hear(list(records))

    async def letters(self, **query: Any) -> dict[str, Any]:
        answer = await self.door.get("/v1/dead-letters", params=query, headers=self.programme)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def replay(self, letter_id: Any, who: dict[str, str] | None = None) -> httpx.Response:
        path = f"/v1/dead-letters/{letter_id}:replay"
        return await self.door.post(path, json=REASON, headers=who or self.programme)


class Statements:
    """Collects what a migration would run."""

    def __init__(self, found: list[str]) -> None:
        self._found = found

    def execute(self, sqltext: str, /) -> None:
        self._found.append(sqltext)


@pytest.fixture
async def office(stage: Stage) -> AsyncIterator[Office]:
    """Its database has the audit's table too."""
    mood, mint = Mood(), TokenMint()
    stage.handlers = {MemberRegistered: mood.hear}
    statements: list[str] = []
    create_audit_table(Statements(statements))
    async with stage.database.connection() as held:
        for statement in statements:
            await held.execute(statement)
    door = create_door(
        "stage",
        "stage",
        routers=[
            audit_router(stage.database),
            dead_letter_router("stage", stage.hearing, stage.database, Clock()),
        ],
        tokens=mint.tokens,
        health=Health(stage.database),
    )
    transport = httpx.ASGITransport(door, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://stage") as client:
        yield Office(stage, mood, mint, client)


async def test_what_was_refused_is_seen_and_takes_effect_once_it_is_mended(office: Office) -> None:
    event = registered()
    office.mood.wrong = UnacceptableEventError("contradicts what is known")
    await office.hear(record_of(event, 1))
    (letter,) = (await office.letters())["dead_letters"]
    assert letter.pop("heard_at")
    letter_id = letter.pop("id")
    assert letter == {
        "topic": TOPIC,
        "kind": "refused",
        "type": MemberRegistered.TYPE,
        "subject_id": str(event.member_id),
        "error": "contradicts what is known",
        "replayed_at": None,
    }
    still = await office.replay(letter_id)
    assert (still.status_code, still.json()["code"]) == (409, "dead_letter_still_refused")
    assert await office.stage.value("select count(*) from audit") == 0
    office.mood.wrong = None
    for _ in range(2):
        done = await office.replay(letter_id)
        assert (done.status_code, done.json()["replayed_at"] is not None) == (200, True)
    assert await office.stage.value("select times from heard") == 1
    assert (await office.letters())["dead_letters"] == []
    audit = await office.door.get(
        "/v1/audit", params={"subject_id": str(letter_id)}, headers=office.programme
    )
    (line,) = audit.json()["lines"]
    assert (line["action"], line["reason"], line["actor_role"]) == (
        "dead_letter_replayed",
        "Sudah diperbaiki",
        "programme",
    )


async def test_nothing_that_stood_in_a_record_is_shown(office: Office) -> None:
    office.mood.wrong = ValueError(f"cannot read {NAME}")
    await office.hear(record_of(registered(), 1))
    for offset, payload in enumerate((f'{{"name": "{NAME}"}}', f'["{NAME}"]', NAME, "[" * 10_000), start=2):
        await office.hear(record_of(registered(), offset, payload.encode()))
    page = await office.door.get("/v1/dead-letters", headers=office.programme)
    assert NAME not in page.text
    letters = page.json()["dead_letters"]
    assert [each["kind"] for each in letters] == ["failed", *["payload"] * 4]
    assert letters[0]["error"] == "ValueError"
    assert [each["subject_id"] for each in letters[1:]] == [None] * 4


async def test_they_come_page_by_page_the_oldest_first(office: Office) -> None:
    office.mood.wrong = UnacceptableEventError("no")
    for offset in range(5):
        await office.hear(record_of(registered(), offset))
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await office.letters(limit=2, cursor=cursor)
        seen += [each["id"] for each in page["dead_letters"]]
        cursor = page["next_cursor"]
    assert seen == sorted(seen)
    assert len(seen) == 5


async def test_only_the_programme_of_a_whole_regency(office: Office) -> None:
    office.mood.wrong = UnacceptableEventError("no")
    await office.hear(record_of(registered(), 1))
    letter_id = (await office.letters())["dead_letters"][0]["id"]
    small = office.mint.header(Role.PROGRAMME, subdistrict_codes=("12.07.28",), regency_codes=())
    for who, code in (
        (small, "not_your_area"),
        (office.mint.header(Role.OPERATOR, waste_bank_ids=["lubuk-pakam-induk"]), "not_allowed"),
        (office.mint.header(Role.OFFICE), "not_allowed"),
        (office.mint.header(Role.MEMBER), "not_allowed"),
        (office.mint.header(Role.SERVICE), "not_allowed"),
    ):
        listed = await office.door.get("/v1/dead-letters", headers=who)
        tried = await office.replay(letter_id, who)
        assert (listed.status_code, listed.json()["code"]) == (403, code)
        assert (tried.status_code, tried.json()["code"]) == (403, code)
    assert (await office.door.get("/v1/dead-letters")).status_code == 401


async def test_wrong_requests_are_refused_in_words(office: Office) -> None:
    unknown = await office.replay(77)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "dead_letter_unknown")
    for wrong in ("bukan", 0, -1, 2**63):
        assert (await office.replay(wrong)).status_code == 422
    for body in ({}, {"reason": ""}, {"reason": "x", "more": 1}, {"reason": "a\x00b"}):
        answer = await office.door.post("/v1/dead-letters/77:replay", json=body, headers=office.programme)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    for query in ({"cursor": -1}, {"limit": 0}, {"limit": 201}, {"cursor": "x"}):
        answer = await office.door.get("/v1/dead-letters", params=query, headers=office.programme)
        assert answer.status_code == 422
