"""Built files under `/static`, and the choice of a language."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.files import URL
from services.web.means import Means
from services.web.pages.common import go_to, safe_target
from services.web.session.jar import jar_of
from services.web.words import LANGUAGE_COOKIE, LANGUAGES
from shared.runtime.problems import Problem

_YEAR_SECONDS = 31_536_000


def router(means: Means) -> APIRouter:
    """`GET /static/{name}`, `GET /bahasa/{language}?ke=`."""
    routes = APIRouter()
    secure = means.settings.public_url.startswith("https://")

    @routes.get(f"{URL}/{{name}}")
    async def built_file(request: Request, name: str) -> Response:
        found = means.shelf.answer(request, name)
        if found is None:
            raise Problem("not_found")
        return found

    @routes.get("/bahasa/{language}")
    async def choose_language(request: Request, language: str) -> Response:
        if language not in LANGUAGES:
            raise Problem("not_found")
        jar_of(request).put(
            LANGUAGE_COOKIE, language, path="/", same_site="lax", seconds=_YEAR_SECONDS, secure=secure
        )
        return go_to(safe_target(request, "/"))

    return routes
