"""Seals fields with AES-256-GCM, so that a stolen table or backup names nobody; the secret lies outside the database.

A sealed field begins with the id of its key and is bound to its table, row and column: it opens nowhere else. A new
secret is taken into use by writing it as the first line of the key file; `reseal` then moves old fields to it.
"""

import argparse
import asyncio
import contextlib
import hmac
import os
import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.runtime.database import Database

_SECRET_LENGTH_MIN = 32
_KEY_ID_BYTES = 4
_NONCE_BYTES = 12
_RESEALED_AT_ONCE = 200


class SealBrokenError(Exception):
    """A sealed field does not open: the key file is not the one it was sealed with, or the field was moved."""


class Sealer:
    """Seals and opens fields, finds phones blindly, peppers PINs.

    `secrets_newest_first` are texts of at least 32 characters. New fields use the first; older ones still open with
    theirs. Blind index and pepper come from the last, the oldest, because they cannot be computed anew.
    """

    def __init__(self, secrets_newest_first: list[str], service: str) -> None:
        """Derive the keys of one service: the same secret gives other keys to another service."""
        if not secrets_newest_first or min(map(len, secrets_newest_first)) < _SECRET_LENGTH_MIN:
            raise ValueError(f"a secret of at least {_SECRET_LENGTH_MIN} characters is needed")
        derived = [_derive(secret, f"timbang {service} field") for secret in secrets_newest_first]
        self._fields = {sha256(key).digest()[:_KEY_ID_BYTES]: AESGCM(key) for key in derived}
        self._newest = next(iter(self._fields))
        self._index_key = _derive(secrets_newest_first[-1], f"timbang {service} index")
        self.pepper = _derive(secrets_newest_first[-1], f"timbang {service} pepper")

    def seal(self, clear: str, place: str) -> bytes:
        """Key id, nonce and ciphertext. `place` is `table|row|column` and must be given again to open it."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return (
            self._newest + nonce + self._fields[self._newest].encrypt(nonce, clear.encode(), place.encode())
        )

    def open(self, sealed: bytes, place: str) -> str:
        """The clear text. Raises SealBrokenError."""
        cipher = self._fields.get(sealed[:_KEY_ID_BYTES])
        if cipher is None:
            raise SealBrokenError(f"{place} was sealed with a key that is not in the key file")
        body = sealed[_KEY_ID_BYTES:]
        try:
            return cipher.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], place.encode()).decode()
        except InvalidTag as error:
            raise SealBrokenError(f"{place} does not open") from error

    @property
    def newest_key_id(self) -> bytes:
        """With what a field begins that needs no resealing."""
        return self._newest

    def reseal(self, sealed: bytes, place: str) -> bytes:
        """The same text under the newest key. Raises SealBrokenError."""
        return self.seal(self.open(sealed, place), place)

    def blind_index(self, canonical: str) -> bytes:
        """The same 32 bytes for the same text, from which the text cannot be had without the secret."""
        return hmac.digest(self._index_key, canonical.encode(), "sha256")


def _derive(secret: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())


def read_secrets(path: Path) -> list[str]:
    """The secrets of a key file, one a line, newest first. A missing file is made, once, readable by its owner."""
    if not path.exists():
        _make(path)
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _make(path: Path) -> None:
    """Several processes may start at once: the file appears whole, and the first one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(temporary, path)
    temporary.unlink()


@dataclass(frozen=True, slots=True)
class SealedTable:
    """Where sealed fields are: their place is `table|key|column`; the column's name without `ending`, if it has one."""

    table: str
    key: str
    columns: Sequence[str]
    key_type: str = "uuid"
    ending: str = ""

    def place(self, key: str, column: str) -> str:
        """What a field was sealed for."""
        return f"{self.table}|{key}|{column.removesuffix(self.ending)}"


async def reseal(database: Database, sealer: Sealer, tables: Sequence[SealedTable]) -> int:
    """Move every field to the newest key, some rows a transaction; returns how many rows that were.

    It can be stopped at any moment and started again: what is done is done, and the rest still opens.
    """
    rows = 0
    for each in tables:
        while moved := await _reseal_some(database, sealer, each):
            rows += moved
    return rows


class KeepsSealed(Protocol):
    """The settings of a service that seals."""

    @property
    def database_url(self) -> str:
        """Its database."""

    @property
    def key_file(self) -> Path:
        """Where its secrets are."""


def reseal_command(
    service: str, read_settings: Callable[[], KeepsSealed], tables: Sequence[SealedTable]
) -> Callable[[argparse.Namespace], int]:
    """`python -m services <name> reseal`: move every sealed field to the first secret of the key file."""

    async def run() -> int:
        settings = read_settings()
        database = Database(settings.database_url, 2, f"{service} reseal")
        await database.open()
        try:
            return await reseal(database, Sealer(read_secrets(settings.key_file), service), tables)
        finally:
            await database.close()

    def command(given: argparse.Namespace) -> int:
        """May be stopped at any moment and started again."""
        del given
        sys.stdout.write(f"{asyncio.run(run())} rows resealed\n")
        return 0

    return command


async def _reseal_some(database: Database, sealer: Sealer, of: SealedTable) -> int:
    old = " or ".join(f"substr({column}, 1, {_KEY_ID_BYTES}) <> $1" for column in of.columns)
    setting = ", ".join(f"{column} = ${number}" for number, column in enumerate(of.columns, start=2))
    async with database.transaction() as tx:
        found = await tx.fetch(
            f"select {of.key}::text as key, {', '.join(of.columns)} from {of.table} where {old} "  # noqa: S608
            f"limit {_RESEALED_AT_ONCE} for update",
            sealer.newest_key_id,
        )
        for row in found:
            anew = [
                None if row[column] is None else sealer.reseal(row[column], of.place(row["key"], column))
                for column in of.columns
            ]
            await tx.execute(
                f"update {of.table} set {setting} where {of.key} = $1::text::{of.key_type}",  # noqa: S608 - names of our own
                row["key"],
                *anew,
            )
    return len(found)
