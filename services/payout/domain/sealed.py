"""Where sealed fields are: a field opens only in the row and column that it was sealed for."""

from uuid import UUID


def quote_field(quote_id: UUID, column: str) -> str:
    """A field of a quote."""
    return f"quote|{quote_id}|{column}"


def redemption_field(redemption_id: UUID, column: str) -> str:
    """A field of a redemption."""
    return f"redemption|{redemption_id}|{column}"


def dispute_field(dispute_id: UUID, column: str) -> str:
    """A field of a dispute."""
    return f"dispute|{dispute_id}|{column}"


def owner_of_meter(fingerprint: bytes) -> str:
    """What PLN said about a meter; the key is written as PostgreSQL writes bytes."""
    return f"meter_owner|\\x{fingerprint.hex()}|owner_sealed"
