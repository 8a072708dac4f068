"""Where deposit's sealed fields are, for moving them to a new key."""

from shared.runtime.sealing import SealedTable

SEALED = (
    SealedTable("pickup", "pickup_id", ("place", "cancel_reason")),
    SealedTable("dispute", "dispute_id", ("words", "answer_words")),
    SealedTable("buyer", "buyer_id", ("name", "contact")),
    SealedTable("closing", "closing_id", ("note",)),
)
