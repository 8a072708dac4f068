"""An identity of its own for each test about people."""

import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from deploy.local.settings import REPOSITORY
from services.identity.main import create
from services.identity.settings import IdentitySettings
from shared.runtime.rollout import RolloutWatcher
from tests.builders import TokenMint
from tests.services.identity.people_stage import SECRET, People
from tests.services.identity.seeded_stage import Place, open_place


@pytest.fixture
async def people(fresh_database: Callable[[str], str], tmp_path: Path) -> AsyncIterator[People]:
    """Nobody is enrolled yet; tokens are signed by the test, and wallet does not answer."""
    key_file = tmp_path / "identity.key"
    key_file.write_text(SECRET)
    wallet_socket = socket.socket()
    wallet_socket.bind(("127.0.0.1", 0))
    settings = IdentitySettings(
        database_url=fresh_database("identity"),
        key_file=key_file,
        WALLET_URL=f"http://127.0.0.1:{wallet_socket.getsockname()[1]}",
    )
    mint = TokenMint()
    service = create(settings)
    service.tokens = mint.tokens
    application = service.application(frozenset({"door"}))
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=transport, base_url="http://identity") as door,
    ):
        yield People(service, door, settings, mint, wallet_socket)
    wallet_socket.close()


@pytest.fixture
async def place(fresh_database: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Place]:
    """The seeded people, who sign in with their PINs and get identity's own tokens."""
    async with open_place(fresh_database("identity"), tmp_path) as opened:
        yield opened


@pytest.fixture
def rollout_watcher() -> RolloutWatcher:
    """The rollout file as it stands."""
    return RolloutWatcher(REPOSITORY / "deploy" / "rollout" / "deli-serdang.yaml")
