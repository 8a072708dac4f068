"""Walks through every operation of one service in every role and area, on fresh records where a call changes them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from deploy.docs.areas import WHO
from deploy.docs.roles import ANYONE
from shared.kernel.roles import Role
from tests.journeys.wrong_requests import Operation, operations
from tests.matrix.asking import FORBIDDEN, NOT_FOUND, SIGN_IN, Recipes, ask
from tests.matrix.people import OWN, People
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
    standing, people = await _planted(scene, plant)
    for operation in _of_page(scene.name, app):
        roles = allowed(operation)
        kind, words = await ask(scene.client, operation, standing, recipes, None)
        if ANYONE in roles:
            yield Answer(operation, None, OWN, ANYONE if kind != SIGN_IN else kind, words)
            continue
        yield Answer(operation, None, OWN, kind, words)
        for role in Role:
            given, those = standing, people
            changes = operation.method != "get" and role.value in roles
            fresh = not changes
            # From the outside in: what is refused changes nothing, and the next one may be tried on the same records.
            for who in reversed(WHO):
                if not fresh:
                    given, those = await _planted(scene, plant)
                kind, words = await ask(scene.client, operation, given, recipes, those[role, who])
                fresh = not changes or kind in {FORBIDDEN, NOT_FOUND}
                yield Answer(operation, role.value, who, kind, words)


async def _planted(scene: Scene, plant: Plant) -> tuple[dict[str, Any], People]:
    """New records of new people: what an earlier call did to others does not matter."""
    scene.people = People(scene.people.mint)
    planted = await plant(scene)
    if getattr(scene.service, "hearing", None) is not None:
        planted["letter_id"] = await scene.set_aside()
    return planted, scene.people


def _of_page(service: str, app: FastAPI) -> Iterable[Operation]:
    return operations(service, app.openapi())
