"""Why wallet says no. The words travel in CreditRefused."""

from enum import StrEnum


class HoldRefusal(StrEnum):
    """Why an amount was not set aside; it stays refused for its redemption."""

    INSUFFICIENT_CREDIT = "insufficient_credit"
    ALREADY_ENDED = "redemption_already_ended"


class Refusal(StrEnum):
    """What wallet's doors may answer instead of doing it; each is a code of the problem catalogue."""

    IMPORT_UNKNOWN = "passbook_import_unknown"
    IMPORT_CONFLICT = "passbook_import_conflict"
    IMPORT_DECIDED = "passbook_import_decided"
    SECOND_PERSON = "passbook_second_person"
    TOTAL_DIFFERS = "passbook_total_differs"
