"""The tablet, the operator who holds it, and the resident who stands before it: three sealed cookies, no token."""

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StringConstraints
from starlette.responses import Response

from services.web.clients import doors_of
from services.web.gateway.calls import API, from_the_app
from services.web.means import Means
from services.web.session import Face, Kept, Session, need_session, sessions_of
from shared.runtime.http import Asked
from shared.runtime.problems import Problem

Text = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Sealed = Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=r"^[A-Za-z0-9_-]+$")]


class TabletSetUp(Asked):
    """The code of the set-up QR, and the key with which this tablet signs (raw P-256 point, base64url)."""

    code: Text
    public_key: Text | None = None


class TabletBack(Asked):
    """A tablet that lost its cookie: what it kept of the set-up, and a challenge of ours with its signature."""

    keepsake: Sealed
    challenge: Sealed
    signature: Text


class TabletHere(BaseModel):
    """The tablet as it knows itself; its secret stays in the cookie. `keepsake` is given at the set-up alone."""

    tablet_id: UUID
    name: str
    waste_bank_id: str
    waste_bank_name: str | None
    keepsake: str | None = None


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
    waste_bank_names: dict[str, str]
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
    """`POST tablet`, `tablet/tanya`, `tablet/kembali`, `masuk`, `keluar`, `loket/masuk`, `loket/keluar`; `GET saya`."""
    routes = APIRouter(prefix=API, dependencies=[from_the_app])
    _add_tablet(routes)
    _add_operator(routes)
    _add_counter(routes)
    return routes


def _add_tablet(routes: APIRouter) -> None:
    @routes.post("/tablet")
    async def set_up(request: Request, asked: TabletSetUp) -> TabletHere:
        answer = (
            await doors_of(request)
            .anonymous(request)
            .post("identity", "/v1/tablets:enrol", asked.model_dump(exclude_none=True))
        )
        kept = {name: answer[name] for name in ("tablet_id", "name", "waste_bank_id")}
        kept["secret"] = answer["tablet_secret"]
        sessions_of(request).keep(request, Kept.TABLET, kept)
        keepsakes = _means(request).keepsakes
        return _tablet_words(
            request, kept, None if asked.public_key is None else keepsakes.make(kept, asked.public_key)
        )

    @routes.get("/tablet", response_model_exclude={"keepsake"})
    async def this_tablet(request: Request) -> TabletHere:
        return _tablet_words(request, _tablet(request))

    @routes.post("/tablet/tanya")
    async def challenge(request: Request) -> dict[str, str]:
        return {"challenge": _means(request).keepsakes.challenge()}

    @routes.post("/tablet/kembali", response_model_exclude={"keepsake"})
    async def come_back(request: Request, asked: TabletBack) -> TabletHere:
        tablet = _means(request).keepsakes.tablet(asked.keepsake, asked.challenge, asked.signature)
        if tablet is None:
            raise Problem("tablet_unknown")
        sessions_of(request).keep(request, Kept.TABLET, tablet)
        return _tablet_words(request, tablet)


def _add_operator(routes: APIRouter) -> None:
    @routes.post("/masuk")
    async def sign_in(request: Request, asked: OperatorSignIn) -> OperatorHere:
        token = await _token(request, code=asked.code, pin=asked.pin)
        session = sessions_of(request).start(request, Face.OPERATOR, token, code=asked.code)
        return _operator_words(request, session, token.get("vault_key"))

    @routes.get("/saya", response_model_exclude={"vault_key"})
    async def who_am_i(request: Request) -> OperatorHere:
        return _operator_words(request, await need_session(request, Face.OPERATOR))

    @routes.post("/keluar", status_code=204)
    async def sign_out(request: Request) -> Response:
        sessions_of(request).forget(request, Face.COUNTER)
        await sessions_of(request).end(request, Face.OPERATOR)
        return Response(status_code=204)


def _add_counter(routes: APIRouter) -> None:
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


def _means(request: Request) -> Means:
    found: Means = request.app.state.means
    return found


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


def _tablet_words(request: Request, tablet: dict[str, Any], keepsake: str | None = None) -> TabletHere:
    bank = tablet["waste_bank_id"]
    return TabletHere(
        tablet_id=tablet["tablet_id"],
        name=tablet["name"],
        waste_bank_id=bank,
        waste_bank_name=_names(request, [bank]).get(bank),
        keepsake=keepsake,
    )


def _names(request: Request, waste_bank_ids: Iterable[str]) -> dict[str, str]:
    """What waste banks are called officially; one that the rollout file does not have any more is left out."""
    rollout = _means(request).watcher.current
    found = ((each, rollout.waste_bank(each)) for each in waste_bank_ids)
    return {each: bank.name for each, bank in found if bank is not None}


def _operator_words(request: Request, session: Session, vault_key: str | None = None) -> OperatorHere:
    return OperatorHere(
        operator_id=session.subject_id,
        code=session.code,
        role=session.role,
        waste_bank_ids=sorted(session.waste_bank_ids),
        waste_bank_names=_names(request, session.waste_bank_ids),
        expires_at=session.expires_at.isoformat(),
        session_expires_at=session.session_expires_at.isoformat(),
        vault_key=vault_key,
    )
