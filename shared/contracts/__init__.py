"""Every event that travels between services, declared once."""

from shared.contracts.base import Event
from shared.contracts.credits import (
    CreditHeld,
    CreditPosted,
    CreditRefused,
    CreditReleased,
    CreditReversed,
    CreditSettled,
)
from shared.contracts.deposits import (
    DepositLine,
    DepositQuarantined,
    DepositRecorded,
    DepositRejected,
    DepositVoided,
)
from shared.contracts.people import MemberRegistered
from shared.contracts.prices import PriceListPublished
from shared.contracts.redemptions import (
    FloatChanged,
    RedemptionDelivered,
    RedemptionDeliveredLate,
    RedemptionFailed,
    RedemptionRequested,
    RedemptionReversed,
)
from shared.contracts.valuations import (
    Deduction,
    DepositFlagged,
    DepositValued,
    ValuationReversed,
    ValuedLine,
)

EVENTS: tuple[type[Event], ...] = (
    MemberRegistered,
    DepositRecorded,
    DepositVoided,
    DepositQuarantined,
    DepositRejected,
    PriceListPublished,
    DepositValued,
    DepositFlagged,
    ValuationReversed,
    CreditPosted,
    CreditReversed,
    CreditHeld,
    CreditRefused,
    CreditSettled,
    CreditReleased,
    RedemptionRequested,
    RedemptionDelivered,
    RedemptionDeliveredLate,
    RedemptionFailed,
    RedemptionReversed,
    FloatChanged,
)
BY_TYPE: dict[str, type[Event]] = {event.TYPE: event for event in EVENTS}

__all__ = [
    "BY_TYPE",
    "EVENTS",
    "CreditHeld",
    "CreditPosted",
    "CreditRefused",
    "CreditReleased",
    "CreditReversed",
    "CreditSettled",
    "Deduction",
    "DepositFlagged",
    "DepositLine",
    "DepositQuarantined",
    "DepositRecorded",
    "DepositRejected",
    "DepositValued",
    "DepositVoided",
    "Event",
    "FloatChanged",
    "MemberRegistered",
    "PriceListPublished",
    "RedemptionDelivered",
    "RedemptionDeliveredLate",
    "RedemptionFailed",
    "RedemptionRequested",
    "RedemptionReversed",
    "ValuationReversed",
    "ValuedLine",
]
