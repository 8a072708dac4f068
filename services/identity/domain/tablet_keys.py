"""Keys of tablets: the public one that it signs its weighings with, and the one of the people kept on it."""

import base64
import binascii
import hmac
from uuid import UUID

# An uncompressed point of P-256: a 4, then x and y with 32 bytes each.
POINT_LENGTH = 65
_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B


def point_of(text: str) -> bytes | None:
    """The 65 bytes that the text says in base64url without padding; None if that is no point of the curve."""
    try:
        point = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(point) != POINT_LENGTH or point[0] != 4 or text_of(point) != text:  # noqa: PLR2004 - the form's own mark
        return None
    x, y = int.from_bytes(point[1:33]), int.from_bytes(point[33:])
    on_curve = x < _P and y < _P and (y * y - (x * x * x - 3 * x + _B)) % _P == 0
    return point if on_curve else None


def text_of(key: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


def vault_key(pepper: bytes, tablet_id: UUID) -> str:
    """With what a tablet seals the people that it keeps: 32 bytes as text, the same at every sign-in on it."""
    return text_of(hmac.digest(pepper, b"timbang vault " + tablet_id.bytes, "sha256"))
