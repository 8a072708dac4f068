"""One service with its door open on a real database, and everything that a call needs to find there."""

import contextlib
import importlib
import os
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from deploy.docs.built import _environment
from deploy.local.settings import REPOSITORY
from shared.contracts import Event
from shared.runtime.service import Service
from tests.matrix.people import People

ROLLOUT = REPOSITORY / "deploy" / "rollout" / "deli-serdang.yaml"


class NotPlantedError(AssertionError):
    """A record could not be made: the reason is the door's answer."""


@dataclass
class Scene:
    """The service, its people, and short words for planting."""

    name: str
    service: Service
    client: httpx.AsyncClient
    people: People = field(default_factory=People)
    app: FastAPI | None = None

    async def say(
        self, method: str, path: str, header: Mapping[str, str], body: Any = None, **query: Any
    ) -> Any:
        """Ask a door that must say yes; its JSON."""
        answer = await self.client.request(method, path, json=body, params=query, headers=dict(header))
        if not 200 <= answer.status_code < 300:
            raise NotPlantedError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    async def hear(self, *events: Event) -> None:
        """Let the service hear events, as from Kafka."""
        assert self.service.hearing is not None
        async with self.service.database.transaction() as tx:
            for event in events:
                await self.service.hearing.handlers[type(event)](tx, [event])

    async def set_aside(self) -> int:
        """A dead letter, of a kind that nobody minds any more; its number."""
        async with self.service.database.transaction() as tx:
            found: int = await tx.fetchval(
                """
                insert into dead_letter (topic, partition, record_offset, headers, payload, kind, error)
                values ('timbang.uji.v1', 0, (select count(*) from dead_letter),
                        '[["ce_type", "id.timbang.uji.v1"]]'::jsonb, '{}', 'failed', 'uji')
                returning id
                """
            )
        return found

    async def run(self, statement: str, *values: Any) -> None:
        """One statement, where no door of this service makes what is needed."""
        async with self.service.database.transaction() as tx:
            await tx.execute(statement, *values)


def open_rollout(folder: Path) -> Path:
    """The rollout file of the repository, with the other sub-district open as well."""
    text = ROLLOUT.read_text(encoding="utf-8")
    head, tail = text.split('kemendagri_code: "12.07.27"')
    planned = "- {phase: planned, since_on: 2026-06-01}"
    assert planned in tail.split("kemendagri_code")[0]
    tail = tail.replace(planned, f"{planned}\n          - {{phase: open, since_on: 2026-07-01}}", 1)
    # Room for as many pick-ups as there are callers.
    head, tail = (re.sub(r"capacity: \d+", "capacity: 500", text) for text in (head, tail))
    path = folder / "rollout.yaml"
    path.write_text(f'{head}kemendagri_code: "12.07.27"{tail}', encoding="utf-8")
    return path


@contextlib.asynccontextmanager
async def opened(
    name: str, database_url: str, folder: Path, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Scene]:
    """The service as its main builds it, with only its door; tokens are the people's."""
    people = People()
    with _environment(name, folder):
        os.environ |= {
            f"{name.upper()}_DATABASE_URL": database_url,
            "ROLLOUT_PATH": str(open_rollout(folder)),
            **(settings or {}),
        }
        service: Service = importlib.import_module(f"services.{name}.main").create()
    service.tokens = people.mint.tokens
    application = service.application(frozenset({"door"}))
    transport = httpx.ASGITransport(app=application, raise_app_exceptions=False)
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=transport, base_url=f"http://{name}", timeout=30) as client,
    ):
        yield Scene(name, service, client, people, application)
