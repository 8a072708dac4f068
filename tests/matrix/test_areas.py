"""Who reaches whose records: every operation, every role, the own area and another one, on a real PostgreSQL."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request, Response

from deploy.docs.areas import UNJUDGED, WHO, Line, judged, matrix
from deploy.docs.built import service_names
from deploy.docs.roles import ANYONE, roles_of
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.problems import Problem, problem_response
from shared.runtime.tokens import Caller
from tests.journeys.wrong_requests import Operation
from tests.matrix.asking import Recipes
from tests.matrix.judging import complaints
from tests.matrix.people import SUBDISTRICT, People
from tests.matrix.scene import Scene, opened
from tests.matrix.walking import walk


def allowed_in(app: FastAPI) -> Callable[[Operation], set[str]]:
    roles = {(method, path): set(words.split()) for method, path, words in roles_of(app)}
    return lambda operation: roles[operation.method.upper(), operation.path]


@pytest.mark.parametrize("service", service_names())
async def test_everybody_reaches_what_the_matrix_says_and_nothing_else(
    service: str, fresh_database: Callable[[str], str], tmp_path: Path
) -> None:
    plants = importlib.import_module(f"tests.matrix.plants.{service}")
    async with opened(service, fresh_database(service), tmp_path) as scene:
        app = scene.service.application(frozenset({"door"}))
        answers = [each async for each in walk(scene, app, plants.plant, plants.RECIPES, allowed_in(app))]
    wrong = complaints(answers, judged())
    assert not wrong, "\n".join([f"{len(wrong)} of {len(answers)}", *wrong[:60]])


def test_the_committed_matrix_has_a_judged_line_for_every_operation_and_role() -> None:
    known = judged()
    assert matrix(known).count("\n") == len(known) + 1, "run `make docs`, then judge the new lines"
    assert [line for line, outcomes in known.items() if UNJUDGED in outcomes] == []


async def answer(_: Request, problem: Problem) -> Response:
    return problem_response(problem, None)


def test_every_operation_is_tried_by_somebody_who_gets_in() -> None:
    operations: dict[str, set[str]] = {}
    for (service, method, path, _), outcomes in judged().items():
        operations.setdefault(f"{service} {method} {path}", set()).update(outcomes)
    closed = {name for name, outcomes in operations.items() if not outcomes & {"allowed", ANYONE}}
    assert closed == set()


def careless(scene_people: People, *, checks: bool) -> tuple[FastAPI, str]:
    """A door with one record of the own area, which it shows with or without looking at the area."""
    record = str(uuid7())
    routes = APIRouter(prefix="/v1")

    @routes.get("/moons/{moon_id}")
    async def read_moon(
        moon_id: str, who: Annotated[Caller, Depends(allow(Role.PROGRAMME))]
    ) -> dict[str, str]:
        if moon_id != record or (checks and not who.covers_subdistrict(SUBDISTRICT)):
            raise Problem("not_found")
        return {"moon_id": record}

    app = FastAPI(docs_url=None, redoc_url=None)
    app.include_router(routes)
    app.state.tokens = scene_people.mint.tokens
    app.add_exception_handler(Problem, answer)  # type: ignore[arg-type]
    return app, record


@pytest.mark.parametrize("checks", [True, False])
async def test_a_planted_route_that_forgets_the_area_is_found(checks: bool) -> None:
    people = People()
    app, record = careless(people, checks=checks)
    line = ("planted", "GET", "/v1/moons/{moon_id}")
    known: dict[Line, Line] = {(*line, role.value): ("forbidden",) * len(WHO) for role in Role}
    known[*line, Role.PROGRAMME.value] = ("allowed", "allowed", "not found")

    async def plant(_: Scene) -> dict[str, str]:
        return {"moon_id": record}

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://planted") as client:
        scene = Scene("planted", None, client, people)  # type: ignore[arg-type]
        answers = [each async for each in walk(scene, app, plant, Recipes(), allowed_in(app))]
    wrong = complaints(answers, known)
    if checks:
        assert wrong == []
    else:
        (only,) = wrong
        assert only.startswith(
            "planted GET /v1/moons/{moon_id} as programme (other area): allowed, not not found"
        )
    assert len(complaints(answers, {})) == len(answers) - 1, "a new route without a line fails"
