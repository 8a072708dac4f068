"""Where identity keeps sealed fields: what `reseal` moves to the newest secret."""

from shared.runtime.sealing import SealedTable

SEALED = (
    SealedTable(
        "member", "id", ("name_sealed", "phone_sealed", "address_sealed", "village_sealed"), ending="_sealed"
    ),
    SealedTable("staff", "id", ("name_sealed",), ending="_sealed"),
    SealedTable("signing_key", "kid", ("private_sealed",), "text", ending="_sealed"),
)
