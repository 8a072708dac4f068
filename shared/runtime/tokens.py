"""Who is asking, read from a signed token without asking anybody: identity publishes its public keys (JWKS).

What was taken back before it expired (a lost tablet, a stolen session) stands on a short public list that is fetched
every few seconds beside the requests, never in one; while identity is away the last known list goes on to hold.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.kernel.roles import Role
from shared.runtime.database import TRANSIENT_ERRORS
from shared.runtime.trust import trusted

log = structlog.get_logger()

AUDIENCE = "timbang"
# The regency of a Kemendagri code: `12.07` of `12.07.28`.
REGENCY_LENGTH = 5
ALGORITHMS = ["EdDSA", "Ed25519"]
# One verification costs as much as several requests; a token that was good stays good until it expires.
CACHED_TOKENS_MAX = 20_000
# A stranger's token with an unknown key id must not make us ask identity at every request.
KEYS_ASKED_AGAIN_SECONDS = 10.0
# A key that identity took out is believed no longer than this; while identity is away, the last known keys hold.
KEYS_KEPT_SECONDS = 60.0
# How long a revoked tablet may still enter another service's door, at most.
REVOCATIONS_ASKED_AGAIN_SECONDS = 5.0

FetchKeys = Callable[[], Awaitable[dict[str, Any]]]
# The ids of sessions and tablets whose tokens are refused although they have not expired.
FetchRevoked = Callable[[], Awaitable[frozenset[UUID]]]


_NOT_FETCHED: tuple[type[BaseException], ...] = (
    httpx.HTTPError,
    ValueError,
    KeyError,
    TypeError,
    *TRANSIENT_ERRORS,
)


class InvalidTokenError(Exception):
    """A token that does not prove anything: unknown key, wrong signature, expired, or for somebody else."""


class KeysUnavailableError(Exception):
    """No public key is known yet and identity does not answer."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who proved who they are. What a token does not name as an area is outside of it: empty means nothing.

    Operators have waste banks (and know the sub-districts in which those stand); programme and office have
    sub-districts or whole regencies. `may_spend` is false for a member on a browser that was not seen before.
    """

    subject: UUID
    role: Role
    waste_bank_ids: frozenset[str]
    subdistrict_codes: frozenset[str]
    member_id: UUID | None
    tablet_id: UUID | None
    regency_codes: frozenset[str] = frozenset()
    may_spend: bool = True
    session_id: UUID | None = None

    def covers_subdistrict(self, code: str) -> bool:
        """Whether a sub-district lies in the caller's area."""
        return code in self.subdistrict_codes or code[:REGENCY_LENGTH] in self.regency_codes

    def covers_bank(self, waste_bank_id: str, subdistrict_code: str) -> bool:
        """Whether a waste bank of that sub-district lies in the caller's area; an operator's are named one by one."""
        if self.role is Role.OPERATOR:
            return waste_bank_id in self.waste_bank_ids
        return self.covers_subdistrict(subdistrict_code)


def keys_over_http(url: str) -> FetchKeys:
    """Fetch the key set from identity's door."""

    async def fetch() -> dict[str, Any]:
        async with httpx.AsyncClient(timeout=5, trust_env=False, verify=trusted()) as client:
            response = await client.get(url)
            response.raise_for_status()
            found: dict[str, Any] = response.json()
            return found

    return fetch


def revoked_over_http(jwks_url: str) -> FetchRevoked:
    """Fetch the list of what was taken back from the door beside the key set's."""
    fetch_list = keys_over_http(str(httpx.URL(jwks_url).join("revocations")))

    async def fetch() -> frozenset[UUID]:
        found = await fetch_list()
        return frozenset(UUID(each) for each in (*found["sessions"], *found["tablets"]))

    return fetch


class Tokens:
    """Verifies tokens offline. Keys are fetched when one is needed that is not known."""

    def __init__(self, fetch_keys: FetchKeys, issuer: str, fetch_revoked: FetchRevoked | None = None) -> None:
        self._fetch_keys = fetch_keys
        self._fetch_revoked = fetch_revoked
        self._revoked: frozenset[UUID] = frozenset()
        self._keys: KeySet | None = None
        self._asked_at = float("-inf")
        self._asking = asyncio.Lock()
        self._cache: OrderedDict[str, tuple[float, Caller]] = OrderedDict()
        self._claims = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": AUDIENCE},
            sub={"essential": True},
            exp={"essential": True},
        )

    async def caller(self, token: str) -> Caller:
        """Who holds the token. Raises InvalidTokenError, or KeysUnavailableError if nothing can be verified now."""
        cached = self._cache.get(token)
        if cached is not None:
            expires_at, caller = cached
            if expires_at > time.time():  # noqa: TID251 - `exp` is in seconds of the epoch, by the real clock
                return self._not_revoked(caller)
            del self._cache[token]
        expires_at, caller = await self._verify(token)
        self._cache[token] = (expires_at, caller)
        if len(self._cache) > CACHED_TOKENS_MAX:
            self._cache.popitem(last=False)
        return self._not_revoked(caller)

    @property
    def follows_revocations(self) -> bool:
        """Whether there is a list to watch; a test's own tokens have none."""
        return self._fetch_revoked is not None

    async def watch_revocations(self) -> None:
        """Fetch what was taken back, again and again, and the keys. An outage of identity changes nothing."""
        silent = False
        while self._fetch_revoked is not None:
            try:
                self._revoked = await self._fetch_revoked()
                if self._keys is not None and time.monotonic() - self._asked_at >= KEYS_KEPT_SECONDS:
                    await self._refresh_keys()
                silent = False
            except _NOT_FETCHED as error:
                if not silent:
                    log.warning("revocations_not_fetched", error=type(error).__name__)
                silent = True
            await asyncio.sleep(REVOCATIONS_ASKED_AGAIN_SECONDS)

    def are_taken_back(self, session_id: UUID | None, tablet_id: UUID | None) -> bool:
        """Whether tokens of this session, or of this tablet, are refused although they have not expired."""
        return session_id in self._revoked or tablet_id in self._revoked

    def _not_revoked(self, caller: Caller) -> Caller:
        if self.are_taken_back(caller.session_id, caller.tablet_id):
            raise InvalidTokenError("revoked")
        return caller

    async def _verify(self, token: str) -> tuple[float, Caller]:
        if self._keys is None:
            await self._refresh_keys()
        try:
            return self._read(token)
        except InvalidTokenError:
            # Perhaps it was signed with a key that is newer than our copy.
            if not await self._refresh_keys():
                raise
            return self._read(token)

    def _read(self, token: str) -> tuple[float, Caller]:
        if self._keys is None:
            raise InvalidTokenError("no key is known")
        try:
            decoded = jwt.decode(token, self._keys, algorithms=ALGORITHMS)
            self._claims.validate(decoded.claims)
            claims = decoded.claims
            return float(claims["exp"]), Caller(
                subject=UUID(claims["sub"]),
                role=Role(claims["role"]),
                waste_bank_ids=frozenset(claims.get("waste_bank_ids", ())),
                subdistrict_codes=frozenset(claims.get("subdistrict_codes", ())),
                member_id=UUID(claims["member_id"]) if claims.get("member_id") else None,
                tablet_id=UUID(claims["tablet_id"]) if claims.get("tablet_id") else None,
                regency_codes=frozenset(claims.get("regency_codes", ())),
                may_spend=claims.get("may_spend", True) is True,
                session_id=UUID(claims["sid"]) if claims.get("sid") else None,
            )
        except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidTokenError(type(error).__name__) from error

    async def _refresh_keys(self) -> bool:
        """Ask identity, at most every ten seconds; returns whether the keys are new."""
        async with self._asking:
            if self._keys is not None and time.monotonic() - self._asked_at < KEYS_ASKED_AGAIN_SECONDS:
                return False
            try:
                fetched = await self._fetch_keys()
                known, self._keys = self._keys, KeySet.import_key_set(fetched)  # type: ignore[arg-type]
                if known is not None and _kids(known) - _kids(self._keys):
                    # What a key proved that is good no more.
                    self._cache.clear()
            except (httpx.HTTPError, OSError, ValueError, JoseError) as error:
                log.warning("keys_not_fetched", error=type(error).__name__)
                if self._keys is None:
                    raise KeysUnavailableError from error
                return False
            finally:
                self._asked_at = time.monotonic()
            return True


def _kids(keys: KeySet) -> set[str | None]:
    return {key.kid for key in keys.keys}
