"""Keys of tablets: the public one that it signs its weighings with, and the one of the people kept on it."""

import base64
import binascii
import hmac
from uuid import UUID


def raw_of(text: str) -> bytes | None:
    """What base64url without padding says; None if it is none, or not the one way to write it."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if text_of(raw) == text else None


def text_of(key: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


def vault_key(pepper: bytes, tablet_id: UUID) -> str:
    """With what a tablet seals the people that it keeps: 32 bytes as text, the same at every sign-in on it."""
    return text_of(hmac.digest(pepper, b"timbang vault " + tablet_id.bytes, "sha256"))
