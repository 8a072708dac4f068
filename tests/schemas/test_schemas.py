"""Every service answers what its OpenAPI page says, whatever is asked: no 5xx, no answer outside its schema."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import Depends, FastAPI, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from deploy.docs.built import service_names
from deploy.local.ports import free_ports
from shared.runtime.access import anyone
from shared.runtime.http import Door
from tests.matrix.people import People
from tests.schemas.fuzzing import Served, fuzz, listening, served

# A sample in every test run; `make soak` asks more.
EXAMPLES, EXAMPLES_SOAKED = 5, 250


@pytest.mark.parametrize("service", service_names())
def test_answers_are_what_the_page_says(
    service: str, fresh_database: Callable[[str], str], tmp_path: Path
) -> None:
    (port,) = free_ports(1)
    with served(service, fresh_database(service), tmp_path, port) as running:
        assert fuzz(running, EXAMPLES) == []


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("service", service_names())
def test_answers_are_what_the_page_says_for_long(
    service: str, fresh_database: Callable[[str], str], tmp_path: Path
) -> None:
    (port,) = free_ports(1)
    with served(service, fresh_database(service), tmp_path, port) as running:
        assert fuzz(running, EXAMPLES_SOAKED) == []


class Rock(BaseModel):
    weight_grams: int


def crooked(kind: str) -> FastAPI:
    """A door with one operation that answers otherwise than its page says."""
    door = Door(title="crooked")

    @door.get("/v1/rocks", dependencies=[Depends(anyone)], response_model=Rock)
    async def read_rock(heavy: bool = False) -> Response:
        del heavy
        answers = {
            "sound": JSONResponse({"weight_grams": 5}),
            "breaks": JSONResponse({"weight_grams": 5}, status_code=500),
            "other type": JSONResponse({"weight_grams": "five"}),
            "not told": JSONResponse({"weight_grams": 5}, status_code=202),
            "not JSON": Response("five", media_type="text/plain"),
            "a refusal of another shape": JSONResponse(
                {"detail": "no"}, status_code=409, media_type="application/problem+json"
            ),
        }
        return answers[kind]

    return door


@pytest.mark.parametrize(
    "kind", ["sound", "breaks", "other type", "not told", "not JSON", "a refusal of another shape"]
)
def test_a_planted_crooked_answer_is_found(kind: str) -> None:
    (port,) = free_ports(1)
    with listening(crooked(kind), port) as address:
        service = Served("crooked", address, People(), {}, {("GET", "/v1/rocks"): {"anyone"}})
        defects = fuzz(service, EXAMPLES)
    assert len(defects) == (kind != "sound"), defects
