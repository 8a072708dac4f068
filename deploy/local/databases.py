"""Every service has its own database and its own login role, and no role can open another's database."""

from __future__ import annotations

import asyncio
import secrets as random_secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg

from deploy.local.secrets import read_secret
from deploy.local.settings import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deploy.local.postgres import PostgresServer

READER = "grafana_reader"
"""Grafana's role: it may connect to adoption's database and read what adoption's migrations grant it (views)."""
READ_DATABASE = "adoption"
READER_SQL = REPOSITORY / "deploy" / "grafana" / "reader.sql"


@dataclass(frozen=True)
class Databases:
    """Addresses with their passwords by service, besides `postgres` (administrator) and `grafana_reader`."""

    urls: dict[str, str]
    created: list[str]
    """The services whose database is new."""


def ensure_databases(server: PostgresServer, services: Sequence[str]) -> Databases:
    """Create roles and databases that are missing, each role with its own password."""
    passwords = {
        name: read_secret(server.home, name, make=lambda: random_secrets.token_urlsafe(24))
        for name in (*services, READER)
    }
    created = asyncio.run(_ensure(server, list(services), passwords))
    urls = {name: server.url(name, name, passwords[name]) for name in services}
    urls[READER] = server.url(READ_DATABASE, READER, passwords[READER])
    urls["postgres"] = server.url()
    return Databases(urls, created)


async def _ensure(server: PostgresServer, services: list[str], passwords: dict[str, str]) -> list[str]:
    admin = await asyncpg.connect(server.url())
    try:
        roles = {row["rolname"] for row in await admin.fetch("SELECT rolname FROM pg_roles")}
        databases = {row["datname"] for row in await admin.fetch("SELECT datname FROM pg_database")}
        await admin.execute("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")
        # Names are our own service names and the passwords' alphabet has no quote: nothing here needs escaping.
        for name, password in passwords.items():
            if name not in roles:
                await admin.execute(f"CREATE ROLE \"{name}\" LOGIN PASSWORD '{password}'")
            else:
                await admin.execute(f"ALTER ROLE \"{name}\" PASSWORD '{password}'")
        for name in services:
            if name not in databases:
                await admin.execute(f'CREATE DATABASE "{name}" OWNER "{name}"')
            await admin.execute(f'REVOKE CONNECT ON DATABASE "{name}" FROM PUBLIC')
        if READ_DATABASE in services:
            # It may connect here and read; adoption's migrations grant it the views, nothing grants it more.
            await admin.execute(READER_SQL.read_text(encoding="utf-8"))
        return [name for name in services if name not in databases]
    finally:
        await admin.close()
