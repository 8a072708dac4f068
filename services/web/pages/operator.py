"""The operator's app: a shell that is the same for everybody, its service worker and its manifest."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from services.web.means import Means
from services.web.pages.common import render

SCOPE = "/petugas"
_COLOUR = "#00523f"


def router(means: Means) -> APIRouter:
    """`GET /petugas`, `/petugas/sw.js`, `/petugas/manifest.webmanifest`, and every screen's address below."""
    routes = APIRouter()

    @routes.get(SCOPE)
    async def shell(request: Request) -> Response:
        return _shell(request)

    @routes.get(f"{SCOPE}/sw.js")
    async def service_worker(request: Request) -> Response:
        return means.shelf.answer_fresh(request, "sw.js", headers={"Service-Worker-Allowed": SCOPE})

    @routes.get(f"{SCOPE}/manifest.webmanifest")
    async def web_manifest() -> Response:
        return JSONResponse(
            _manifest(means), media_type="application/manifest+json", headers={"Cache-Control": "no-cache"}
        )

    @routes.get(f"{SCOPE}/layar/{{screen:path}}")
    async def screen_of_the_app(request: Request, screen: str) -> Response:
        del screen
        return _shell(request)

    return routes


def _shell(request: Request) -> Response:
    # Kept by the service worker and shown to whoever holds the tablet: it may hold nothing of a person or session.
    return render(request, "operator/shell.html", language="id", headers={"Cache-Control": "no-cache"})


def _manifest(means: Means) -> dict[str, object]:
    icons = [("icon.svg", "any", "image/svg+xml"), ("icon-maskable.svg", "any", "image/svg+xml")]
    return {
        "id": SCOPE,
        "name": means.words.say("id", "petugas.nama_aplikasi"),
        "short_name": "Timbang",
        "lang": "id",
        "start_url": SCOPE,
        "scope": SCOPE,
        "display": "standalone",
        "orientation": "any",
        "background_color": "#ffffff",
        "theme_color": _COLOUR,
        "icons": [
            {
                "src": means.shelf.url(name),
                "sizes": sizes,
                "type": kind,
                **({"purpose": "maskable"} if "maskable" in name else {}),
            }
            for name, sizes, kind in icons
            if means.shelf.has(name)
        ],
    }
