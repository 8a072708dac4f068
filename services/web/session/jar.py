"""Cookies that a request wants set: whatever answers it in the end, a page or a problem, they go along."""

from http.cookies import SimpleCookie

from starlette.requests import HTTPConnection

from services.web.session.faces import SameSite

_PLACE = "cookies_to_set"


class Jar:
    """The cookies of one answer."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str], str] = {}

    def put(
        self, name: str, value: str, *, path: str, same_site: SameSite, seconds: int, secure: bool
    ) -> None:
        """Set a cookie that no script can read, for so many seconds."""
        cookie: SimpleCookie = SimpleCookie()
        cookie[name] = value
        made = cookie[name]
        made["path"], made["max-age"], made["samesite"] = path, str(seconds), same_site.capitalize()
        made["httponly"] = True
        if secure:
            made["secure"] = True
        self._lines[name, path] = made.OutputString()

    def drop(self, name: str, *, path: str) -> None:
        """Take a cookie back."""
        self.put(name, "", path=path, same_site="strict", seconds=0, secure=False)

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The lines for the answer."""
        return [(b"set-cookie", line.encode("latin-1")) for line in self._lines.values()]


def jar_of(request: HTTPConnection) -> Jar:
    """The jar of the answer to this request."""
    state = request.scope.setdefault("state", {})
    if _PLACE not in state:
        state[_PLACE] = Jar()
    jar: Jar = state[_PLACE]
    return jar
