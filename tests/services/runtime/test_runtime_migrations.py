"""The tables that the migrations make are the tables that the models declare, in every service."""

import importlib
from collections.abc import Callable
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Connection, MetaData, Table, Text, pool
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.docs.built import service_names

# Made by shared/runtime/tables.py for every service; nothing reads them through models.
SHARED_TABLES = {"outbox", "outbox_archive", "dead_letter", "audit"}


def declared(service: str) -> MetaData:
    found: MetaData = importlib.import_module(f"services.{service}.models").Table.metadata
    return found


async def differences(url: str, metadata: MetaData) -> list[Any]:
    """What autogenerate would change on that database, shared tables left out."""

    def included(item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
        del reflected, other
        table = name if kind == "table" else getattr(getattr(item, "table", None), "name", None)
        return table not in SHARED_TABLES

    def compare(connection: Connection) -> list[Any]:
        options = {"compare_type": True, "compare_server_default": False, "include_object": included}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    address = url.replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(address, poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(compare)
    finally:
        await engine.dispose()


@pytest.mark.parametrize("service", service_names())
async def test_models_declare_what_the_migrations_make(
    service: str, fresh_database: Callable[[str], str]
) -> None:
    assert await differences(fresh_database(service), declared(service)) == []


async def test_a_planted_table_and_column_are_found(fresh_database: Callable[[str], str]) -> None:
    planted = MetaData()
    for table in declared("wallet").tables.values():
        table.to_metadata(planted)
    Table("lottery", planted, Column("id", Text, primary_key=True))
    planted.tables["account"].append_column(Column("luck", Text))
    found = await differences(fresh_database("wallet"), planted)
    assert sorted(change[0] for change in found) == ["add_column", "add_table"]


def test_services_may_have_tables_of_the_same_name() -> None:
    registries = [id(declared(service)) for service in service_names()]
    assert len(set(registries)) == len(registries)
