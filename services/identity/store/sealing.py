"""Seals fields with AES-256-GCM, so that a stolen table or backup names nobody; the secret lies outside the database.

A sealed field begins with the id of its key and is bound to its table, row and column: it opens nowhere else.
"""

import contextlib
import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SECRET_LENGTH_MIN = 32
_KEY_ID_BYTES = 4
_NONCE_BYTES = 12


class SealBrokenError(Exception):
    """A sealed field does not open: the key file is not the one it was sealed with, or the field was moved."""


class Sealer:
    """Seals and opens fields, finds phones blindly, peppers PINs.

    `secrets_newest_first` are texts of at least 32 characters. New fields use the first; older ones still open with
    theirs. Blind index and pepper come from the last, the oldest, because they cannot be computed anew.
    """

    def __init__(self, secrets_newest_first: list[str]) -> None:
        if not secrets_newest_first or min(map(len, secrets_newest_first)) < _SECRET_LENGTH_MIN:
            raise ValueError(f"a secret of at least {_SECRET_LENGTH_MIN} characters is needed")
        derived = [_derive(secret, b"timbang identity field") for secret in secrets_newest_first]
        self._fields = {sha256(key).digest()[:_KEY_ID_BYTES]: AESGCM(key) for key in derived}
        self._newest = next(iter(self._fields))
        self._index_key = _derive(secrets_newest_first[-1], b"timbang identity index")
        self.pepper = _derive(secrets_newest_first[-1], b"timbang identity pepper")

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

    def blind_index(self, canonical: str) -> bytes:
        """The same 32 bytes for the same text, from which the text cannot be had without the secret."""
        return hmac.digest(self._index_key, canonical.encode(), "sha256")


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())


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
