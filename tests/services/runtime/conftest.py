"""A stage for each test: a database of its own with the shared tables, and topics of its own."""

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from uuid import uuid4

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.local.stack import Stack
from deploy.local.testing import Clones, create_prefixed_topics, delete_prefixed_topics
from shared.contracts.prices import PRICES_TOPIC
from shared.runtime import tables
from shared.runtime.database import Database
from tests.services.runtime.stage import HEARD_TABLES, TOPIC, Stage

TOPICS = (TOPIC, PRICES_TOPIC)


@pytest.fixture(scope="session", autouse=True)
def stage_database(_clones: Clones) -> None:
    """What `fresh_database("stage")` gives: the small service's database."""
    teach_stage(_clones)


@pytest.fixture
def fresh_topics(stack: Stack) -> Iterator[str]:
    """The prefix of the two topics that the small service speaks about; the other four would be made for nothing."""
    prefix = f"t{uuid4().hex[:8]}."
    create_prefixed_topics(stack, prefix, TOPICS)
    yield prefix
    delete_prefixed_topics(stack, prefix, TOPICS)


@pytest.fixture
async def stage(
    stack: Stack, fresh_topics: str, fresh_database: Callable[[str], str]
) -> AsyncIterator[Stage]:
    """The small service's database and topics, gone after the test."""
    database = Database(fresh_database("stage"), application="stage")
    await database.open()
    try:
        yield Stage(stack, database, fresh_topics)
    finally:
        await database.close()


def teach_stage(clones: Clones) -> None:
    """Have `fresh("stage")` make a database with the shared tables and those that note what was heard.

    `fresh("audited")` has the audit as well.
    """
    marks = inspect.getsource(tables) + HEARD_TABLES
    clones.teach("stage", marks, functools.partial(_make, audited=False))
    clones.teach("audited", marks, functools.partial(_make, audited=True))


async def _make(address: str, *, audited: bool) -> None:
    def create(connection: Connection) -> None:
        operations = Operations(MigrationContext.configure(connection))
        tables.create_shared_tables(operations)
        if audited:
            tables.create_audit_table(operations)
        for statement in HEARD_TABLES.split(";"):
            connection.exec_driver_sql(statement)

    engine = create_async_engine(
        address.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=pool.NullPool
    )
    async with engine.begin() as connection:
        await connection.run_sync(create)
    await engine.dispose()
