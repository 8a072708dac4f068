"""Whether a waste bank lies where somebody may act."""

from collections.abc import Set as AbstractSet

# A deposit of a waste bank that nobody knows belongs to no sub-district yet.
UNKNOWN_SUBDISTRICT = "unknown"
# The regency of a Kemendagri code: `12.07` of `12.07.28`.
_REGENCY_LENGTH = 5


def lies_within(
    waste_bank_ids: AbstractSet[str], areas: AbstractSet[str], waste_bank_id: str, subdistrict_code: str
) -> bool:
    """Banks are named one by one, areas are sub-districts or regencies. No sub-district: any regency's staff."""
    if waste_bank_id in waste_bank_ids:
        return True
    if subdistrict_code == UNKNOWN_SUBDISTRICT:
        return any(len(area) == _REGENCY_LENGTH for area in areas)
    return subdistrict_code in areas or subdistrict_code[:_REGENCY_LENGTH] in areas
