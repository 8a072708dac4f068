"""The built assets: read once, each in the smallest form that the browser takes, under names that change with them."""

import base64
import hashlib
import json
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

MANIFEST = "manifest.json"
SIZES = "sizes.json"
URL = "/static"
_FOR_EVER = "public, max-age=31536000, immutable"
# In the order of preference; the ending of the file beside the plain one.
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}


class AssetMissingError(Exception):
    """The build is not whole: the service does not start without everything that its pages name."""


@dataclass(frozen=True, slots=True)
class File:
    """One built file: its type, and its bytes by encoding ("" is plain)."""

    media_type: str
    bodies: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Style:
    """A style sheet to stand in a page itself, and how the policy names it (`sha256-...`)."""

    text: str
    source: str


class Shelf:
    """All built files by the name that pages use: `ui.css` stands for `ui.3f9c0d1e.css`."""

    def __init__(self, folder: Path) -> None:
        """Read them all. Raises AssetMissingError, naming what is missing and how to make it."""
        self._names: dict[str, str] = _written(folder, MANIFEST)
        # The app's lazy parts stand in no page and so not in the manifest, but in the list of all that was built.
        parts = _written(folder, SIZES)["sizes"]
        self._files = {built: _read(folder, built) for built in {*self._names.values(), *parts}}

        self._styles = {
            name: _style(self._files[built]) for name, built in self._names.items() if name.endswith(".css")
        }

    def style(self, name: str) -> Style:
        """A built style sheet as text. Raises KeyError for a name that is none."""
        return self._styles[name]

    def url(self, name: str) -> str:
        """Where a built file is served for ever. Raises AssetMissingError for a name that nothing is built for."""
        if name not in self._names:
            raise AssetMissingError(
                f"no asset is called {name}: see services/web/assets/build.mjs, then `make web`"
            )
        return f"{URL}/{self._names[name]}"

    def has(self, name: str) -> bool:
        """Whether something is built under this name."""
        return name in self._names

    def answer(self, request: Request, built: str) -> Response | None:
        """A built file as it is served, or None."""
        file = self._files.get(built)
        return None if file is None else _answer(request, file, _FOR_EVER)

    def answer_fresh(self, request: Request, name: str, *, headers: dict[str, str] | None = None) -> Response:
        """A built file under a name that stays, such as the service worker: asked for anew each time."""
        response = _answer(request, self._files[self._names[name]], "no-cache")
        response.headers.update(headers or {})
        return response


def _written(folder: Path, name: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AssetMissingError(f"{folder / name} is not there or not whole: run `make web`") from error
    return found


def _read(folder: Path, built: str) -> File:
    path = folder / built
    try:
        bodies = {"": path.read_bytes()}
    except OSError as error:
        raise AssetMissingError(f"{path} is missing: run `make web`") from error
    for encoding, ending in _ENCODINGS:
        packed = path.with_name(path.name + ending)
        if packed.exists():
            bodies[encoding] = packed.read_bytes()
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return File(media_type, bodies)


def _style(file: File) -> Style:
    text = file.bodies[""].decode().strip()
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Style(text, f"sha256-{digest}")


def _answer(request: Request, file: File, caching: str) -> Response:
    accepted = {
        part.partition(";")[0].strip() for part in request.headers.get("accept-encoding", "").split(",")
    }
    encoding = next((name for name, _ in _ENCODINGS if name in accepted and name in file.bodies), "")
    headers = {"Cache-Control": caching}
    if len(file.bodies) > 1:
        headers["Vary"] = "Accept-Encoding"
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(file.bodies[encoding], media_type=file.media_type, headers=headers)
