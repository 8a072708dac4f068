"""Brings one service's database to its newest schema; several processes may try at once, one does it."""

import asyncio
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

MIGRATION_LOCK = 7_465_003
# A migration that waits longer would stop the service's own writers behind it.
LOCK_TIMEOUT = "4s"


def script_directory(service: str) -> ScriptDirectory:
    """The service's migrations, as Alembic sees them."""
    import services  # noqa: PLC0415 - only where the folder is needed; shared knows no service by name

    config = Config()
    config.set_main_option("script_location", str(Path(services.__path__[0]) / service / "migrations"))
    config.set_main_option("version_locations", str(Path(services.__path__[0]) / service / "migrations"))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def migrate(service: str, database_url: str, metadata: MetaData | None = None) -> None:
    """Run what is missing up to head, in one transaction."""
    asyncio.run(migrate_async(service, database_url, metadata))


async def migrate_async(service: str, database_url: str, metadata: MetaData | None = None) -> None:
    """As `migrate`, inside a running loop."""
    engine = create_async_engine(
        database_url.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=pool.NullPool
    )
    try:
        async with engine.begin() as connection:
            await connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            await connection.execute(text(f"set local lock_timeout = '{LOCK_TIMEOUT}'"))
            await connection.run_sync(_upgrade, service, metadata)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, service: str, metadata: MetaData | None) -> None:
    scripts = script_directory(service)

    def steps(revision: Any, context: Any) -> Any:
        del context
        return scripts._upgrade_revs("head", revision)  # noqa: SLF001 - what alembic.command.upgrade itself does

    with EnvironmentContext(Config(), scripts, fn=steps, destination_rev="head") as environment:
        environment.configure(connection=connection, target_metadata=metadata)
        environment.run_migrations()
