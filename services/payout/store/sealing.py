"""What is sealed can only be read with a key that the database does not have, and only where it belongs."""

import base64
import binascii
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_KEY_BYTES = 32


class SealError(Exception):
    """A key is malformed or missing, or a sealed text was altered or moved."""


class Sealer:
    """AES-256-GCM. A sealed text is: length of the key's id, the id, nonce, ciphertext with its tag."""

    def __init__(self, keys: str) -> None:
        """Read `id:base64,id:base64`. The first key seals; older ones still open, so that keys can be changed."""
        self._keys: dict[str, AESGCM] = {}
        self._current = ""
        for pair in filter(None, (part.strip() for part in keys.split(","))):
            name, _, encoded = pair.partition(":")
            key = _decoded(encoded)
            if not name or len(name) > 255 or len(key) != _KEY_BYTES:  # noqa: PLR2004 - one byte holds the length
                raise SealError("an encryption key is not `id:` and 32 bytes in base64")
            self._keys[name] = AESGCM(key)
            if not self._current:
                self._current = name
                self._mark = hmac.new(key, b"fingerprint", hashlib.sha256).digest()
        if not self._current:
            raise SealError("there is no encryption key")

    def seal(self, text: str, about: str) -> bytes:
        """Seal a text; it can be opened only by naming the same `about`, so that rows cannot be swapped."""
        nonce, name = secrets.token_bytes(_NONCE_BYTES), self._current.encode()
        sealed = self._keys[self._current].encrypt(nonce, text.encode(), about.encode())
        return bytes([len(name)]) + name + nonce + sealed

    def unseal(self, sealed: bytes, about: str) -> str:
        """Open what was sealed. Raises SealError."""
        name = sealed[1 : 1 + sealed[0]].decode()
        rest = sealed[1 + sealed[0] :]
        key = self._keys.get(name)
        if key is None:
            raise SealError(f"the key {name} is not among the settings")
        try:
            return key.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], about.encode()).decode()
        except InvalidTag as error:
            raise SealError("a sealed text was altered or moved") from error

    def fingerprint(self, text: str) -> bytes:
        """The same 32 bytes for the same text, useless without the first key; for comparing, never for reading."""
        return hmac.new(self._mark, text.encode(), hashlib.sha256).digest()


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SealError("an encryption key is not base64") from error
