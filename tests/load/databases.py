"""Databases for one measurement, on the server of a running system."""

import asyncpg

from shared.runtime.migrate import migrate_async
from tests.system import System


async def bare_database(system: System, service: str, name: str) -> str:
    """An empty database with a service's newest schema, owned by its role; returns the address."""
    admin = await asyncpg.connect(system.databases["postgres"])
    try:
        await admin.execute(f'drop database if exists "{name}" with (force)')
        await admin.execute(f'create database "{name}" owner "{service}"')
    finally:
        await admin.close()
    url = system.databases[service].rsplit("/", 1)[0] + "/" + name
    await migrate_async(service, url)
    return url
