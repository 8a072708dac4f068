"""Members who were enrolled before cards and cursors existed are told to tablets, and can be enrolled again safely."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from services.identity.domain.codes import member_code
from shared.kernel.ids import uuid7
from shared.runtime.sealing import Sealer
from tests.services.identity.people_stage import MAIN, PAKAM, SECRET, People, new_member

MIGRATIONS = Path(__file__).parents[3] / "services" / "identity" / "migrations"


class Statements:
    """Stands where Alembic's `op` stands and keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def execute(self, sqltext: str) -> None:
        self.said.append(sqltext)


def statements(revision: str) -> list[str]:
    (path,) = MIGRATIONS.glob(f"{revision}_*.py")
    spec = importlib.util.spec_from_file_location(f"migration_{revision}", path)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.op = Statements()
    module.upgrade()
    said: list[str] = module.op.said
    return said


@pytest.fixture
async def old_member(people: People) -> dict[str, Any]:
    """The database is made anew as the first migration left it, with one member in it, and then brought up to date."""
    body = new_member(member_id=str(uuid7()), phone="+6281200009876", address=None, village=None)
    sealer = Sealer([SECRET], "identity")
    await people.rows("drop schema public cascade")
    await people.rows("create schema public")
    for statement in statements("0001"):
        await people.rows(statement)
    await people.rows(
        """
        insert into member (id, code, kind, waste_bank_id, subdistrict_code, enrolled_at, enrolled_by, name_sealed,
                            phone_sealed, phone_index, registered_at)
        values ($1, $2, 'person', $3, $4, $5::text::timestamptz, $6, $7, $8, $9, now())
        """,
        body["member_id"],
        member_code(uuid7()),
        MAIN,
        PAKAM,
        body["enrolled_at"],
        uuid7(),
        sealer.seal(body["name"], f"member|{body['member_id']}|name"),
        sealer.seal(body["phone"], f"member|{body['member_id']}|phone"),
        sealer.blind_index(body["phone"]),
    )
    for revision in ("0002", "0003"):
        for statement in statements(revision):
            await people.rows(statement)
    return body


async def test_a_member_of_the_first_days_is_known_like_any_other(
    people: People, old_member: dict[str, Any]
) -> None:
    answer = await people.get("members:changes", people.operator(), waste_bank_id=MAIN)
    assert [each["member_id"] for each in answer.json()["changed"]] == [old_member["member_id"]]
    again = await people.post("members", people.operator(), **old_member)
    assert (again.status_code, again.json()["repeated"]) == (200, True)
    other = await people.post("members", people.operator(), **{**old_member, "name": "Somebody Else"})
    assert other.json()["code"] == "member_conflict"
    path = f"members/{old_member['member_id']}"
    assert (await people.post(f"{path}:issue-card", people.operator())).status_code == 201
    changed = await people.post(f"{path}:change", people.operator(), name="Lain", reason="r")
    assert changed.json()["name"] == "Lain"
    again = await people.post("members", people.operator(), **old_member)
    assert (again.status_code, again.json()["repeated"]) == (200, True)
