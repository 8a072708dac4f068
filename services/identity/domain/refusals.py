"""Why identity says no to a person. Each value is a code of the problem catalogue."""

from enum import StrEnum


class Refusal(StrEnum):
    """Expected refusals: returned as values, never raised."""

    WRONG_CODE_OR_PIN = "wrong_code_or_pin"
    SIGN_IN_LOCKED = "sign_in_locked"
    UNKNOWN_TABLET = "unknown_tablet"
    UNKNOWN_WASTE_BANK = "unknown_waste_bank_for_member"
    NOT_YOUR_WASTE_BANK = "not_your_waste_bank_for_member"
    MEMBER_CONFLICT = "member_conflict"
    UNKNOWN_MEMBER = "unknown_member_here"
    WRONG_PHONE = "wrong_member_phone"
