"""Asks every operation of a running service for whatever its OpenAPI page allows, and some of what it does not."""

import asyncio
import importlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import schemathesis
import uvicorn
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from deploy.docs.roles import ANYONE, roles_of
from shared.kernel.roles import Role
from shared.runtime.http import KEEP_ALIVE_SECONDS
from tests.matrix.people import OWN, People
from tests.matrix.scene import opened

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
START_SECONDS = 60.0
# These ask another service, which is not running here; then they say 503 in words, which is right.
ASKS_ANOTHER = frozenset(
    {
        ("identity", "POST", "/v1/members/{member_id}:erase"),
        ("deposit", "POST", "/v1/closings"),
        ("deposit", "POST", "/v1/deposits:carried"),
        ("deposit", "GET", "/v1/closings/preview"),
        ("payout", "POST", "/v1/quotes"),
    }
)


@dataclass(frozen=True)
class Served:
    """A service that listens: where, who may knock, which records are there, and the roles of each operation."""

    name: str
    address: str
    people: People
    planted: Mapping[str, Any]
    roles: Mapping[tuple[str, str], set[str]]


@contextmanager
def served(name: str, database_url: str, folder: Path, port: int) -> Iterator[Served]:
    """The service with its door open on a real port, in a thread of its own."""
    ready, stop = threading.Event(), threading.Event()
    found: list[Served] = []
    failed: list[BaseException] = []

    async def serve() -> None:
        plants = importlib.import_module(f"tests.matrix.plants.{name}")
        async with opened(name, database_url, folder) as scene:
            assert scene.app is not None
            planted = await plants.plant(scene)
            server = uvicorn.Server(
                uvicorn.Config(
                    scene.app,
                    port=port,
                    lifespan="off",
                    log_level="error",
                    access_log=False,
                    ws="none",
                    timeout_keep_alive=KEEP_ALIVE_SECONDS,
                )
            )
            task = asyncio.create_task(server.serve())
            while not server.started:
                await asyncio.sleep(0.01)
            roles = {(method, path): set(words.split()) for method, path, words in roles_of(scene.app)}
            found.append(Served(name, f"http://127.0.0.1:{port}", scene.people, planted, roles))
            ready.set()
            while not stop.is_set():
                await asyncio.sleep(0.05)
            server.should_exit = True
            await task

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:  # noqa: BLE001 - told to the test that waits
            failed.append(error)
            ready.set()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert ready.wait(START_SECONDS)
        if failed:
            raise failed[0]
        yield found[0]
    finally:
        stop.set()
        thread.join(START_SECONDS)


@contextmanager
def listening(app: FastAPI, port: int) -> Iterator[str]:
    """Any application on a real port; its address."""
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            port=port,
            lifespan="off",
            log_level="error",
            access_log=False,
            ws="none",
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            thread.join(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)


def fuzz(service: Served, examples: int) -> list[str]:
    """What answered otherwise than its page says, or with a 5xx; so many requests an operation."""
    page = schemathesis.openapi.from_url(f"{service.address}/openapi.json")
    defects: list[str] = []
    found: Any = page.get_all_operations()
    for each in found:
        operation = each.ok()
        defect = _fuzz_one(service, operation, examples)
        if defect:
            defects.append(f"{service.name} {operation.method.upper()} {operation.path}: {defect}")
    return defects


def _fuzz_one(service: Served, operation: Any, examples: int) -> str:
    header = _header(service, operation.method.upper(), operation.path)

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=st.one_of(
            operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
            operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
            operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        ),
        known=st.booleans(),
    )
    def asked(case: Any, known: bool) -> None:
        if known and isinstance(case.path_parameters, dict):
            case.path_parameters.update(
                {name: service.planted[name] for name in case.path_parameters if name in service.planted}
            )
        response = case.call(headers=header, timeout=30)
        if response.status_code == 503 and _may_be_alone(service, operation):
            return
        case.validate_response(response, checks=CHECKS)

    try:
        asked()
    except (Failure, FailureGroup) as failure:
        return _in_words(failure)
    return ""


def _may_be_alone(service: Served, operation: Any) -> bool:
    return (service.name, operation.method.upper(), operation.path) in ASKS_ANOTHER


def _header(service: Served, method: str, path: str) -> dict[str, str]:
    allowed = service.roles[method, path]
    if ANYONE in allowed:
        return {}
    return service.people[Role(min(allowed)), OWN].header


def _in_words(failure: BaseException) -> str:
    inner = failure.exceptions if isinstance(failure, FailureGroup) else [failure]
    return " | ".join(str(each).replace("\n", " ")[:600] for each in inner)
