"""Keys and tokens: Ed25519, two keys published while one takes over from the other."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import OKPKey

from services.identity.store import credentials as store
from shared.kernel.roles import Role
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
    member_id: UUID | None = None
    tablet_id: UUID | None = None


async def keep_keys(tx: Tx, sealer: Sealer, now: datetime) -> Keys:
    """The keys in force; the first one is made when there is none."""
    rows = await store.published_keys(tx, now)
    if not any(not retired for *_, retired in rows):
        await store.lock_keys(tx)
        rows = await store.published_keys(tx, now)
        if not any(not retired for *_, retired in rows):
            await _make_key(tx, sealer, now)
            rows = await store.published_keys(tx, now)
    kid, _, sealed, _ = next(row for row in rows if not row[3])
    signing = OKPKey.import_key(json.loads(sealer.open(sealed, f"signing_key|{kid}|private")))
    return Keys(signing, {"keys": [_public_jwk(kid, x) for kid, x, _, _ in rows]})


async def rotate_keys(tx: Tx, sealer: Sealer, now: datetime, overlap: timedelta) -> str:
    """Sign with a new key from now on; the old ones stay published for `overlap`. Returns the new key's id."""
    await store.lock_keys(tx)
    await store.retire_keys(tx, now, overlap)
    return await _make_key(tx, sealer, now)


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
    }
    if bearer.member_id is not None:
        claims["member_id"] = str(bearer.member_id)
    if bearer.tablet_id is not None:
        claims["tablet_id"] = str(bearer.tablet_id)
    return jwt.encode(
        {"alg": ALGORITHM, "kid": keys.signing.kid}, claims, keys.signing, algorithms=[ALGORITHM]
    )


async def _make_key(tx: Tx, sealer: Sealer, now: datetime) -> str:
    key = OKPKey.generate_key("Ed25519", private=True, auto_kid=True)
    private = key.as_dict(private=True)
    kid = str(private["kid"])
    sealed = sealer.seal(json.dumps(private), f"signing_key|{kid}|private")
    await store.add_key(tx, kid, str(private["x"]), sealed, now)
    return kid


def _public_jwk(kid: str, public_x: str) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": ALGORITHM, "kid": kid, "x": public_x}
