"""What valuation may answer instead of doing it; each is a code of the problem catalogue."""

from enum import StrEnum


class Refusal(StrEnum):
    """An expected no. The door turns it into a sentence."""

    WASTE_BANK_UNKNOWN = "price_waste_bank_unknown"
    NO_LIST_IN_FORCE = "price_list_not_in_force"
    ITEM_NOT_PRICED = "price_item_not_priced"
    LIST_UNKNOWN = "price_list_unknown"
    LIST_PUBLISHED = "price_list_already_published"
    LIST_INCOMPLETE = "price_list_incomplete"
    EFFECTIVE_IN_PAST = "price_list_effective_in_past"
    EFFECTIVE_TAKEN = "price_list_effective_taken"
    VALUATION_UNKNOWN = "valuation_unknown"
    FLAG_UNKNOWN = "flag_unknown"
    FLAG_CLOSED = "flag_closed"
    FLAG_OWN_DEPOSIT = "flag_own_deposit"
    FLAG_NOT_PRICEABLE = "flag_not_priceable"
    EXCEPTION_UNKNOWN = "price_exception_unknown"
    EXCEPTION_CONFLICT = "price_exception_conflict"
    EXCEPTION_DECIDED = "price_exception_decided"
    EXCEPTION_SECOND_PERSON = "price_exception_second_person"
    EXCEPTION_IMPOSSIBLE = "price_exception_impossible"
