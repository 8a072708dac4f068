"""The reference under which a biller sells once: made from the redemption and the attempt, never by chance."""

from uuid import UUID

# Crockford's alphabet: no letter that a person on the telephone could mistake.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 26


def reference_of(redemption_id: UUID, attempt_no: int) -> str:
    """`TB-01J0000000000000000000001-1`: the same for the same attempt in every process and after every restart."""
    value, letters = redemption_id.int, []
    for _ in range(_LENGTH):
        value, digit = divmod(value, len(_ALPHABET))
        letters.append(_ALPHABET[digit])
    return f"TB-{''.join(reversed(letters))}-{attempt_no}"
