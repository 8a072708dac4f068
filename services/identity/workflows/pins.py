"""PINs are hashed slowly, so that a stolen table does not get far; whose turn it is say `turns`."""

import asyncio
import hmac
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.identity.workflows.metrics import PIN_CHECK_SECONDS

# OWASP's smallest Argon2id that holds: 19 MiB and two passes, about 50 ms of one core.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class Pins:
    """Hashes and checks PINs. The pepper lies outside the database: hashes alone cannot be guessed."""

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper
        self._nobody = ""

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
        with PIN_CHECK_SECONDS.time():
            return await asyncio.to_thread(self._matches, pin_hash or self._nobody, pin)

    def _matches(self, pin_hash: str, pin: str) -> bool:
        try:
            return _HASHER.verify(pin_hash, self._peppered(pin))
        except (VerificationError, InvalidHashError):
            return False

    def _peppered(self, pin: str) -> bytes:
        return hmac.digest(self._pepper, pin.encode(), "sha256")
