"""Who did what is written down in a chain that nobody changes unseen, and is read within the reader's area only."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.audit import NOBODY, Act, audit_router, note
from shared.runtime.database import Database
from shared.runtime.health import Health
from shared.runtime.http import create_door
from tests.builders import TokenMint
from tests.verify.audit import check_audits, fetch_trails
from tests.verify.findings import Finding

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
HERE, ELSEWHERE = "12.07.28", "12.08.01"
OPEN_THE_SAFE = (
    "alter table audit disable trigger audit_never_changes",
    "grant update, delete, truncate on audit to current_user",
)


def act(number: int, **changes: Any) -> Act:
    fields = {
        "action": "price_changed",
        "subject_kind": "price_list",
        "subject_id": f"subject-{number % 2}",
        "actor_id": uuid7(),
        "actor_role": Role.PROGRAMME.value,
        "subdistrict_code": HERE,
        "before": {"price_rupiah": 1000 + number, "nested": {"b": [1, None, True], "a": "é"}},
        "after": {"price_rupiah": 2000 + number},
        "reason": f"reason {number}",
    }
    return Act(**{**fields, **changes})


@pytest.fixture
async def database(fresh_database: Callable[[str], str]) -> AsyncIterator[Database]:
    opened = Database(fresh_database("audited"), application="stage")
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def written(database: Database) -> Database:
    """Six entries in three transactions."""
    for hour in range(3):
        async with database.transaction() as tx:
            await note(tx, [act(2 * hour), act(2 * hour + 1)], NOW + timedelta(hours=hour))
    return database


async def look(database: Database, heads: Path | None = None) -> Finding:
    connection = await asyncpg.connect(database.url)
    try:
        return check_audits(await fetch_trails({"stage": connection}), heads)
    finally:
        await connection.close()


async def tamper(database: Database, *statements: str) -> None:
    async with database.transaction() as tx:
        for statement in (*OPEN_THE_SAFE, *statements):
            await tx.execute(statement)


async def test_a_trail_that_nobody_touched_is_whole(written: Database) -> None:
    finding = await look(written)
    assert finding.holds, finding.examples
    assert finding.compared == "6 entries of 1 services"


async def test_acts_are_written_only_if_the_transaction_commits(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as tx:
            await note(tx, [act(1)], NOW)
            raise ZeroDivisionError
    async with database.reading() as tx:
        assert await tx.fetchval("select count(*) from audit") == 0


@pytest.mark.parametrize(
    "statement",
    ["update audit set why = 'x'", "delete from audit where seq = 1", "truncate audit"],
)
async def test_the_table_refuses_every_change(written: Database, statement: str) -> None:
    with pytest.raises(asyncpg.PostgresError):
        async with written.transaction() as tx:
            await tx.execute(statement)
    # Even where the rights are taken back, the trigger refuses in words.
    with pytest.raises(asyncpg.RestrictViolationError, match="never changes"):
        async with written.transaction() as tx:
            await tx.execute("grant update, delete, truncate on audit to current_user")
            await tx.execute(statement)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("update audit set why = 'because' where seq = 3", "entry 3 of the audit was altered"),
        ("update audit set at = at + interval '1 second' where seq = 6", "entry 6 of the audit was altered"),
        (
            "update audit set after = '{\"price_rupiah\": 1}' where seq = 2",
            "entry 2 of the audit was altered",
        ),
        ("update audit set actor_id = null where seq = 1", "entry 1 of the audit was altered"),
        ("update audit set hash = sha256('x') where seq = 4", "entry 4 of the audit was altered"),
        ("delete from audit where seq = 3", "entries 3 to 3 of the audit are gone"),
        ("delete from audit where seq = 1", "entries 1 to 1 of the audit are gone"),
    ],
)
async def test_a_planted_alteration_or_deletion_is_named(
    written: Database, statement: str, words: str
) -> None:
    await tamper(written, statement)
    finding = await look(written)
    assert not finding.holds
    assert any(words in example for example in finding.examples), finding.examples


async def test_an_end_that_was_cut_off_is_named_because_it_was_seen_before(
    written: Database, tmp_path: Path
) -> None:
    heads = tmp_path / "heads.json"
    assert (await look(written, heads)).holds
    await tamper(written, "delete from audit where seq > 4")
    assert (await look(written)).holds, "the chain alone cannot tell"
    finding = await look(written, heads)
    assert finding.examples == ("stage: the audit ended with entry 6 before, now with 4",)
    # Nor does writing it anew help.
    async with written.transaction() as tx:
        await note(tx, [act(7), act(8)], NOW)
    finding = await look(written, heads)
    assert finding.examples == ("stage: entry 6 of the audit is another one than was seen before",)


async def test_what_was_added_since_is_no_difference(written: Database, tmp_path: Path) -> None:
    heads = tmp_path / "heads.json"
    assert (await look(written, heads)).holds
    async with written.transaction() as tx:
        await note(tx, [act(9, actor_id=None, actor_role=NOBODY, before=None, after=None, reason=None)], NOW)
    assert (await look(written, heads)).holds


async def test_staff_read_a_subject_within_their_area(written: Database) -> None:
    async with written.transaction() as tx:
        await note(tx, [act(0, subdistrict_code=ELSEWHERE), act(0, subdistrict_code=None)], NOW)
    mint = TokenMint()
    door = create_door(
        "audit", "stage", routers=[audit_router(written)], tokens=mint.tokens, health=Health(written)
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://stage") as client:

        async def seen(role: Role, **area: Any) -> list[str | None]:
            answer = await client.get(
                "/v1/audit", params={"subject_id": "subject-0"}, headers=mint.header(role, **area)
            )
            assert answer.status_code == 200, answer.text
            return [line["subdistrict_code"] for line in answer.json()["lines"]]

        whole = {"regency_codes": ("12.07",)}
        assert await seen(Role.PROGRAMME, **whole) == [None, HERE, HERE, HERE]
        only = {"regency_codes": (), "subdistrict_codes": (HERE,)}
        assert await seen(Role.PROGRAMME, **only) == [HERE, HERE, HERE]
        assert await seen(Role.PROGRAMME, regency_codes=("12.08",)) == [None, ELSEWHERE]
        assert await seen(Role.PROGRAMME, regency_codes=()) == []
        for role in (Role.OPERATOR, Role.OFFICE, Role.MEMBER):
            refused = await client.get(
                "/v1/audit", params={"subject_id": "subject-0"}, headers=mint.header(role)
            )
            assert refused.json()["code"] == "not_allowed"
