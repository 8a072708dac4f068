"""The code that a person types to sign in: short, without letters that look alike, the same for the same member."""

from hashlib import blake2b
from uuid import UUID

# Crockford's alphabet: no I, L, O, U.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 10
_BITS = 5


def member_code(member_id: UUID) -> str:
    """`K7Q2F-94WMA`: 50 bits of the id's digest. The tablet can compute it without a signal."""
    number = int.from_bytes(blake2b(member_id.bytes, digest_size=7, person=b"member code").digest())
    text = "".join(_ALPHABET[number >> shift & 31] for shift in range(_BITS * (_LENGTH - 1), -1, -_BITS))
    return f"{text[:5]}-{text[5:]}"


def canonical_code(typed: str) -> str:
    """How a code is stored and looked for: capitals, no spaces."""
    return "".join(typed.split()).upper()
