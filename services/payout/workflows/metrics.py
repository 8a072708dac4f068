"""What payout counts about itself. Labels are billers, states and codes, never people or numbers."""

from prometheus_client import Counter, Gauge, Histogram

ANSWERS = Counter("timbang_biller_answers", "What billers answered", ["provider", "meaning", "code"])
MOVES = Counter("timbang_redemption_moves", "States that redemptions took", ["state"])
IN_STATE = Gauge("timbang_redemptions_in_state", "Redemptions that have not ended", ["state"])
OLDEST_IN_STATE = Gauge(
    "timbang_redemption_oldest_seconds", "For how long the oldest redemption stands in a state", ["state"]
)
ALARMS = Counter("timbang_redemption_alarms", "Moves that a person should look at", ["reason"])
FLOAT = Gauge("timbang_float_rupiah", "What a biller last said that we have left", ["provider"])
DELIVERY_SECONDS = Histogram(
    "timbang_redemption_seconds",
    "From the request to the delivered product",
    ["kind"],
    buckets=(1, 2, 5, 10, 20, 30, 60, 120, 300, 900, 3600, 21_600, 86_400),
)
DISPUTES_OPEN = Gauge(
    "timbang_redemption_disputes_open", "Disputes about redemptions that wait for an answer"
)
DISPUTES_OVERDUE = Gauge(
    "timbang_redemption_disputes_overdue", "Open disputes about redemptions whose day of answering is over"
)
WEBHOOKS = Counter("timbang_biller_webhooks", "Webhooks by what became of them", ["provider", "outcome"])
PRICE_READINGS = Counter(
    "timbang_price_readings", "Readings of a biller's price list", ["provider", "outcome"]
)
