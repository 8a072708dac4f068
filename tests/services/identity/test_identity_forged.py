"""Tokens that somebody made or altered open no door: signed by nobody, with the public key, by another, for another."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from tests.services.identity.seeded_stage import MEMBER, PROGRAMME, Place, bearer, refused

Claims = dict[str, Any]
Forger = Callable[[Claims, dict[str, Any]], str]


def unpacked(token: str) -> tuple[dict[str, Any], Claims]:
    """Header and claims of a token, unverified."""
    head, body, _ = token.split(".")
    return _json(head), _json(body)


def _json(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def _packed(value: dict[str, Any] | bytes) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unsigned(claims: Claims, key: dict[str, Any]) -> str:
    return f"{_packed({'alg': 'none', 'kid': key['kid']})}.{_packed(claims)}."


def with_the_public_key_as_a_secret(claims: Claims, key: dict[str, Any]) -> str:
    secret = OctKey.import_key(base64.urlsafe_b64decode(key["x"] + "="))
    return jwt.encode({"alg": "HS256", "kid": key["kid"]}, claims, secret, algorithms=["HS256"])


def by_another_key_under_our_name(claims: Claims, key: dict[str, Any]) -> str:
    other = OKPKey.generate_key("Ed25519", private=True)
    return jwt.encode({"alg": "Ed25519", "kid": key["kid"]}, claims, other, algorithms=["Ed25519"])


def with_a_key_in_its_own_head(claims: Claims, key: dict[str, Any]) -> str:
    del key
    other = OKPKey.generate_key("Ed25519", private=True, auto_kid=True)
    head = {"alg": "Ed25519", "kid": other.kid, "jwk": other.as_dict(private=False)}
    return jwt.encode(head, claims, other, algorithms=["Ed25519"])


@pytest.mark.parametrize(
    "forged",
    [unsigned, with_the_public_key_as_a_secret, by_another_key_under_our_name, with_a_key_in_its_own_head],
)
async def test_nobody_else_signs_a_token(place: Place, forged: Forger) -> None:
    real = (await place.sign_in(MEMBER)).json()["access_token"]
    assert (await place.get("sessions", bearer(real))).status_code == 200
    key = (await place.get("jwks")).json()["keys"][0]
    claims = unpacked(real)[1] | {"role": "programme", "regency_codes": ["12.07"]}
    assert refused(await place.get("staff", bearer(forged(claims, key)))) == (401, "sign_in_needed")


@pytest.mark.parametrize(
    "altered",
    [
        {"role": "programme", "regency_codes": ["12.07"]},
        {"exp": 4_000_000_000},
        {"may_spend": True},
        {"sid": None},
    ],
    ids="+".join,
)
async def test_what_a_token_says_cannot_be_altered(place: Place, altered: Claims) -> None:
    real = (await place.sign_in(MEMBER)).json()["access_token"]
    head, _, signature = real.split(".")
    token = f"{head}.{_packed(unpacked(real)[1] | altered)}.{signature}"
    assert refused(await place.get("sessions", bearer(token))) == (401, "sign_in_needed")


async def test_a_refresh_token_a_tablet_secret_and_a_device_token_are_no_access_tokens(place: Place) -> None:
    signed_in = (await place.sign_in(PROGRAMME)).json()
    for other in (signed_in["refresh_token"], signed_in["device_token"]):
        assert refused(await place.get("staff", bearer(other))) == (401, "sign_in_needed")
        body = {"refresh_token": signed_in["device_token"]}
        assert refused(await place.post("tokens:refresh", **body)) == (401, "session_over")
    access = signed_in["access_token"]
    answer = await place.post("tokens:refresh", refresh_token=access[:128].replace(".", "-"))
    assert refused(answer) == (401, "session_over")


async def test_a_token_of_a_key_that_was_taken_out_is_good_no_more(place: Place) -> None:
    real = (await place.sign_in(MEMBER)).json()["access_token"]
    kid = unpacked(real)[0]["kid"]
    await place.rows(
        "update signing_key set published_until = $1 where kid = $2",
        datetime.now(UTC) - timedelta(seconds=1),
        kid,
    )
    # Another process, which never saw that key.
    assert place.service.tokens is not None
    place.service.tokens._keys = None
    place.service.tokens._cache.clear()
    assert refused(await place.get("sessions", bearer(real))) == (401, "sign_in_needed")
    assert (await place.get("sessions", await place.header(MEMBER))).status_code == 200
