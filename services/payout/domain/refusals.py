"""Why payout says no to a person. Each value is a code of the problem catalogue."""

from enum import StrEnum


class Refusal(StrEnum):
    """Expected refusals: returned as values, never raised."""

    UNKNOWN_PRODUCT = "unknown_product"
    PRODUCT_NOT_SOLD_NOW = "product_not_sold_now"
    WRONG_PHONE_NUMBER = "wrong_phone_number"
    WRONG_METER_NUMBER = "wrong_meter_number"
    METER_NOT_FOUND = "meter_not_found"
    KWH_OVER_LIMIT = "kwh_over_limit"
    BELOW_SMALLEST_REWARD = "below_smallest_reward"
    OVER_DAILY_CAP = "over_daily_cap"
    TOO_MANY_INQUIRIES = "too_many_inquiries"
    BILLER_SILENT = "biller_silent"
    UNKNOWN_AREA = "unknown_area"
    UNKNOWN_QUOTE = "unknown_quote"
    QUOTE_EXPIRED = "quote_expired"
    QUOTE_USED = "quote_used"
    SAME_PURCHASE_JUST_MADE = "same_purchase_just_made"
    KEY_USED_FOR_ANOTHER = "idempotency_key_conflict"
    UNKNOWN_REDEMPTION = "unknown_redemption"
    NOT_CANCELLABLE = "redemption_not_cancellable"
    NOT_IN_REVIEW = "redemption_not_in_review"
    DECISION_IMPOSSIBLE = "review_decision_impossible"
    UNKNOWN_PROVIDER = "unknown_provider"
