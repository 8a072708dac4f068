"""What every page uses: showing a template, reading a form, and what the request brings along.

    @routes.get("/saldo")
    async def balance(request: Request) -> Response:
        session = await need_session(request, Face.RESIDENT)
        found = await doors_of(request).of(session).get("wallet", "/v1/balance", ...)
        return render(request, "resident/balance.html", session=session, found=found)

    @routes.post("/tukar")
    async def redeem(request: Request) -> Response:
        form = await read_form(request)              # checks that the form is ours; raises what becomes a page
        ...
        return go_to("/tukar/selesai")               # redirect after POST, always

Templates get: `t(key, **values)`, `money(rupiah)`, `kg(grams)`, `amount(quantity, unit)`, `percent(basis_points)`,
`day(x)`, `weekday(x)`, `clock(x)`, `when(x)` (ISO text or datetime), `csrf` (the value of the hidden field `csrf`),
`session` (or None), `language`, `asset("ui.css")`, `path`, `has_asset(name)`,
`request_target` (path with query, for `?ke=`), `style` (the style sheet's text on the first page that a browser
sees, else None).
"""

import functools
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.web.files import Style
from services.web.means import Means
from services.web.policy import policy_with_style
from services.web.session import Face, Session, face_of
from services.web.session.csrf import FIELD
from services.web.settings import WebSettings
from services.web.words import Language, Words, formats, language_of
from shared.kernel.clock import Clock
from shared.kernel.rollout import Rollout
from shared.runtime.problems import Problem

_FIELDS_MAX = 500


class Say(Protocol):
    """`t("warga.saldo.judul", n=3)` in the reader's language."""

    def __call__(self, key: str, /, **values: Any) -> str:
        """The sentence."""
        ...


def means_of(request: Request) -> Means:
    """Everything concrete of this service."""
    found: Means = request.app.state.means
    return found


def words_of(request: Request) -> Say:
    """The sentences in the language of this request."""
    return _speaker(means_of(request).words, language_of(request))


def _speaker(words: Words, language: Language) -> Say:
    def say(key: str, /, **values: Any) -> str:
        return words.say(language, key, **values)

    return say


def rollout_of(request: Request) -> Rollout:
    """The rollout in force: sub-districts, phases, waste banks."""
    return means_of(request).watcher.current


def clock_of(request: Request) -> Clock:
    """The clock."""
    return means_of(request).clock


def now_of(request: Request) -> datetime:
    """This moment, in UTC."""
    return means_of(request).clock.now()


def settings_of(request: Request) -> WebSettings:
    """The settings."""
    return means_of(request).settings


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    language: Language | None = None,
    **values: Any,
) -> Response:
    """A page out of `services/web/templates`; see the module for what every template gets beside `values`.

    `language` is that of the request, unless the page must be the same for everybody.
    """
    means, language = means_of(request), language or language_of(request)
    style = _style_of_first_page(request, means)
    given = {**_given(request, means, language), "style": None if style is None else style.text}
    page = means.templates.get_template(template).render({**given, **values})
    said = {"Content-Language": language, **(headers or {})}
    if style is not None:
        said["Content-Security-Policy"] = policy_with_style(style.source)
    return HTMLResponse(page, status, said)


def _style_of_first_page(request: Request, means: Means) -> Style | None:
    """The style sheet for a page that carries it in itself; None where the browser will have it already.

    A browser without any cookie of ours is here for the first time. On a poor line asking for the sheet would keep it
    waiting for the length of another answer; every later page has it from the browser's store.
    """
    if request.cookies or face_of(request.url.path) is not Face.RESIDENT:
        return None
    return means.shelf.style("ui.css")


def go_to(place: str) -> Response:
    """See Other: the browser goes there with a GET, and a reload there sends no form again."""
    return RedirectResponse(place, status_code=303)


def safe_target(request: Request, otherwise: str) -> str:
    """Where `?ke=` (or the form's `ke`) leads, if that is a place of ours; never another host."""
    return own_place(request.query_params.get("ke"), otherwise)


def own_place(place: str | None, otherwise: str) -> str:
    """The place if it is a path of this site, else the other one."""
    if not place or not place.startswith("/") or place.startswith(("//", "/\\")) or "\\" in place:
        return otherwise
    # Before it is taken apart: a tab in it is passed over there, and "/<tab>/elsewhere" would be another host.
    if not place.isprintable():
        return otherwise
    parts = urlsplit(place)
    return otherwise if parts.scheme or parts.netloc else place


async def read_form(request: Request) -> FormData:
    """The fields of a form that one of our pages sent. Raises Problem form_expired if it is not, or too old."""
    try:
        form = await request.form(max_files=1, max_fields=_FIELDS_MAX)
    except HTTPException as error:
        raise Problem("invalid_request") from error
    word = form.get(FIELD)
    if not isinstance(word, str) or not means_of(request).csrf.fits(request, word):
        raise Problem("form_expired")
    sent = [text for pair in form.multi_items() for text in pair if isinstance(text, str)]
    if not all(_can_be_kept(text) for text in sent):
        raise Problem("invalid_request")
    return form


def _can_be_kept(text: str) -> bool:
    """Whether a text can be stored and shown again: no NUL, and no half of a character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


class _Word:
    """The hidden field's value, made only when a template asks for it: a page without a form sets no cookie."""

    def __init__(self, request: Request, means: Means) -> None:
        self._request = request
        self._means = means

    def __str__(self) -> str:
        return self._means.csrf.word(self._request)


def _given(request: Request, means: Means, language: Language) -> dict[str, Any]:
    sessions: dict[Any, Session | None] = request.scope.get("state", {}).get("sessions", {})
    return {
        "t": _speaker(means.words, language),
        "money": formats.money,
        "kg": functools.partial(formats.kg, language=language),
        "amount": functools.partial(formats.amount, language=language),
        "percent": functools.partial(formats.percent, language=language),
        "day": functools.partial(formats.day, language=language),
        "weekday": functools.partial(formats.weekday, language=language),
        "clock": formats.clock,
        "when": functools.partial(formats.when, language=language),
        "csrf": _Word(request, means),
        "session": sessions.get(face_of(request.url.path)),
        "language": language,
        "asset": means.shelf.url,
        "has_asset": means.shelf.has,
        "path": request.url.path,
        "request_target": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
    }
