"""A form of ours proves that it is one: it carries a word that only we can make, for this browser's session alone."""

import hmac
import secrets
from hashlib import sha256

from starlette.requests import Request

from services.web.session.faces import Face, face_of
from services.web.session.jar import jar_of
from services.web.session.sessions import Sessions

FIELD = "csrf"
# Before anybody is signed in the word hangs on this cookie; it names nobody.
_COOKIE = "kunci"
_SECONDS = 86_400
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Csrf:
    """Makes and checks the words in forms."""

    def __init__(self, key: bytes, sessions: Sessions, public_host: str, *, secure: bool) -> None:
        self._key = key
        self._sessions = sessions
        self._public_host = public_host
        self._secure = secure

    def word(self, request: Request) -> str:
        """What a form of this page carries. Where nobody is signed in, the answer sets a cookie beside it."""
        face = face_of(request.url.path)
        mark = self._sessions.mark(request, face)
        if mark is None:
            mark = request.cookies.get(_COOKIE) or self._new_cookie(request)
        return _masked(self._made(face, mark))

    def fits(self, request: Request, given: str) -> bool:
        """Whether a form that came back is one of ours, made for this browser."""
        face = face_of(request.url.path)
        marks = (self._sessions.mark(request, face), request.cookies.get(_COOKIE))
        try:
            found = _unmasked(given)
        except ValueError:
            return False
        return any(hmac.compare_digest(self._made(face, mark), found) for mark in marks if mark)

    def comes_from_here(self, request: Request) -> bool:
        """Whether the browser says that one of our own pages sent this; reading is free to all."""
        if request.method not in _UNSAFE:
            return True
        site = request.headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        host = request.headers.get("origin", "").partition("://")[2]
        return host in {request.headers.get("host"), self._public_host} - {"", None}

    def _made(self, face: Face, mark: str) -> bytes:
        return hmac.digest(self._key, f"{face.value.cookie}|{mark}".encode(), sha256)

    def _new_cookie(self, request: Request) -> str:
        found: str | None = request.scope["state"].get(_COOKIE)
        if found is None:
            found = request.scope["state"][_COOKIE] = secrets.token_urlsafe(18)
            jar_of(request).put(
                _COOKIE, found, path="/", same_site="lax", seconds=_SECONDS, secure=self._secure
            )
        return found


def _masked(word: bytes) -> str:
    """Another text each time: in a packed page, what repeats can be guessed from the length of the answer."""
    mask = secrets.token_bytes(len(word))
    return (mask + bytes(a ^ b for a, b in zip(mask, word, strict=True))).hex()


def _unmasked(given: str) -> bytes:
    """The word again. Raises ValueError if this never was one."""
    both = bytes.fromhex(given)
    half = len(both) // 2
    return bytes(a ^ b for a, b in zip(both[:half], both[half:], strict=True))
