"""The door for signing in: public keys, code and PIN, refreshing, signing out, one's own sessions."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field, StringConstraints, model_validator

from services.identity.api.means import CardNumber, CardSecret, Code, Means, PhoneNumber, Pin
from services.identity.api.signing_in import sign_in_with
from services.identity.api.turning import place_of
from services.identity.domain.refusals import Refusal
from services.identity.domain.sessions import Ending, Session
from services.identity.workflows import sessions, signing
from services.identity.workflows.sign_in import Shown, Welcome
from shared.kernel.roles import Role
from shared.runtime.access import allow, anyone
from shared.runtime.http import Asked
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

Secret = Annotated[str, StringConstraints(min_length=16, max_length=128, pattern=r"^[A-Za-z0-9_-]+$")]
PEOPLE = (Role.MEMBER, Role.OPERATOR, Role.PROGRAMME, Role.OFFICE)
_CLIENT_MAX = 300


class SignIn(Asked):
    """A code (or a card's number, or a member's phone number) and the PIN, and whatever else proves who is there.

    An operator names the tablet and its secret, and gets a token that lasts a working day. A member shows the
    `device_token` of a trusted phone, or the card's secret; with neither the token may look but not spend. At a counter
    a member shows the card on the staff's tablet, which names itself as well: the token then says where it was made.
    Of several members with one phone number it is the one whose PIN it is.
    """

    code: Code | None = None
    card_number: CardNumber | None = None
    phone: PhoneNumber | None = Field(default=None, examples=["0812-0000-9876"])
    pin: Pin
    card_secret: CardSecret | None = Field(
        default=None,
        description="the secret in the card's QR part, or the printed code; may spend for 5 minutes",
    )
    tablet_id: UUID | None = None
    tablet_secret: Secret | None = Field(default=None, description="what the tablet got when it was enrolled")
    device_token: Secret | None = Field(
        default=None, description="what the phone or browser got when it was made known"
    )

    @model_validator(mode="after")
    def _names_one_person(self) -> Self:
        if [self.code, self.card_number, self.phone].count(None) != 2:  # noqa: PLR2004 - one of three ways
            message = "one of code, card_number and phone"
            raise ValueError(message)
        if self.phone is not None and (self.card_secret is not None or self.tablet_id is not None):
            message = "a card is shown with its number or code"
            raise ValueError(message)
        return self


class Warned(BaseModel):
    """What the owner should know. `token_reused`: somebody else may have had this session. `wrong_pins`: so many."""

    kind: Literal["token_reused", "wrong_pins"]
    session_id: UUID | None = None
    at: datetime | None = None
    count: int | None = None


class Token(BaseModel):
    """Signed tokens, and in clear what stands in the first. Without `refresh_token` it cannot be made to last."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a word of the standard
    expires_at: datetime
    refresh_token: str | None
    session_id: UUID
    session_expires_at: datetime
    role: Role
    subject_id: UUID
    member_id: UUID | None
    tablet_id: UUID | None
    waste_bank_ids: list[str]
    subdistrict_codes: list[str]
    regency_codes: list[str]
    may_spend: bool
    device_known: bool
    device_token: str | None = Field(
        default=None, description="staff: kept in this browser, and shown at the next sign-in from it"
    )
    vault_key: str | None = Field(
        default=None,
        description="an operator on a tablet that showed its secret: seals the people kept on this tablet, "
        "32 bytes as base64url without padding, the same at every sign-in on it",
    )
    warnings: list[Warned] = []


class Refresh(Asked):
    """The refresh token, and the secret of the tablet or phone that the session belongs to."""

    refresh_token: Secret
    tablet_secret: Secret | None = None
    device_token: Secret | None = None


class SignOut(Asked):
    """The refresh token whose session is to end."""

    refresh_token: Secret


class SessionWords(BaseModel):
    """One of one's own sessions. An `ended_reason` of `token_reused` means that two devices used the same sign-in."""

    session_id: UUID
    is_this_one: bool
    where: Literal["tablet", "trusted_device", "browser"]
    tablet_id: UUID | None
    device_id: UUID | None
    may_spend: bool
    started_at: datetime
    last_used_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    ended_reason: Ending | None


class SessionList(BaseModel):
    """The newest first."""

    sessions: list[SessionWords]


def router(means: Means) -> APIRouter:
    """The routes of signing in."""
    routes = APIRouter(prefix="/v1", tags=["sessions"])
    clock, database, sealer = means.clock, means.database, means.sealer

    @routes.get("/jwks", dependencies=[Depends(anyone)])
    async def read_keys(response: Response) -> dict[str, list[dict[str, str]]]:
        """The public keys with which anybody can verify our tokens: the one that signs, and the one that will."""
        async with database.transaction() as tx:
            keys = await signing.keep_keys(tx, sealer, clock.now())
        response.headers["Cache-Control"] = f"public, max-age={means.jwks_max_age_seconds}"
        return keys.public

    @routes.post("/tokens", dependencies=[Depends(anyone)])
    async def sign_in_with_pin(asked: SignIn, request: Request) -> Token:
        """Sign in. Wrong tries are counted, and shut this way of signing in for longer and longer.

        A code of nobody is answered, counted and locked as if it were somebody's. Who shows the secret of a tablet or
        the token of a known device does not wait for strangers, and of those each place has its fair share.
        """
        shown = Shown(client=_client(request), **asked.model_dump(exclude={"pin"}))
        welcome = await sign_in_with(means, shown, asked.pin, place_of(request))
        return token_words(welcome.signed_in, welcome)

    @routes.post("/tokens:refresh", dependencies=[Depends(anyone)])
    async def refresh(asked: Refresh, request: Request) -> Token:
        """New tokens for old. A refresh token works once; a second use ends the session, and the owner is told.

        When an answer got lost, the same device may ask once more: within 60 seconds, or within a day if it shows its
        own secret. It gets the same refresh token as in the lost answer.
        """
        mark = sessions.mark_of(asked.tablet_secret or asked.device_token, _client(request))
        async with database.transaction() as tx:
            outcome = await sessions.refresh_tokens(
                tx, means.issuing(), asked.refresh_token, mark, clock.now()
            )
        if isinstance(outcome, Refusal):
            raise Problem(outcome.value)
        return token_words(outcome)

    @routes.post("/tokens:sign-out", status_code=204, dependencies=[Depends(anyone)])
    async def sign_out(asked: SignOut) -> None:
        """End the session of a refresh token. Its access token is refused everywhere within seconds."""
        async with database.transaction() as tx:
            await sessions.end_by_token(tx, asked.refresh_token, clock.now())

    @routes.get("/sessions")
    async def list_sessions(who: Annotated[Caller, Depends(allow(*PEOPLE))]) -> SessionList:
        """Where one is signed in, and what became of earlier sign-ins in the last 30 days."""
        async with database.reading() as tx:
            found = await sessions.list_own(tx, who)
        return SessionList(sessions=[_session_words(each, who) for each in found])

    @routes.post("/sessions/{session_id}:end", status_code=204)
    async def end_session(session_id: UUID, who: Annotated[Caller, Depends(allow(*PEOPLE))]) -> None:
        """End one of one's own sessions, such as that of a lost phone."""
        async with database.transaction() as tx:
            refused = await sessions.end_own(tx, who, session_id, Ending.ENDED_BY_OWNER, clock.now())
        if refused is not None:
            raise Problem(refused.value)

    return routes


def token_words(made: sessions.SignedIn, welcome: Welcome | None = None) -> Token:
    """What is answered when tokens were made."""
    bearer, session = made.bearer, made.session
    return Token(
        access_token=made.access_token,
        expires_at=made.expires_at,
        refresh_token=made.refresh_token,
        session_id=session.id,
        session_expires_at=session.expires_at,
        role=bearer.role,
        subject_id=bearer.subject_id,
        member_id=bearer.member_id,
        tablet_id=bearer.tablet_id,
        waste_bank_ids=sorted(bearer.waste_bank_ids),
        subdistrict_codes=sorted(bearer.subdistrict_codes),
        regency_codes=sorted(bearer.regency_codes),
        may_spend=bearer.may_spend,
        device_known=session.is_proven or session.device_id is not None,
        device_token=None if welcome is None else welcome.device_token,
        vault_key=made.vault_key,
        warnings=[] if welcome is None else _warnings(welcome),
    )


def _warnings(welcome: Welcome) -> list[Warned]:
    reused = [Warned(kind="token_reused", session_id=each.id, at=each.ended_at) for each in welcome.reused]
    return [*reused, Warned(kind="wrong_pins", count=welcome.wrong_tries)] if welcome.wrong_tries else reused


def _session_words(session: Session, who: Caller) -> SessionWords:
    if session.tablet_id is not None:
        where: Literal["tablet", "trusted_device", "browser"] = "tablet"
    else:
        where = "browser" if session.device_id is None else "trusted_device"
    return SessionWords(
        session_id=session.id,
        is_this_one=session.id == who.session_id,
        where=where,
        tablet_id=session.tablet_id,
        device_id=session.device_id,
        may_spend=session.may_spend,
        started_at=session.started_at,
        last_used_at=session.last_used_at,
        expires_at=session.expires_at,
        ended_at=session.ended_at,
        ended_reason=session.ended_why,
    )


def _client(request: Request) -> str:
    return request.headers.get("user-agent", "")[:_CLIENT_MAX]
