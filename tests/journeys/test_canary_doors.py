"""Who was erased is readable through no door any more, whoever asks; before, through the own record alone."""

import asyncio
import json
from typing import Any

import asyncpg
import httpx

from deploy.docs.roles import ANYONE
from deploy.local.settings import REPOSITORY
from shared.kernel.roles import Role
from tests.demo.cast import MAIN_BANK
from tests.demo.doors import Door
from tests.demo.staff import read_people, sign_in
from tests.journeys.conftest import Lived
from tests.journeys.test_wrong_input import MATRIX
from tests.journeys.wrong_requests import Operation, operations, sample
from tests.verify.canary import found_in
from tests.verify.places import SERVICES, Places

STAFF = (Role.OPERATOR, Role.PROGRAMME, Role.OFFICE)
# Which record of the erased member a path or a query means, and where its id is found.
RECORDS = {
    "deposit_id": ("deposit", "select deposit_id from deposit where member_id = $1 limit 1"),
    "pickup_id": ("deposit", "select pickup_id from pickup where member_id = $1 limit 1"),
    "dispute_id": ("deposit", "select dispute_id from dispute where member_id = $1 limit 1"),
    "redemption_id": ("payout", "select redemption_id from redemption where member_id = $1 limit 1"),
}


async def _known(places: Places) -> dict[str, str]:
    identity = await asyncpg.connect(places.databases["identity"])
    erased = await identity.fetchval(
        "select id from member where erased_at is not null order by erased_at desc limit 1"
    )
    await identity.close()
    assert erased is not None, "the demo erases somebody"
    known = {"member_id": str(erased), "subject_id": str(erased), "waste_bank_id": MAIN_BANK}
    for name, (service, query) in RECORDS.items():
        connection = await asyncpg.connect(places.databases[service])
        found = await connection.fetchval(query, erased)
        await connection.close()
        if found is not None:
            known[name] = str(found)
    assert known.keys() >= RECORDS.keys(), "the demo leaves traces of every kind"
    return known


async def _tokens(lived: Lived, places: Places) -> dict[str, str]:
    facts: dict[str, Any] = json.loads(lived.ready.read_text(encoding="utf-8"))
    people = read_people(REPOSITORY / facts["people_file"])
    async with Door(places.doors["identity"]) as identity:
        return {
            role.value: await sign_in(identity, people[role.value][0].code, people[role.value][0].pin)
            for role in STAFF
        }


def _request(operation: Operation, known: dict[str, str]) -> tuple[str, dict[str, str]]:
    path = operation.path
    for each in operation.parameters("path"):
        value = known.get(each["name"]) or sample(each["schema"], operation.page)
        path = path.replace("{" + each["name"] + "}", str(value))
    query = {
        each["name"]: known.get(each["name"]) or str(sample(each["schema"], operation.page))
        for each in operation.parameters("query")
        if each.get("required") or each["name"] in {"member_id", "waste_bank_id"}
    }
    return path, query


def test_who_was_erased_is_read_through_no_door(lived: Lived) -> None:
    async def run() -> tuple[int, list[str]]:
        places = Places.of(lived.ready)
        known, tokens = await _known(places), await _tokens(lived, places)
        roles = {
            tuple(line.split(",")[:3]): set(line.split(",")[3].split())
            for line in MATRIX.read_text(encoding="utf-8").splitlines()[1:]
        }
        asked, leaks = 0, []
        for service in SERVICES:
            async with httpx.AsyncClient(
                base_url=places.doors[service], timeout=30, trust_env=False
            ) as client:
                page = (await client.get("/openapi.json")).json()
                for operation in operations(service, page):
                    allowed = roles[service, operation.method.upper(), operation.path]
                    if operation.method != "get":
                        continue
                    path, query = _request(operation, known)
                    for role in (None,) if ANYONE in allowed else sorted(allowed & tokens.keys()):
                        header = {"Authorization": f"Bearer {tokens[role]}"} if role else {}
                        answer = await client.get(path, params=query, headers=header)
                        asked += 1
                        assert answer.status_code < 500, f"{operation.name}: {answer.text}"
                        leaks += [f"{operation.name} as {role}: {what}" for what in found_in(answer.content)]
        return asked, leaks

    asked, leaks = asyncio.run(run())
    assert asked > 40
    assert leaks == []
