"""Whether what a tablet shows as its key is one."""

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from services.identity.domain.tablet_keys import raw_of

# An uncompressed point of P-256: a 4, then x and y with 32 bytes each.
POINT_LENGTH = 65


def point_of(text: str) -> bytes | None:
    """The 65 bytes that the text says in base64url without padding; None if that is no point of the curve."""
    raw = raw_of(text)
    if raw is None or len(raw) != POINT_LENGTH:
        return None
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw)
    except ValueError:
        return None
    return raw
