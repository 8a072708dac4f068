"""The tablet, the operator who holds it, and the resident who stands before it: three sealed cookies, no token."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import Response

from services.web.clients import doors_of
from services.web.gateway.calls import API, from_the_app
from services.web.session import Face, Kept, Session, need_session, sessions_of
from shared.runtime.problems import Problem

Text = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class Asked(BaseModel):
    """A request's body; the services judge what is in it."""

    model_config = ConfigDict(extra="forbid")


class TabletSetUp(Asked):
    """The code of the set-up QR, and the key with which this tablet signs (raw P-256 point, base64url)."""

    code: Text
    public_key: Text | None = None


class TabletHere(BaseModel):
    """The tablet as it knows itself; its secret stays in the cookie."""

    tablet_id: UUID
    name: str
    waste_bank_id: str


class OperatorSignIn(Asked):
    """The operator's code and PIN."""

    code: Text
    pin: Text


class OperatorHere(BaseModel):
    """Who is signed in, and until when without the PIN. `vault_key` is given at sign-in alone."""

    operator_id: UUID
    code: str
    role: str
    waste_bank_ids: list[str]
    expires_at: str
    session_expires_at: str
    vault_key: str | None = Field(default=None)


class CounterSignIn(Asked):
    """What the resident's card says, and the PIN that the resident typed."""

    card_number: Text
    card_secret: Text
    pin: Text


class ResidentHere(BaseModel):
    """The resident at the counter, for some minutes."""

    member_id: UUID
    expires_at: str
    may_spend: bool


def router() -> APIRouter:
    """`POST tablet`, `POST masuk`, `GET saya`, `POST keluar`, `POST loket/masuk`, `POST loket/keluar`."""
    routes = APIRouter(prefix=API, dependencies=[from_the_app])

    @routes.post("/tablet")
    async def set_up(request: Request, asked: TabletSetUp) -> TabletHere:
        answer = (
            await doors_of(request)
            .anonymous(request)
            .post("identity", "/v1/tablets:enrol", asked.model_dump(exclude_none=True))
        )
        here = TabletHere(**{name: answer[name] for name in TabletHere.model_fields})
        kept = {"secret": answer["tablet_secret"], **here.model_dump(mode="json")}
        sessions_of(request).keep(request, Kept.TABLET, kept)
        return here

    @routes.get("/tablet")
    async def this_tablet(request: Request) -> TabletHere:
        tablet = _tablet(request)
        return TabletHere(**{name: tablet[name] for name in TabletHere.model_fields})

    @routes.post("/masuk")
    async def sign_in(request: Request, asked: OperatorSignIn) -> OperatorHere:
        token = await _token(request, code=asked.code, pin=asked.pin)
        session = sessions_of(request).start(request, Face.OPERATOR, token, code=asked.code)
        return _operator_words(session, token.get("vault_key"))

    @routes.get("/saya", response_model_exclude={"vault_key"})
    async def who_am_i(request: Request) -> OperatorHere:
        return _operator_words(await need_session(request, Face.OPERATOR))

    @routes.post("/keluar", status_code=204)
    async def sign_out(request: Request) -> Response:
        sessions_of(request).forget(request, Face.COUNTER)
        await sessions_of(request).end(request, Face.OPERATOR)
        return Response(status_code=204)

    @routes.post("/loket/masuk")
    async def sign_in_at_counter(request: Request, asked: CounterSignIn) -> ResidentHere:
        await need_session(request, Face.OPERATOR)
        token = await _token(request, **asked.model_dump())
        session = sessions_of(request).start(request, Face.COUNTER, token)
        return ResidentHere(
            member_id=token["member_id"],
            expires_at=session.expires_at.isoformat(),
            may_spend=session.may_spend,
        )

    @routes.post("/loket/keluar", status_code=204)
    async def leave_counter(request: Request) -> Response:
        sessions_of(request).forget(request, Face.COUNTER)
        return Response(status_code=204)

    return routes


def _tablet(request: Request) -> dict[str, Any]:
    kept = sessions_of(request).kept(request, Kept.TABLET)
    if kept is None:
        raise Problem("tablet_unknown")
    return kept


async def _token(request: Request, **shown: str) -> dict[str, Any]:
    """What identity answers to somebody who signs in on this tablet."""
    tablet = _tablet(request)
    body = {**shown, "tablet_id": tablet["tablet_id"], "tablet_secret": tablet["secret"]}
    return await doors_of(request).anonymous(request).post("identity", "/v1/tokens", body)


def _operator_words(session: Session, vault_key: str | None = None) -> OperatorHere:
    return OperatorHere(
        operator_id=session.subject_id,
        code=session.code,
        role=session.role,
        waste_bank_ids=sorted(session.waste_bank_ids),
        expires_at=session.expires_at.isoformat(),
        session_expires_at=session.session_expires_at.isoformat(),
        vault_key=vault_key,
    )
