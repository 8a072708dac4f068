"""The door that every service has: size, language, traces, headers, who may enter, and a 500 that says something."""

import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
import structlog
from fastapi import APIRouter, Depends, FastAPI
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey
from pydantic import BaseModel

from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.access import allow, anyone
from shared.runtime.database import DatabaseUnavailableError
from shared.runtime.health import Health
from shared.runtime.http import Words, create_door
from shared.runtime.tokens import AUDIENCE, Caller, Tokens

KEY = OKPKey.generate_key("Ed25519", {"kid": "one"}, private=True)
OTHER_KEY = OKPKey.generate_key("Ed25519", {"kid": "two"}, private=True)
SUBJECT = uuid7()
UNSIGNED = b'{"alg":"none"}'


class Said(BaseModel):
    words: Words


def token(key: OKPKey = KEY, **changed: Any) -> str:
    claims = {
        "iss": "timbang",
        "aud": AUDIENCE,
        "sub": str(SUBJECT),
        "role": "operator",
        "exp": int(time.time()) + 60,
        "waste_bank_ids": ["lubuk-pakam-induk"],
    } | changed
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": "Ed25519", "kid": key.kid}, kept, key, algorithms=["Ed25519"])


def routes() -> APIRouter:
    router = APIRouter(prefix="/v1")

    @router.post("/words", dependencies=[Depends(anyone)])
    async def say_words(body: Said) -> str:
        return body.words

    @router.get("/who")
    async def who(caller: Annotated[Caller, Depends(allow(Role.OPERATOR))]) -> UUID:
        return caller.subject

    @router.get("/defect", dependencies=[Depends(anyone)])
    async def defect() -> None:
        raise ZeroDivisionError("Siti Aminah")

    @router.get("/away", dependencies=[Depends(anyone)])
    async def away() -> None:
        raise DatabaseUnavailableError("no connection")

    @router.get("/away/{number}", dependencies=[Depends(anyone)])
    async def away_with(number: str) -> None:
        raise DatabaseUnavailableError(f"no connection for {len(number)} digits")

    return router


def door(keys: KeySet | None = None) -> FastAPI:
    async def fetch() -> dict[str, Any]:
        if keys is None:
            raise OSError("identity is away")
        return dict(keys.as_dict(private=False))

    return create_door(
        "Test",
        "test",
        routers=[routes()],
        tokens=Tokens(fetch, "timbang"),
        health=Health(None),
        request_bytes_max=1_000,
    )


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(door(KeySet([KEY])), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as made:
        yield made


async def test_what_stands_in_an_address_is_neither_logged_nor_counted(client: httpx.AsyncClient) -> None:
    number = "123456789012"
    with structlog.testing.capture_logs() as lines:
        assert (await client.get(f"/v1/away/{number}")).status_code == 503
    assert [(line["event"], line["route"]) for line in lines] == [("door_unavailable", "/v1/away/{number}")]
    counted = (await client.get("/metrics")).text
    assert 'route="/v1/away/{number}"' in counted
    assert number not in counted


async def test_every_answer_is_closed_to_caches_and_carries_its_trace(client: httpx.AsyncClient) -> None:
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    for path in ("/healthz/live", "/v1/nowhere", "/v1/defect", "/metrics"):
        answer = await client.get(path, headers={"traceparent": trace})
        assert answer.headers["traceparent"] == trace
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
    odd = await client.get("/healthz/live", headers={"traceparent": "00-zz"})
    assert odd.headers["traceparent"] != "00-zz"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nowhere", 404, "not_found"),
        ("DELETE", "/v1/words", 405, "method_not_allowed"),
        ("GET", "/v1/away", 503, "try_again"),
        ("GET", "/v1/defect", 500, "unexpected"),
        ("GET", "/v1/who", 401, "sign_in_needed"),
        ("POST", "/v1/words", 422, "invalid_request"),
    ],
)
async def test_every_refusal_is_a_problem(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_defect_tells_a_number_and_nothing_else(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/defect", headers={"accept-language": "en"})
    assert "Siti" not in answer.text
    assert answer.json()["parameters"]["trace_id"] in answer.headers["traceparent"]


async def test_a_busy_service_says_when_to_come_back(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/away")).headers["retry-after"] == "2"


async def test_a_wrong_field_is_named_and_its_value_is_not_repeated(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/words", json={"words": ["0812 3456"]})
    assert answer.json()["errors"][0]["field"] == "body.words"
    assert "0812" not in answer.text


@pytest.mark.parametrize("words", ["", "   ", "a\x00b", "x" * 501])
async def test_words_that_no_database_should_keep_are_refused(client: httpx.AsyncClient, words: str) -> None:
    assert (await client.post("/v1/words", json={"words": words})).status_code == 422


async def test_a_large_request_is_refused_whatever_its_length_says(client: httpx.AsyncClient) -> None:
    large = b'{"words": "' + b"x" * 2_000 + b'"}'

    async def in_parts() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 100):
            yield large[start : start + 100]

    for content in (large, in_parts()):
        answer = await client.post("/v1/words", content=content, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_good_token_opens_the_door(client: httpx.AsyncClient) -> None:
    for _ in range(2):
        answer = await client.get("/v1/who", headers={"authorization": f"Bearer {token()}"})
        assert (answer.status_code, answer.json()) == (200, str(SUBJECT))


BAD_TOKENS = {
    "expired": token(exp=int(time.time()) - 10),
    "for somebody else": token(aud="another"),
    "by somebody else": token(iss="another"),
    "signed with another key": token(OTHER_KEY),
    "without an end": token(exp=None),
    "without a role": token(role=None),
    "of an unknown role": token(role="king"),
    "of nobody": token(sub="nobody"),
    "not a token": "abc.def.ghi",
    "cut off": token()[:-5],
    "unsigned": ".".join([urlsafe_b64encode(UNSIGNED).decode().rstrip("="), token().split(".")[1], ""]),
}


@pytest.mark.parametrize("name", BAD_TOKENS)
async def test_a_token_that_proves_nothing_is_refused(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.get("/v1/who", headers={"authorization": f"Bearer {BAD_TOKENS[name]}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_needed")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_another_role_is_turned_away(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/who", headers={"authorization": f"Bearer {token(role='member')}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


async def test_without_any_key_the_door_says_try_again() -> None:
    transport = httpx.ASGITransport(door(None), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        answer = await client.get("/v1/who", headers={"authorization": f"Bearer {token()}"})
    assert (answer.status_code, answer.json()["code"]) == (503, "try_again")
