"""What deposit may answer instead of doing what it was asked; each is a problem of the one catalogue."""

from enum import StrEnum


class Refusal(StrEnum):
    """Why nothing was done. The value is the problem's code."""

    BAG_CONFLICT = "bag_conflict"
    BAG_NOT_FOUND = "bag_not_found"
    BAG_WEIGHED = "bag_weighed"
    DEPOSIT_CONFLICT = "deposit_conflict"
    DEPOSIT_NOT_FOUND = "deposit_not_found"
    DEPOSIT_ALREADY_ENDED = "deposit_already_ended"
    NOT_YOUR_WASTE_BANK = "not_your_waste_bank"
    QUARANTINE_RESOLVED = "quarantine_resolved"
    REPLACES_ITSELF = "replaces_itself"
    SIGNATURE_WRONG = "signature_wrong"
    SIGNED_BY_UNKNOWN_TABLET = "signed_by_unknown_tablet"
    SIGNED_TEXT_UNREADABLE = "signed_text_unreadable"
    SECOND_PERSON_NEEDED = "second_person_needed"
    SUSPICION_DECIDED = "suspicion_decided"
    SUSPICION_NOT_FOUND = "suspicion_not_found"
    SUSPICION_OF_OTHERS = "suspicion_of_others"
    WASTE_BANK_STILL_UNKNOWN = "waste_bank_still_unknown"
