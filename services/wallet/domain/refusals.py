"""Why wallet says no. The words travel in CreditRefused."""

from enum import StrEnum


class HoldRefusal(StrEnum):
    """Why an amount was not set aside; it stays refused for its redemption."""

    INSUFFICIENT_CREDIT = "insufficient_credit"
    ALREADY_ENDED = "redemption_already_ended"
