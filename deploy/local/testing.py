"""A test gets a database with the newest schema in a fraction of a second, and topics that are its own."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

import asyncpg

from deploy.local.settings import REPOSITORY
from deploy.local.topics import create_topics, delete_topics, read_topics

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from deploy.local.stack import Stack

T = TypeVar("T")


def in_own_loop(begin: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine in a thread and loop of its own, so that sync and async tests may both call it."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(begin())).result()


class Clones:
    """Databases cloned from one migrated template per service, each dropped when its test is over."""

    def __init__(self, stack: Stack) -> None:
        """Clone on the servers of `stack`."""
        self._stack = stack
        self._templates: dict[str, str] = {}
        self._made: list[str] = []
        self._lock = threading.Lock()

    def fresh(self, service: str) -> str:
        """Return the address (with password) of a new database holding the service's newest schema."""
        return in_own_loop(lambda: self._fresh(service))

    def drop(self) -> None:
        """Drop what was made: a database is three hundred files, and most of them never reach the disk by then."""
        if self._made:
            in_own_loop(self._drop_all)
        self._made.clear()

    async def _fresh(self, service: str) -> str:
        admin = await asyncpg.connect(self._stack.admin_url)
        try:
            with self._lock:
                if service not in self._templates:
                    self._templates[service] = await self._template(admin, service)
            name = f"{service}_{uuid4().hex[:10]}"
            await self._clone(admin, name, self._templates[service], service)
        finally:
            await admin.close()
        self._made.append(name)
        return self._address(service, name)

    async def _template(self, admin: asyncpg.Connection, service: str) -> str:
        # Named by what the migrations say, so that a stack that outlives one test run is never out of date.
        from shared.runtime.migrate import migrate_async  # noqa: PLC0415 - the stack itself knows nothing of services

        name = f"template_{service}_{_fingerprint(service)}"
        await admin.execute("SELECT pg_advisory_lock(8400)")
        try:
            if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
                unfinished = f"{name}_{uuid4().hex[:6]}"
                await admin.execute(f'CREATE DATABASE "{unfinished}" OWNER "{service}"')
                await migrate_async(service, self._address(service, unfinished))
                await admin.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
        finally:
            await admin.execute("SELECT pg_advisory_unlock(8400)")
        return name

    async def _clone(self, admin: asyncpg.Connection, name: str, template: str, service: str) -> None:
        for attempt in range(20):
            try:
                await admin.execute(
                    f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER "{service}" STRATEGY file_copy'
                )
            except asyncpg.ObjectInUseError:  # another test process clones it right now
                await asyncio.sleep(0.05 * (attempt + 1))
            else:
                return
        message = f"the template {template} stays in use"
        raise RuntimeError(message)

    async def _drop_all(self) -> None:
        admin = await asyncpg.connect(self._stack.admin_url)
        try:
            for name in self._made:
                await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        finally:
            await admin.close()

    def _address(self, service: str, database: str) -> str:
        return self._stack.database_url(service).rsplit("/", 1)[0] + "/" + database


def create_prefixed_topics(stack: Stack, prefix: str) -> None:
    """Create every topic of topics.yaml under a name that begins with `prefix`."""
    in_own_loop(lambda: create_topics(stack.bootstrap_servers, read_topics(), prefix))


def delete_prefixed_topics(stack: Stack, prefix: str) -> None:
    """Delete the topics that create_prefixed_topics made."""
    in_own_loop(
        lambda: delete_topics(stack.bootstrap_servers, [prefix + topic.name for topic in read_topics()])
    )


def _fingerprint(service: str) -> str:
    mark = hashlib.sha256()
    files = sorted((REPOSITORY / "services" / service / "migrations").rglob("*.py"))
    for file in [*files, REPOSITORY / "shared" / "runtime" / "tables.py"]:
        if file.exists():
            mark.update(file.read_bytes())
    return mark.hexdigest()[:12]
