"""One request of a resident: who asks, on a browser that is known or not, and the way back to where they were."""

import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.routing import APIRoute

from services.web.clients import Door, Refused, doors_of
from services.web.pages.common import Say, go_to, now_of, own_place, rollout_of, words_of
from services.web.session import Face, Session, need_session, sessions_of
from shared.kernel.rollout import Rollout

SIGN_IN: Final = "/masuk"
NEW_BROWSER: Final = "/perangkat-baru"
_SENT_TO: Final = re.compile(r"^(/keamanan)/.+$|^(.+)/(?:batal|tarik)$")
_OVER: Final = frozenset({"session_over", "token_reused", "sign_in_needed"})

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class UnknownBrowserError(Exception):
    """The page is only for browsers on which the card's printed code was typed once."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What every page of somebody who is signed in works with."""

    request: Request
    session: Session
    door: Door
    t: Say
    now: datetime

    @property
    def member_id(self) -> str:
        """The member of the session."""
        return str(self.session.member_id)

    @property
    def english(self) -> bool:
        """Whether the reader chose English."""
        return self.session.language == "en"

    @property
    def rollout(self) -> Rollout:
        """The rollout file in force."""
        return rollout_of(self.request)

    def bank_name(self, waste_bank_id: str | None) -> str:
        """A waste bank's name; its id if the rollout file does not have it any more."""
        found = None if waste_bank_id is None else self.rollout.waste_bank(waste_bank_id)
        return (waste_bank_id or "") if found is None else found.name


async def visit(request: Request, *, known: bool = True) -> Visit:
    """Whoever is signed in. With `known`, only on a browser that may see more than the balance."""
    session = await need_session(request, Face.RESIDENT)
    if known and not session.may_spend:
        raise UnknownBrowserError
    return Visit(request, session, doors_of(request).of(session), words_of(request), now_of(request))


class ResidentRoute(APIRoute):
    """A page of the resident's site: nothing of it stays in a cache, and whoever must do something first comes back."""

    def get_route_handler(self) -> Handler:
        """The page's function, with its two ways out."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                response = await handle(request)
            except UnknownBrowserError:
                response = go_to(f"{NEW_BROWSER}?ke={quote(_here(request))}")
            except Refused as refused:
                response = _elsewhere(request, refused)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        return answer


def told(t: Say, refused: Refused) -> str:
    """The refusal in words. What a door says of fields by their own names is said of the form in ours."""
    return t("bersama.masalah.isian") if refused.code == "invalid_request" else refused.detail


def back_to(text: str | None, otherwise: str = "/") -> str:
    """A page of ours to come back to; one that only leads in or out, or elsewhere, is forgotten.

    From where a form was sent to, one comes back to the page that had the form.
    """
    place = _SENT_TO.sub(lambda sent: sent[1] or sent[2], own_place(text, otherwise))
    return otherwise if place.startswith((SIGN_IN, "/keluar", NEW_BROWSER)) else place


def _here(request: Request) -> str:
    if request.method != "GET":
        return "/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _elsewhere(request: Request, refused: Refused) -> Response:
    """A session that ended elsewhere leads to the sign-in page, a browser that is not known to the card's code."""
    if refused.code in _OVER:
        sessions_of(request).forget(request, Face.RESIDENT)
        return go_to(f"{SIGN_IN}?ke={quote(_here(request))}&kabar={refused.code}")
    if refused.code == "card_code_needed":
        return go_to(f"{NEW_BROWSER}?ke={quote(_here(request))}")
    raise refused
