"""The embedded PostgreSQL and Kafka are closed to strangers, made from the files, and durable by their settings."""

import asyncio

import asyncpg
import pytest

from deploy.local.stack import Stack
from deploy.local.topics import ensure_topics, read_topics


def test_one_role_cannot_open_anothers_database(stack: Stack) -> None:
    own = stack.database_url("wallet")
    foreign = own.rsplit("/", 1)[0] + "/payout"

    async def main() -> None:
        connection = await asyncpg.connect(own)
        assert await connection.fetchval("SELECT current_database()") == "wallet"
        await connection.close()
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(foreign)

    asyncio.run(main())


def test_topics(stack: Stack, fresh_topics: str) -> None:
    assert ensure_topics(stack.bootstrap_servers, read_topics(), fresh_topics) == []
