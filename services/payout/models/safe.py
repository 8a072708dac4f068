"""Where payout's sealed fields are, for whoever takes a new key into use."""

from shared.runtime.sealing import SealedTable

SEALED = (
    SealedTable("meter_owner", "fingerprint", ("owner_sealed",), key_type="bytea"),
    SealedTable("quote", "quote_id", ("target_sealed", "owner_sealed")),
    SealedTable("redemption", "redemption_id", ("target_sealed", "owner_sealed", "serial_sealed")),
    SealedTable("dispute", "dispute_id", ("words_sealed", "answer_sealed")),
)
