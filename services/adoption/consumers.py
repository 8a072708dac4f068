"""What adoption hears: everything, and which workflow obeys it."""

from services.adoption.workflows import deposits, people, redemptions
from shared.contracts import (
    CreditHeld,
    CreditPosted,
    CreditRefused,
    CreditReleased,
    CreditReversed,
    CreditSettled,
    DepositFlagged,
    DepositQuarantined,
    DepositRecorded,
    DepositRejected,
    DepositValued,
    DepositVoided,
    FloatChanged,
    MemberRegistered,
    PriceListPublished,
    RedemptionDelivered,
    RedemptionDeliveredLate,
    RedemptionFailed,
    RedemptionRequested,
    RedemptionReversed,
    ValuationReversed,
)
from shared.contracts.credits import CREDITS_TOPIC
from shared.contracts.deposits import DEPOSITS_TOPIC
from shared.contracts.people import PEOPLE_TOPIC
from shared.contracts.prices import PRICES_TOPIC
from shared.contracts.redemptions import REDEMPTIONS_TOPIC
from shared.contracts.valuations import VALUATIONS_TOPIC
from shared.runtime.hearing import Hearing


def hearing() -> Hearing:
    """Every topic, every event."""
    return Hearing(
        group="adoption",
        topics=(
            PEOPLE_TOPIC,
            DEPOSITS_TOPIC,
            PRICES_TOPIC,
            VALUATIONS_TOPIC,
            CREDITS_TOPIC,
            REDEMPTIONS_TOPIC,
        ),
        handlers={
            MemberRegistered: people.count_registered,
            DepositRecorded: deposits.count_recorded,
            DepositVoided: deposits.count_voided,
            DepositQuarantined: deposits.note_quarantined,
            DepositRejected: deposits.count_rejected,
            PriceListPublished: redemptions.keep_only,
            DepositValued: deposits.count_valued,
            DepositFlagged: deposits.note_flagged,
            ValuationReversed: deposits.count_value_reversed,
            CreditPosted: deposits.count_credited,
            CreditReversed: deposits.count_credit_reversed,
            CreditHeld: redemptions.note_credit("held"),
            CreditRefused: redemptions.note_credit("refused"),
            CreditSettled: redemptions.note_credit("settled"),
            CreditReleased: redemptions.note_released,
            RedemptionRequested: redemptions.note_requested,
            RedemptionDelivered: redemptions.count_delivered,
            RedemptionDeliveredLate: redemptions.count_delivered_late,
            RedemptionFailed: redemptions.note_failed,
            RedemptionReversed: redemptions.count_reversed,
            FloatChanged: redemptions.note_float,
        },
    )
