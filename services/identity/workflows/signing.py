"""Keys and tokens: Ed25519; the key that signs next is published long before it does."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import OKPKey

from services.identity.domain.people import Credential
from services.identity.store import credentials as store
from shared.kernel.roles import Role
from shared.runtime.audit import Act, note
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer
from shared.runtime.tokens import AUDIENCE

ALGORITHM = "Ed25519"


@dataclass(frozen=True, slots=True)
class Keys:
    """The key that signs now, and all that verifiers need."""

    signing: OKPKey
    public: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bearer:
    """For whom a token is made, and what it opens."""

    subject_id: UUID
    role: Role
    waste_bank_ids: Iterable[str] = ()
    subdistrict_codes: Iterable[str] = ()
    regency_codes: Iterable[str] = ()
    member_id: UUID | None = None
    tablet_id: UUID | None = None
    session_id: UUID | None = None
    may_spend: bool = True


async def keep_keys(tx: Tx, sealer: Sealer, now: datetime) -> Keys:
    """The keys in force: one that signs and one that will. What is missing is made."""
    rows = await store.published_keys(tx, now)
    if not _complete(rows):
        await store.lock_keys(tx)
        rows = await store.published_keys(tx, now)
        if not _complete(rows):
            await _make_missing(tx, sealer, rows, now)
            rows = await store.published_keys(tx, now)
    current = _current(rows)
    signing = OKPKey.import_key(
        json.loads(sealer.open(current.private_sealed, f"signing_key|{current.kid}|private"))
    )
    return Keys(signing, {"keys": [_public_jwk(row.kid, row.public_x) for row in rows]})


async def rotate_keys(tx: Tx, sealer: Sealer, now: datetime, overlap: timedelta) -> str:
    """Sign with the key that was published for it, and make the next one.

    The old one stays published for `overlap`, so that no token has to be asked for anew. Returns the id of the key
    that signs now.
    """
    await store.lock_keys(tx)
    rows = await store.published_keys(tx, now)
    if not _complete(rows):
        await _make_missing(tx, sealer, rows, now)
        rows = await store.published_keys(tx, now)
    following = _following(rows)
    await store.retire_key(tx, _current(rows).kid, now + overlap)
    await store.begin_signing(tx, following.kid, now)
    await _make_key(tx, sealer, now)
    act = Act("keys_rotated", "signing_key", following.kid, before={"signed_with": _current(rows).kid})
    await note(tx, [act], now)
    return following.kid


async def replace_keys(tx: Tx, sealer: Sealer, now: datetime) -> str:
    """Believe no key of before any more, because one of them got into other hands; returns which key signs now.

    Every access token is void as soon as its verifier hears of it; refresh tokens are not signed, and go on.
    """
    await store.lock_keys(tx)
    gone = await store.published_keys(tx, now)
    for row in gone:
        await store.retire_key(tx, row.kid, now)
    await _make_missing(tx, sealer, [], now)
    kid = _current(await store.published_keys(tx, now)).kid
    await note(
        tx, [Act("keys_replaced", "signing_key", kid, before={"void": [row.kid for row in gone]})], now
    )
    return kid


def sign_token(keys: Keys, bearer: Bearer, issuer: str, now: datetime, lifetime: timedelta) -> str:
    """A JWT that every service verifies by itself."""
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": str(bearer.subject_id),
        "role": bearer.role.value,
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
        "waste_bank_ids": sorted(bearer.waste_bank_ids),
        "subdistrict_codes": sorted(bearer.subdistrict_codes),
        "regency_codes": sorted(bearer.regency_codes),
        "may_spend": bearer.may_spend,
    }
    for claim, value in (
        ("member_id", bearer.member_id),
        ("tablet_id", bearer.tablet_id),
        ("sid", bearer.session_id),
    ):
        if value is not None:
            claims[claim] = str(value)
    return jwt.encode(
        {"alg": ALGORITHM, "kid": keys.signing.kid}, claims, keys.signing, algorithms=[ALGORITHM]
    )


def owner_of(credential: Credential) -> UUID | None:
    """The member whose money a token touches; None for staff."""
    return credential.subject_id if credential.role is Role.MEMBER else None


def _current(rows: list[store.StoredKey]) -> store.StoredKey:
    return next(row for row in rows if row.signs_from is not None and not row.retired)


def _following(rows: list[store.StoredKey]) -> store.StoredKey:
    return next(row for row in rows if row.signs_from is None and not row.retired)


def _complete(rows: list[store.StoredKey]) -> bool:
    alive = {row.signs_from is not None for row in rows if not row.retired}
    return alive == {True, False}


async def _make_missing(tx: Tx, sealer: Sealer, rows: list[store.StoredKey], now: datetime) -> None:
    alive = {row.signs_from is not None for row in rows if not row.retired}
    if True not in alive:
        await store.begin_signing(tx, await _make_key(tx, sealer, now), now)
    if False not in alive:
        await _make_key(tx, sealer, now)


async def _make_key(tx: Tx, sealer: Sealer, now: datetime) -> str:
    key = OKPKey.generate_key("Ed25519", private=True, auto_kid=True)
    private = key.as_dict(private=True)
    kid = str(private["kid"])
    sealed = sealer.seal(json.dumps(private), f"signing_key|{kid}|private")
    await store.add_key(tx, kid, str(private["x"]), sealed, now)
    return kid


def _public_jwk(kid: str, public_x: str) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": ALGORITHM, "kid": kid, "x": public_x}
