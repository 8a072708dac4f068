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
    NOT_YOUR_AREA = "not_your_area"
    MEMBER_MERGED = "member_merged"
    MEMBER_ERASED = "member_erased"
    MERGE_WITH_ITSELF = "merge_with_itself"
    MERGE_ALREADY_PROPOSED = "merge_already_proposed"
    UNKNOWN_MERGE = "unknown_merge"
    MERGE_ALREADY_DECIDED = "merge_already_decided"
    MERGE_NEEDS_ANOTHER = "merge_needs_another"
    WRONG_CARD_NUMBER = "wrong_card_number"
    UNKNOWN_CARD = "unknown_card"
    CARD_BLOCKED = "card_blocked"
    CARD_BLANK = "card_blank"
    CARD_TAKEN = "card_taken"
    MEMBER_HAS_CARD = "member_has_card"
    ERASE_BALANCE_LEFT = "erase_balance_left"
    ERASE_HOLD_OPEN = "erase_hold_open"
