"""Walks through every operation of one service in every role and area, on fresh records where a call changes them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from deploy.docs.roles import ANYONE
from shared.kernel.roles import Role
from tests.journeys.wrong_requests import Operation, operations
from tests.matrix.asking import SIGN_IN, Recipes, ask
from tests.matrix.people import OWN
from tests.matrix.scene import Scene

Plant = Callable[[Scene], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Answer:
    """What one caller met at one door. Without a role: nobody signed in."""

    operation: Operation
    role: str | None
    who: str
    kind: str
    words: str

    @property
    def line(self) -> tuple[str, str, str, str]:
        """Its line in the matrix."""
        return (
            self.operation.service,
            self.operation.method.upper(),
            self.operation.path,
            self.role or ANYONE,
        )


async def walk(
    scene: Scene, app: FastAPI, plant: Plant, recipes: Recipes, allowed: Callable[[Operation], set[str]]
) -> AsyncIterator[Answer]:
    """Every answer. Doors that are open to anyone are asked without a token; the others so, and in every role."""
    standing = await plant(scene)
    for operation in _of_page(scene.name, app):
        roles = allowed(operation)
        kind, words = await ask(scene.client, operation, standing, recipes, None)
        if ANYONE in roles:
            yield Answer(operation, None, OWN, ANYONE if kind != SIGN_IN else kind, words)
            continue
        yield Answer(operation, None, OWN, kind, words)
        for role in Role:
            for person in scene.people.of(role):
                fresh = operation.method != "get" and role.value in roles
                planted = await plant(scene) if fresh else standing
                kind, words = await ask(scene.client, operation, planted, recipes, person)
                yield Answer(operation, role.value, person.who, kind, words)


def _of_page(service: str, app: FastAPI) -> Iterable[Operation]:
    return operations(service, app.openapi())
