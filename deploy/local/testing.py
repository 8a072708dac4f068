"""A test gets a database with the newest schema in a fraction of a second, and topics that are its own."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import threading
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

import asyncpg

from deploy.local.postgres import ADMIN
from deploy.local.settings import REPOSITORY
from deploy.local.topics import create_topics, delete_topics, read_topics

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine

    from deploy.local.stack import Stack

T = TypeVar("T")


class Errands:
    """A thread and loop that stay, so that sync and async tests may both have something awaited.

    What is used again and again, such as the administrator's connection, lives there as long as it is needed.
    """

    def __init__(self) -> None:
        """Start the thread; it ends with the process."""
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="errands of tests", daemon=True).start()

    def run(self, errand: Coroutine[Any, Any, T]) -> T:
        """Wait for a coroutine that runs there."""
        return asyncio.run_coroutine_threadsafe(errand, self._loop).result()


_errands = functools.cache(Errands)
_topics = functools.cache(read_topics)


class Clones:
    """Databases cloned from one migrated template per service, each dropped when its test is over."""

    def __init__(self, stack: Stack) -> None:
        """Clone on the servers of `stack`."""
        self._stack = stack
        self._templates: dict[str, str] = {}
        self._kinds: dict[str, tuple[str, Callable[[str], Coroutine[Any, Any, None]]]] = {}
        self._made: list[str] = []
        self._admin: asyncpg.Connection | None = None
        self._one_at_a_time = asyncio.Lock()

    def fresh(self, service: str) -> str:
        """Return the address (with password) of a new database holding the service's newest schema."""
        return _errands().run(self._fresh(service))

    def teach(self, kind: str, marks: str, make: Callable[[str], Coroutine[Any, Any, None]]) -> None:
        """Have `fresh(kind)` clone a database of the administrator's, which `make(address)` fills once.

        `marks` names what is in it: with others, a template that outlives this run is not taken.
        """
        self._kinds[kind] = (hashlib.sha256(marks.encode()).hexdigest()[:12], make)

    def drop(self, *addresses: str) -> None:
        """Drop these, or all that were made: a database is three hundred files that need never reach the disk."""
        names = [address.rsplit("/", 1)[1] for address in addresses] if addresses else list(self._made)
        if names:
            _errands().run(self._drop(names))

    def close(self) -> None:
        """Give the administrator's connection back."""
        if self._admin is not None:
            _errands().run(self._admin.close())

    async def _administrator(self) -> asyncpg.Connection:
        # A connection costs as much as a clone.
        if self._admin is None or self._admin.is_closed():
            self._admin = await asyncpg.connect(self._stack.admin_url)
        return self._admin

    async def _fresh(self, service: str) -> str:
        async with self._one_at_a_time:
            admin = await self._administrator()
            if service not in self._templates:
                self._templates[service] = await self._template(admin, service)
            name = f"{service}_{uuid4().hex[:10]}"
            await self._clone(admin, name, self._templates[service], self._owner(service))
            self._made.append(name)
        return self._address(service, name)

    async def _template(self, admin: asyncpg.Connection, service: str) -> str:
        # Named by what the migrations say, so that a stack that outlives one test run is never out of date.
        mark, make = self._kinds.get(service) or (_fingerprint(service), functools.partial(_migrate, service))
        name = f"template_{service}_{mark}"
        await admin.execute("SELECT pg_advisory_lock(8400)")
        try:
            if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
                unfinished = f"{name}_{uuid4().hex[:6]}"
                await admin.execute(f'CREATE DATABASE "{unfinished}" OWNER "{self._owner(service)}"')
                await make(self._address(service, unfinished))
                await admin.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
        finally:
            await admin.execute("SELECT pg_advisory_unlock(8400)")
        return name

    async def _clone(self, admin: asyncpg.Connection, name: str, template: str, owner: str) -> None:
        for attempt in range(20):
            try:
                await admin.execute(
                    f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER "{owner}" STRATEGY file_copy'
                )
            except asyncpg.ObjectInUseError:  # another test process clones it right now
                await asyncio.sleep(0.05 * (attempt + 1))
            else:
                return
        message = f"the template {template} stays in use"
        raise RuntimeError(message)

    async def _drop(self, names: list[str]) -> None:
        async with self._one_at_a_time:
            admin = await self._administrator()
            for name in names:
                await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
                self._made.remove(name)

    def _owner(self, kind: str) -> str:
        return ADMIN if kind in self._kinds else kind

    def _address(self, kind: str, database: str) -> str:
        owned = self._stack.admin_url if kind in self._kinds else self._stack.database_url(kind)
        return owned.rsplit("/", 1)[0] + "/" + database


def create_prefixed_topics(stack: Stack, prefix: str, names: Collection[str] | None = None) -> None:
    """Create the topics of topics.yaml with these names, or every one, under a name that begins with `prefix`."""
    wanted = [topic for topic in _topics() if names is None or topic.name in names]
    _errands().run(create_topics(stack.bootstrap_servers, wanted, prefix))


def delete_prefixed_topics(stack: Stack, prefix: str, names: Collection[str] | None = None) -> None:
    """Delete the topics that create_prefixed_topics made."""
    wanted = [prefix + topic.name for topic in _topics() if names is None or topic.name in names]
    _errands().run(delete_topics(stack.bootstrap_servers, wanted))


async def _migrate(service: str, address: str) -> None:
    from shared.runtime.migrate import migrate_async  # noqa: PLC0415 - the stack itself knows nothing of services

    await migrate_async(service, address)


def _fingerprint(service: str) -> str:
    mark = hashlib.sha256()
    files = sorted((REPOSITORY / "services" / service / "migrations").rglob("*.py"))
    for file in [*files, REPOSITORY / "shared" / "runtime" / "tables.py"]:
        if file.exists():
            mark.update(file.read_bytes())
    return mark.hexdigest()[:12]
