"""One way to a transaction: it is opened and committed here, and handed to everything else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Tx: TypeAlias = asyncpg.Connection | PoolConnectionProxy


class DatabaseUnavailableError(Exception):
    """The database cannot be reached, or the connection broke: what was under way may or may not have happened."""


# The outcome is open or the attempt can be made again: never a reason to call an event bad.
TRANSIENT_ERRORS: tuple[type[BaseException], ...] = (
    DatabaseUnavailableError,
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InvalidCachedStatementError,
    # The disk or the server's own files: no event did that.
    asyncpg.PostgresSystemError,
    asyncpg.InternalServerError,
)
# The statement and the schema do not belong together, such as a column that is not there yet, not there any more, or
# not ours to read: the release and the database are of two ages. Statements do not depend on what stands in an event.
SCHEMA_ERRORS: tuple[type[BaseException], ...] = (asyncpg.SyntaxOrAccessError, asyncpg.InvalidSchemaNameError)
_NO_CONNECTION = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
_CONNECTION_LOST = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InternalClientError,
)

# Plans are made while tables are small and kept while they grow: without these two, a statement over unnest()
# that was prepared on an empty table scans it for ever, and the just-in-time compiler costs more than it saves.
# A process that stands still in a transaction, or a machine that is gone without a word, must not keep the rows and
# session locks that everybody else waits for: without the others, PostgreSQL keeps them for hours.
SERVER_SETTINGS = {
    "jit": "off",
    "enable_seqscan": "off",
    "lock_timeout": "10s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "30s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "4",
    "tcp_user_timeout": "30s",
}


async def _nothing_to_reset(_: asyncpg.Connection) -> None:
    """Nobody changes a pooled session; asyncpg's own reset would cost every transaction one more round trip.

    An open transaction is still rolled back, by asyncpg itself. Session locks are taken on `dedicated` connections.
    """


class Database:
    """A pool of connections to one service's own database. Opening it does not need the server to be up."""

    def __init__(self, url: str, connections_max: int = 12, application: str = "timbang") -> None:
        self.url = url
        self._application = application
        self._connections_max = connections_max
        self._pool: asyncpg.Pool | None = None
        self._committed: list[Callable[[], None]] = []

    async def open(self) -> None:
        """Make the pool. Connections are made when they are first needed."""
        self._pool = await asyncpg.create_pool(
            self.url,
            min_size=0,
            max_size=self._connections_max,
            timeout=5,
            command_timeout=60,
            max_inactive_connection_lifetime=300,
            reset=_nothing_to_reset,
            server_settings=SERVER_SETTINGS | {"application_name": self._application},
        )

    async def close(self) -> None:
        """Give the connections back, by force after ten seconds."""
        if self._pool is None:
            return
        try:
            async with asyncio.timeout(10):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Call back after every commit; the relay wakes up by this instead of by polling fast."""
        self._committed.append(callback)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Tx]:
        """A connection outside a transaction: for reading doors, in autocommit. DatabaseUnavailableError if none."""
        if self._pool is None:
            raise DatabaseUnavailableError("the database pool is not open")
        try:
            held = await self._pool.acquire(timeout=5)
        except _NO_CONNECTION as error:
            raise DatabaseUnavailableError(
                f"no connection to the database: {type(error).__name__}"
            ) from error
        try:
            yield held
        except _CONNECTION_LOST as error:
            raise DatabaseUnavailableError(
                f"the connection to the database broke: {type(error).__name__}"
            ) from error
        finally:
            await self._pool.release(held)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with self.connection() as held:
            async with held.transaction():
                yield held
            for callback in self._committed:
                callback()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        """One consistent read-only snapshot over several queries."""
        async with self.connection() as held, held.transaction(isolation="repeatable_read", readonly=True):
            yield held

    async def dedicated(self) -> asyncpg.Connection:
        """A connection outside the pool, for session locks. The caller closes it."""
        try:
            return await asyncpg.connect(
                self.url,
                timeout=5,
                command_timeout=60,
                server_settings=SERVER_SETTINGS | {"application_name": f"{self._application} session"},
            )
        except _NO_CONNECTION as error:
            raise DatabaseUnavailableError(
                f"no connection to the database: {type(error).__name__}"
            ) from error


async def take_lock(session: asyncpg.Connection, number: int) -> bool:
    """Take an advisory lock for as long as this dedicated session lives; False if somebody else holds it."""
    taken: bool = await session.fetchval("select pg_try_advisory_lock($1)", number)
    return taken


async def still_there(session: asyncpg.Connection) -> None:
    """Ask the server for a sign of life. Raises one of TRANSIENT_ERRORS if the session, and its locks, are gone."""
    await session.fetchval("select 1")
