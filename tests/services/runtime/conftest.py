"""A stage for each test: a database of its own with the shared tables, and topics of its own."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.local.stack import Stack
from shared.kernel.ids import uuid7
from shared.runtime.database import Database
from shared.runtime.tables import create_shared_tables
from tests.services.runtime.stage import HEARD_TABLES, Stage


@pytest.fixture
async def stage(stack: Stack, fresh_topics: str) -> AsyncIterator[Stage]:
    """The small service's database and topics, gone after the test."""
    database = await make_database(stack)
    try:
        yield Stage(stack, database, fresh_topics)
    finally:
        await database.close()


async def make_database(stack: Stack) -> Database:
    """A new, opened database with the shared tables and those that note what was heard."""
    name = f"stage_{uuid7().hex[-12:]}"
    admin = await asyncpg.connect(stack.admin_url)
    await admin.execute(f'create database "{name}"')
    await admin.close()
    url = stack.admin_url.rsplit("/", 1)[0] + "/" + name
    engine = create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=pool.NullPool
    )
    async with engine.begin() as connection:
        await connection.run_sync(_create_tables)
    await engine.dispose()
    database = Database(url, application="stage")
    await database.open()
    return database


def _create_tables(connection: Connection) -> None:
    create_shared_tables(Operations(MigrationContext.configure(connection)))
    for statement in HEARD_TABLES.split(";"):
        connection.exec_driver_sql(statement)
