"""What several services' tests need to begin: people who can prove who they are."""

import time
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.tokens import AUDIENCE, Tokens

ISSUER = "timbang"
REGENCY = "12.07"


class TokenMint:
    """Signs tokens as identity does, with a key of its own; `tokens` verifies them."""

    def __init__(self) -> None:
        self._key = OKPKey.generate_key("Ed25519", parameters={"kid": "test", "alg": "Ed25519", "use": "sig"})
        keys = KeySet([self._key]).as_dict(private=False)

        async def fetch() -> dict[str, Any]:
            return dict(keys)

        self.tokens = Tokens(fetch, ISSUER)

    def token(
        self,
        role: Role,
        *,
        subject: UUID | None = None,
        waste_bank_ids: Iterable[str] = (),
        member_id: UUID | None = None,
        tablet_id: UUID | None = None,
        subdistrict_codes: Iterable[str] = (),
        regency_codes: Iterable[str] | None = None,
        may_spend: bool = True,
        session_id: UUID | None = None,
        lifetime_seconds: int = 86_400,
    ) -> str:
        """A signed token; programme and office have the whole regency unless told otherwise."""
        if regency_codes is None:
            regency_codes = (REGENCY,) if role in {Role.PROGRAMME, Role.OFFICE} else ()
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(subject or uuid7()),
            "iat": now,
            "exp": now + lifetime_seconds,
            "role": role.value,
            "waste_bank_ids": sorted(waste_bank_ids),
            "subdistrict_codes": sorted(subdistrict_codes),
            "regency_codes": sorted(regency_codes),
            "may_spend": may_spend,
        }
        if member_id is not None:
            claims["member_id"] = str(member_id)
        if session_id is not None:
            claims["sid"] = str(session_id)
        if tablet_id is not None:
            claims["tablet_id"] = str(tablet_id)
        return jwt.encode({"alg": "Ed25519", "kid": "test"}, claims, self._key, algorithms=["Ed25519"])

    def header(self, role: Role, **who: Any) -> dict[str, str]:
        """The header with which such a person knocks."""
        return {"Authorization": f"Bearer {self.token(role, **who)}"}
