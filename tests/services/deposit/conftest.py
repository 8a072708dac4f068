"""A stage for each test: the service on a fresh database."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from tests.builders import TokenMint
from tests.services.deposit.field_stage import FieldStage, field_stage
from tests.services.deposit.stage import MovableClock, Stage, build, write_rollout


@pytest.fixture
async def stage(fresh_database: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Stage]:
    """The service with its door open; nothing else of it runs."""
    path = tmp_path / "rollout.yaml"
    write_rollout(path)
    clock, mint = MovableClock(), TokenMint()
    service, rollout = build(fresh_database("deposit"), path, clock, mint)
    application = service.application(frozenset({"door"}))
    await service.database.open()
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://deposit") as door:
        yield Stage(service, door, mint, clock, rollout, path)
    await service.database.close()


@pytest.fixture
async def field(fresh_database: Callable[[str], str], tmp_path: Path) -> AsyncIterator[FieldStage]:
    """The same, where waste is fetched and days are closed."""
    async with field_stage(fresh_database("deposit"), tmp_path / "rollout.yaml") as stage:
        yield stage
