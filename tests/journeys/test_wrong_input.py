"""Whatever is asked wrongly, at every door: no 5xx, a clear sentence in the reader's language, nothing changed.

The requests are generated from the OpenAPI page that each running service shows.
"""

import asyncio
import csv
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from deploy.local.settings import REPOSITORY
from shared.kernel.roles import Role
from shared.runtime.problem_catalogue import CATALOGUE
from tests.demo.doors import Door
from tests.demo.staff import read_people, sign_in
from tests.journeys.conftest import Lived
from tests.journeys.wrong_requests import Operation, Request, operations, plain_request, wrong_requests
from tests.verify.hearers import hearers
from tests.verify.places import SERVICES, Places
from tests.verify.quiet import wait_for_quiet

MATRIX = REPOSITORY / "docs" / "api" / "roles.csv"
ANYONE = "anyone"
TOO_LARGE_BYTES = 5_000_000
AT_ONCE = 4
# Sums of what stands elsewhere, made by a loop of the service's own from time to time.
SUMMED_UP = frozenset(
    {"deposit.stock_day", "adoption.figure", "adoption.figure_delta", "adoption.participation"}
)
UNKNOWN, UNKNOWN_INSIDE = "unknown id", "unknown ids in the body"

# Where an unknown id is no mistake, with the reason. Everything else has to refuse one.
UNKNOWN_IS_FINE: Mapping[str, str] = {
    "deposit POST /v1/deposits/{deposit_id}:void": "a void may come before its deposit and waits for it",
    "deposit POST /v1/deposits/{deposit_id}:correct": "so may a correction",
    "valuation PUT /v1/price-list-drafts/{price_list_id}": "the programme makes the id of its draft",
    "deposit POST /v1/deposits:batch": "an unknown member or waste bank is set aside, never refused",
    "deposit POST /v1/deposits": "the same for one",
    "wallet GET /v1/members/{member_id}/balance": "who never deposited has nothing: zero is the answer",
    "wallet GET /v1/members/{member_id}/statement": "the same: an empty statement",
    "wallet GET /v1/members/{member_id}/own-data": "the same: nothing is kept of them; that staff looked is noted",
    "identity POST /v1/tokens:sign-out": "who is not signed in is signed out; more would help whoever guesses",
}


@dataclass
class Asker:
    """Asks one service in every role, and remembers every answer that is not as it should be."""

    service: str
    client: httpx.AsyncClient
    tokens: Mapping[str, str]
    roles: Mapping[tuple[str, str, str], frozenset[str]]
    wrong: list[str]
    asked: int = 0

    def roles_of(self, operation: Operation) -> frozenset[str]:
        """Who may use the operation, as docs/api/roles.csv has it."""
        return self.roles[self.service, operation.method.upper(), operation.path]

    def right_role(self, operation: Operation) -> str | None:
        """A role that may enter, or None where anybody may."""
        allowed = self.roles_of(operation)
        return None if ANYONE in allowed else max(allowed & self.tokens.keys())

    async def ask(self, request: Request, role: str | None, language: str = "id") -> httpx.Response:
        """Make the request in a role, or without a token."""
        headers = {**request.headers, "Accept-Language": language}
        if role is not None:
            headers["Authorization"] = f"Bearer {self.tokens[role]}"
        content = None
        if request.body is not None:
            headers["Content-Type"] = "application/json"
            content = request.body if isinstance(request.body, bytes) else json.dumps(request.body).encode()
        self.asked += 1
        return await self.client.request(
            request.operation.method.upper(),
            request.path,
            params=dict(request.query),
            headers=headers,
            content=content,
        )

    def complain(self, request: Request, answer: httpx.Response, why: str) -> None:
        """Note what is wrong with an answer."""
        self.wrong.append(
            f"{request.operation.name}, {request.wrong}: {why} ({answer.status_code} {answer.text[:200]})"
        )

    def expect_refusal(
        self, request: Request, answer: httpx.Response, language: str, status: int | None = None
    ) -> None:
        """A refusal is 4xx, problem+json, has a code of the catalogue and its sentence in that language."""
        if not 400 <= answer.status_code < 500 or status not in {None, answer.status_code}:
            self.complain(request, answer, f"not refused as {status or '4xx'}")
            return
        if answer.headers.get("content-type") != "application/problem+json":
            self.complain(request, answer, "not problem+json")
            return
        problem = answer.json()
        entry = CATALOGUE.get(problem.get("code"))
        if entry is None or entry.status != answer.status_code:
            self.complain(request, answer, "the code is not in the catalogue with that status")
            return
        sentence = entry.english if language == "en" else entry.indonesian
        if not problem["detail"].startswith(sentence.partition("{")[0]):
            self.complain(request, answer, f"the sentence is not the catalogue's in {language}")


@pytest.mark.parametrize("service", SERVICES)
def test_wrong_requests_are_refused_in_words_and_change_nothing(lived: Lived, service: str) -> None:
    async def run() -> list[str]:
        async with _asker(lived, service) as asker:
            before = await _rows(lived)
            await _ask_everything(asker)
            after = await _rows(lived)
            assert asker.asked > 5
            return asker.wrong + [
                f"{table}: {before[table]} rows became {after[table]}" for table in _differ(before, after)
            ]

    wrong = asyncio.run(run())
    assert not wrong, "\n".join([f"{len(wrong)} defects", *wrong[:40]])


async def _ask_everything(asker: Asker) -> None:
    page = (await asker.client.get("/openapi.json")).json()
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(operation: Operation) -> None:
        async with turn:
            await _ask_wrongly(asker, operation)
            await _ask_in_wrong_role(asker, operation)

    await asyncio.gather(
        *(one(each) for each in operations(asker.service, page) if "/healthz/" not in each.path)
    )


async def _ask_wrongly(asker: Asker, operation: Operation) -> None:
    role = asker.right_role(operation)
    requests = list(wrong_requests(operation))
    if operation.body_schema() is not None:
        requests.append(
            plain_request(operation, "body too large", body=b'{"a":"' + b"x" * TOO_LARGE_BYTES + b'"}')
        )
        requests.append(plain_request(operation, "body cut off", body=b'{"a": [1,'))
        requests.append(plain_request(operation, "body not UTF-8", body=b'{"a": "\xff\xfe"}'))
        requests.append(plain_request(operation, UNKNOWN_INSIDE))
    elif operation.method == "post":
        requests.append(
            plain_request(operation, "a body that nobody signed", body=b'{"data": {"status": "Sukses"}}')
        )
    for number, request in enumerate(requests):
        if request.wrong in {UNKNOWN, UNKNOWN_INSIDE} and operation.name in UNKNOWN_IS_FINE:
            continue
        answer = await asker.ask(request, role)
        if answer.status_code == 200 and operation.path.endswith((":batch", ":carried")):
            _expect_each_refused(asker, request, answer)
        else:
            asker.expect_refusal(request, answer, "id")
        if number % 5 == 0 and answer.status_code != 200:
            asker.expect_refusal(request, await asker.ask(request, role, "en"), "en")


def _expect_each_refused(asker: Asker, request: Request, answer: httpx.Response) -> None:
    """A batch answers for each of its records: one that is wrong is told so, and never blocks the rest."""
    for each in answer.json()["results"]:
        entry = CATALOGUE.get(each["code"] or "")
        if (
            each["status"] != "refused"
            or entry is None
            or not each["detail"].startswith(entry.indonesian[:20])
        ):
            asker.complain(request, answer, "a wrong record of a batch is not told so")


async def _ask_in_wrong_role(asker: Asker, operation: Operation) -> None:
    allowed = asker.roles_of(operation)
    if ANYONE in allowed:
        return
    nobody = plain_request(operation, "no token")
    asker.expect_refusal(nobody, await asker.ask(nobody, None), "id", 401)
    forged = plain_request(operation, "forged token", headers={"Authorization": "Bearer ini.bukan.token"})
    asker.expect_refusal(forged, await asker.ask(forged, None), "id", 401)
    for role in sorted(asker.tokens.keys() - allowed):
        request = plain_request(operation, f"as {role}")
        for language in ("id", "en"):
            asker.expect_refusal(request, await asker.ask(request, role, language), language, 403)


def test_unknown_paths_and_methods_are_told_so(lived: Lived) -> None:
    async def run() -> list[str]:
        wrong = []
        for service, address in Places.of(lived.ready).doors.items():
            if service not in SERVICES:
                continue
            async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
                for method, path, status in (("GET", "/v1/tidak-ada", 404), ("PATCH", "/healthz/live", 405)):
                    answer = await client.request(method, path)
                    words = answer.json().get("detail", "")
                    if answer.status_code != status or "Tidak ada yang berubah" not in words:
                        wrong.append(f"{service} {method} {path}: {answer.status_code} {answer.text[:100]}")
        return wrong

    assert asyncio.run(run()) == []


def test_the_stand_in_biller_never_breaks(lived: Lived) -> None:
    """It answers in its own dialect; what is wrong is said in it, never by a 5xx."""

    async def run() -> list[str]:
        async with httpx.AsyncClient(
            base_url=Places.of(lived.ready).doors["sandbox"], trust_env=False
        ) as client:
            page = (await client.get("/openapi.json")).json()
            wrong = []
            for operation in operations("sandbox", page):
                if not operation.path.startswith("/v1/"):
                    continue
                for body in (
                    None,
                    b"",
                    b"[]",
                    b'{"sign": 5}',
                    b'{"username": "timbang", "sign": "x"}',
                    b"\xff",
                ):
                    answer = await client.request(operation.method, operation.path, content=body)
                    if answer.status_code >= 500:
                        wrong.append(f"{operation.name} {body!r}: {answer.status_code}")
            return wrong

    assert asyncio.run(run()) == []


@asynccontextmanager
async def _asker(lived: Lived, service: str) -> AsyncIterator[Asker]:
    places = Places.of(lived.ready)
    tokens = _TOKENS.get(lived.ready) or await _tokens(lived, places)
    _TOKENS[lived.ready] = tokens
    with MATRIX.open(encoding="utf-8") as file:
        roles = {
            (line["service"], line["method"], line["path"]): frozenset(line["roles"].split())
            for line in csv.DictReader(file)
        }
    async with httpx.AsyncClient(base_url=places.doors[service], timeout=30, trust_env=False) as client:
        yield Asker(service, client, tokens, roles, [])


_TOKENS: dict[Path, dict[str, str]] = {}
"""Signing in is slow on purpose, and a token lasts ten minutes: every service is asked with the same ones."""


async def _tokens(lived: Lived, places: Places) -> dict[str, str]:
    """A token of each role that a person can have, from the seed."""
    facts: dict[str, Any] = json.loads(lived.ready.read_text(encoding="utf-8"))
    people = read_people(REPOSITORY / facts["people_file"])
    async with Door(places.doors["identity"]) as identity:
        return {
            role.value: await sign_in(identity, people[role.value][0].code, people[role.value][0].pin)
            for role in Role
            if role is not Role.SERVICE
        }


async def _rows(lived: Lived) -> dict[str, int]:
    """How many rows each table of each service has once nothing moves; what a relay has sent counts as one with it."""
    places = Places.of(lived.ready)
    await wait_for_quiet(places, hearers(), 30)
    counts: dict[str, int] = {}
    for service, url in places.databases.items():
        connection = await asyncpg.connect(url)
        try:
            tables = await connection.fetch(
                "select table_schema, table_name from information_schema.tables "
                "where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')"
            )
            for schema, name in tables:
                counts[f"{service}.{name}"] = await connection.fetchval(
                    f'select count(*) from "{schema}"."{name}"'
                )
        finally:
            await connection.close()
    return counts


def _differ(before: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    return [table for table in before if before[table] != after[table] and table not in SUMMED_UP]
