"""Sessions without a memory: the tokens travel sealed in the browser's cookie, and are renewed before they end."""

import asyncio
import base64
import binascii
import json
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from starlette.requests import Request

from services.web.clients.doors import Doors, Refused, Silent, user_agent_of
from services.web.session.faces import DEVICE_OF, Face, Kept
from services.web.session.jar import jar_of
from services.web.words.languages import Language, language_of
from shared.kernel.clock import Clock
from shared.runtime.sealing import SealBrokenError, Sealer

# With less than this left an access token is renewed before it is used.
RENEWED_BEFORE = timedelta(seconds=60)
KEPT_FOR = timedelta(days=365)
# Identity answers one repeat of a refresh token within this time; pages that load at once share one renewal.
_SHARED_SECONDS = 50.0
_SHARED_MAX = 10_000

Answer = dict[str, Any]


class SignInNeededError(Exception):
    """Nobody is signed in to this face, or not any more."""

    def __init__(self, face: Face) -> None:
        super().__init__(face.value.cookie)
        self.face = face


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in. What the token says was verified by identity, and sealed by us since."""

    face: Face
    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime
    session_expires_at: datetime
    claims: Answer = field(repr=False)
    language: Language
    user_agent: str
    # As it was typed at sign-in, where the page wanted it kept.
    code: str = ""

    @property
    def subject_id(self) -> UUID:
        """Who it is, in identity."""
        return UUID(self.claims["sub"])

    @property
    def session_id(self) -> str:
        """Which sign-in it is; the same after a renewal."""
        return str(self.claims.get("sid") or self.claims["sub"])

    @property
    def role(self) -> str:
        """member, operator, programme or office."""
        return str(self.claims["role"])

    @property
    def member_id(self) -> UUID | None:
        """The member, if it is one."""
        return UUID(self.claims["member_id"]) if self.claims.get("member_id") else None

    @property
    def tablet_id(self) -> UUID | None:
        """The tablet on which this session was made."""
        return UUID(self.claims["tablet_id"]) if self.claims.get("tablet_id") else None

    @property
    def waste_bank_ids(self) -> tuple[str, ...]:
        """An operator's waste banks."""
        return tuple(self.claims.get("waste_bank_ids", ()))

    @property
    def subdistrict_codes(self) -> tuple[str, ...]:
        """The sub-districts of staff, or in which an operator's banks stand."""
        return tuple(self.claims.get("subdistrict_codes", ()))

    @property
    def regency_codes(self) -> tuple[str, ...]:
        """The regencies of staff."""
        return tuple(self.claims.get("regency_codes", ()))

    @property
    def may_spend(self) -> bool:
        """Whether credit may be redeemed from this browser."""
        return self.claims.get("may_spend", True) is True


class Sessions:
    """Opens, renews and ends sessions; keeps what makes a device known. All of it lives in cookies."""

    def __init__(self, sealer: Sealer, doors: Doors, clock: Clock, *, secure: bool) -> None:
        self._sealer = sealer
        self._doors = doors
        self._clock = clock
        self._secure = secure
        self._renewals: dict[bytes, tuple[float, asyncio.Future[Answer]]] = {}

    def start(self, request: Request, face: Face, token: Answer, *, code: str = "") -> Session:
        """Sign in: `token` is what identity's `/v1/tokens` answered. Whatever answers the request sets the cookie."""
        session = Session(
            face=face,
            access_token=token["access_token"],
            refresh_token=token["refresh_token"],
            expires_at=datetime.fromisoformat(token["expires_at"]),
            session_expires_at=datetime.fromisoformat(token["session_expires_at"]),
            claims=_claims(token["access_token"]),
            language=language_of(request),
            user_agent=user_agent_of(request),
            code=code,
        )
        return self._sealed_in(request, session)

    def replace(self, request: Request, session: Session, token: Answer) -> Session:
        """Another access token for the same sign-in, such as after a phone was trusted; the refresh token stays."""
        refresh_token = token.get("refresh_token") or session.refresh_token
        return self.start(request, session.face, {**token, "refresh_token": refresh_token}, code=session.code)

    def _sealed_in(self, request: Request, session: Session) -> Session:
        until = session.session_expires_at if session.refresh_token else session.expires_at
        sealed = [
            session.access_token,
            session.refresh_token,
            int(session.expires_at.timestamp()),
            int(session.session_expires_at.timestamp()),
            session.code,
        ]
        clear = json.dumps(sealed, separators=(",", ":"))
        self._put(request, session.face, clear, until - self._clock.now())
        _remembered(request)[session.face] = session
        return session

    async def find(self, request: Request, face: Face) -> Session | None:
        """Who is signed in to this face, with tokens that are good for at least another minute. Raises Silent."""
        remembered = _remembered(request)
        if face not in remembered:
            remembered[face] = await self._read(request, face)
        return remembered[face]

    async def need(self, request: Request, face: Face) -> Session:
        """The same, or SignInNeededError, which pages answer with the way to the sign-in page."""
        session = await self.find(request, face)
        if session is None:
            raise SignInNeededError(face)
        return session

    def mark(self, request: Request, face: Face) -> str | None:
        """Which sign-in the browser holds, whether or not its tokens are still good; None without one."""
        remembered = _remembered(request)
        session = remembered[face] if face in remembered else self._open(request, face)
        return None if session is None else session.session_id

    async def end(self, request: Request, face: Face) -> None:
        """Sign out, here and at identity; here also when identity does not answer."""
        session = self._open(request, face)
        self.forget(request, face)
        if session is not None and session.refresh_token is not None:
            try:
                await self._doors.anonymous(request).post(
                    "identity", "/v1/tokens:sign-out", {"refresh_token": session.refresh_token}
                )
            except (Refused, Silent):
                return

    def forget(self, request: Request, face: Face | Kept) -> None:
        """Take the cookie back; what it held is not ended at identity."""
        jar_of(request).drop(face.value.cookie, path=face.value.path)
        if isinstance(face, Face):
            _remembered(request)[face] = None

    def keep(self, request: Request, what: Kept, secret: Answer) -> None:
        """Let the browser keep a device's secret for a year, sealed: `{"token": ...}` or a tablet's id and secret."""
        self._put(request, what, json.dumps(secret, separators=(",", ":")), KEPT_FOR)

    def kept(self, request: Request, what: Kept) -> Answer | None:
        """What the browser kept, or None."""
        clear = self._unseal(request, what)
        found: Answer | None = None if clear is None else json.loads(clear)
        return found

    async def _read(self, request: Request, face: Face) -> Session | None:
        session, now = self._open(request, face), self._clock.now()
        if session is None or session.expires_at - now > RENEWED_BEFORE:
            return session
        if session.refresh_token is None:
            return session if session.expires_at > now else None
        try:
            token = await self._renewed(request, session)
        except Refused:
            self.forget(request, face)
            return None
        except Silent:
            # The old token may still be good for seconds; if it is not, nobody can say who this is.
            if session.expires_at > now:
                return session
            raise
        return self.start(request, face, token, code=session.code)

    async def _renewed(self, request: Request, session: Session) -> Answer:
        """Ask identity once for all requests of one browser that came with the same token at the same moment.

        Another browser with the same token is not answered from here: identity judges that it is a second user.
        """
        body = {"refresh_token": session.refresh_token, **self._proof(request, session.face)}
        mark = sha256(json.dumps([body, session.user_agent]).encode()).digest()
        now = time.monotonic()
        if len(self._renewals) > _SHARED_MAX:
            self._renewals.clear()
        known = self._renewals.get(mark)
        if known is None or now - known[0] > _SHARED_SECONDS or _failed(known[1]):
            asked = asyncio.ensure_future(
                self._doors.anonymous(request).post("identity", "/v1/tokens:refresh", body)
            )
            known = (now, asked)
            self._renewals[mark] = known
            asyncio.get_running_loop().call_later(_SHARED_SECONDS, self._renewals.pop, mark, None)
        return await asyncio.shield(known[1])

    def _proof(self, request: Request, face: Face) -> Answer:
        device = DEVICE_OF[face]
        kept = self.kept(request, device)
        if kept is None:
            return {}
        return {"tablet_secret": kept["secret"]} if device is Kept.TABLET else {"device_token": kept["token"]}

    def _open(self, request: Request, face: Face) -> Session | None:
        clear = self._unseal(request, face)
        if clear is None:
            return None
        access_token, refresh_token, expires_at, session_expires_at, code = json.loads(clear)
        here = self._clock.now().tzinfo
        return Session(
            face=face,
            access_token=access_token,
            refresh_token=refresh_token,
            expires_at=datetime.fromtimestamp(expires_at, here),
            session_expires_at=datetime.fromtimestamp(session_expires_at, here),
            claims=_claims(access_token),
            language=language_of(request),
            user_agent=user_agent_of(request),
            code=code,
        )

    def _put(self, request: Request, what: Face | Kept, clear: str, lifetime: timedelta) -> None:
        words = what.value
        sealed = base64.urlsafe_b64encode(self._sealer.seal(clear, _place(what))).decode().rstrip("=")
        jar_of(request).put(
            words.cookie,
            sealed,
            path=words.path,
            same_site=words.same_site,
            seconds=max(0, int(lifetime.total_seconds())),
            secure=self._secure,
        )

    def _unseal(self, request: Request, what: Face | Kept) -> str | None:
        value = request.cookies.get(what.value.cookie)
        if not value:
            return None
        try:
            return self._sealer.open(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)), _place(what))
        except (SealBrokenError, binascii.Error, ValueError):
            return None


def _failed(asked: asyncio.Future[Answer]) -> bool:
    return asked.done() and (asked.cancelled() or asked.exception() is not None)


def _place(what: Face | Kept) -> str:
    return f"cookie|{what.value.cookie}|value"


def _remembered(request: Request) -> dict[Face, Session | None]:
    found: dict[Face, Session | None] = request.scope.setdefault("state", {}).setdefault("sessions", {})
    return found


def _claims(access_token: str) -> Answer:
    """What the token says. It came from identity, and back from the browser only under our seal."""
    body = access_token.split(".")[1]
    claims: Answer = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims
