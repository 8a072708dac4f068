"""PINs are hashed slowly and two at a time, so that neither a stolen table nor a flood of sign-ins gets far."""

import asyncio
import contextlib
import hmac
import secrets
from collections.abc import AsyncIterator

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's smallest Argon2id that holds: 19 MiB and two passes, about 50 ms of one core.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_AT_ONCE = 2
_WAITING_MAX = 64


class TooManySignInsError(Exception):
    """More people sign in at this moment than can be served before they lose patience."""


class Pins:
    """Hashes and checks PINs. The pepper lies outside the database: hashes alone cannot be guessed."""

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
        self._nobody = ""

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until it is one's turn to use a core. Raises TooManySignInsError."""
        if self._waiting >= _WAITING_MAX:
            raise TooManySignInsError
        self._waiting += 1
        try:
            async with self._turns:
                yield
        finally:
            self._waiting -= 1

    async def hash(self, pin: str) -> str:
        """What is stored for a PIN. Ask for a turn first."""
        return await asyncio.to_thread(self.hash_now, pin)

    def hash_now(self, pin: str) -> str:
        """As `hash`, in the calling thread."""
        return _HASHER.hash(self._peppered(pin))

    async def matches(self, pin_hash: str | None, pin: str) -> bool:
        """Whether the PIN is the right one. Without a hash it takes as long, and is wrong. Ask for a turn first."""
        if pin_hash is None and not self._nobody:
            self._nobody = await self.hash(secrets.token_hex())
        return await asyncio.to_thread(self._matches, pin_hash or self._nobody, pin)

    def _matches(self, pin_hash: str, pin: str) -> bool:
        try:
            return _HASHER.verify(pin_hash, self._peppered(pin))
        except (VerificationError, InvalidHashError):
            return False

    def _peppered(self, pin: str) -> bytes:
        return hmac.digest(self._pepper, pin.encode(), "sha256")
