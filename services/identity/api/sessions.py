"""The door for signing in: public keys, code and PIN."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from services.identity.api.means import Asked, Code, Means, Pin
from services.identity.domain.refusals import Refusal
from services.identity.workflows import sign_in, signing
from services.identity.workflows.pins import TooManySignInsError
from shared.kernel.roles import Role
from shared.runtime.access import anyone
from shared.runtime.problems import Problem


class SignIn(Asked):
    """Code and PIN. An operator names the tablet and gets a token that lasts a working day."""

    code: Code
    pin: Pin
    tablet_id: UUID | None = None


class Token(BaseModel):
    """A signed token, and in clear what stands in it."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a word of the standard
    expires_at: datetime
    role: Role
    subject_id: UUID
    member_id: UUID | None
    tablet_id: UUID | None
    waste_bank_ids: list[str]
    subdistrict_codes: list[str]


def router(means: Means) -> APIRouter:
    """The routes of signing in."""
    routes = APIRouter(prefix="/v1", tags=["identity"])
    clock, database, sealer = means.clock, means.database, means.sealer

    @routes.get("/jwks", dependencies=[Depends(anyone)])
    async def read_keys(response: Response) -> dict[str, list[dict[str, str]]]:
        """The public keys with which anybody can verify our tokens."""
        async with database.transaction() as tx:
            keys = await signing.keep_keys(tx, sealer, clock.now())
        response.headers["Cache-Control"] = f"public, max-age={means.jwks_max_age_seconds}"
        return keys.public

    @routes.post("/tokens", dependencies=[Depends(anyone)])
    async def sign_in_with_pin(asked: SignIn) -> Token:
        """Sign in. Wrong tries are counted, and shut the code for longer and longer."""
        try:
            async with means.pins.turn():
                outcome = await _sign_in(means, asked)
        except TooManySignInsError as error:
            raise Problem("try_again") from error
        if isinstance(outcome, Refusal):
            raise Problem(outcome.value)
        bearer = outcome.bearer
        return Token(
            access_token=outcome.access_token,
            expires_at=outcome.expires_at,
            role=bearer.role,
            subject_id=bearer.subject_id,
            member_id=bearer.member_id,
            tablet_id=bearer.tablet_id,
            waste_bank_ids=sorted(bearer.waste_bank_ids),
            subdistrict_codes=sorted(bearer.subdistrict_codes),
        )

    return routes


async def _sign_in(means: Means, asked: SignIn) -> sign_in.SignedIn | Refusal:
    now = means.clock.now()
    async with means.database.transaction() as tx:
        begun = await sign_in.begin_sign_in(tx, asked.code, now)
    if isinstance(begun, sign_in.Locked):
        minutes = max(1, -(-int((begun.until - now).total_seconds()) // 60))
        raise Problem(Refusal.SIGN_IN_LOCKED.value, minutes=minutes)
    right = await means.pins.matches(begun.pin_hash if begun else None, asked.pin)
    if begun is None or not right:
        return Refusal.WRONG_CODE_OR_PIN
    async with means.database.transaction() as tx:
        return await sign_in.finish_sign_in(
            tx,
            means.sealer,
            begun,
            asked.tablet_id,
            rollout=means.watcher.current,
            issuer=means.issuer,
            lifetimes=means.lifetimes,
            now=means.clock.now(),
        )
