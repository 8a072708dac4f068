"""What adoption hears: everything, and which workflow obeys it."""

from services.adoption.workflows import deposits, field_day, people, redemptions
from shared.contracts import (
    BagDiscarded,
    BagReopened,
    BagsReceived,
    BagWeighed,
    CardReplaced,
    CreditHeld,
    CreditPosted,
    CreditRefused,
    CreditReleased,
    CreditReversed,
    CreditSettled,
    DayClosed,
    DepositFlagged,
    DepositQuarantined,
    DepositQuarantinedV2,
    DepositRecorded,
    DepositRejected,
    DepositValued,
    DepositVoided,
    DisputeAnswered,
    DisputeOpened,
    Event,
    FloatChanged,
    MemberErased,
    MemberMoved,
    MemberRegistered,
    MembersMerged,
    OpeningBalancePosted,
    PickupCancelled,
    PickupDone,
    PickupRequested,
    PickupScheduled,
    PriceExceptionApproved,
    PriceListPublished,
    RedemptionDelivered,
    RedemptionDeliveredLate,
    RedemptionDisputeAnswered,
    RedemptionDisputeOpened,
    RedemptionFailed,
    RedemptionRequested,
    RedemptionReversed,
    TabletReported,
    ValuationReversed,
    WasteSaleVoided,
    WasteSold,
)
from shared.contracts.credits import CREDITS_TOPIC
from shared.contracts.deposits import DEPOSITS_TOPIC
from shared.contracts.people import PEOPLE_TOPIC
from shared.contracts.prices import PRICES_TOPIC
from shared.contracts.redemptions import REDEMPTIONS_TOPIC
from shared.contracts.valuations import VALUATIONS_TOPIC
from shared.runtime.hearing import Handler, Hearing

# What each event does, by what it is about.
PEOPLE: dict[type[Event], Handler] = {
    MemberRegistered: people.count_registered,
    MembersMerged: people.count_merged,
    MemberMoved: people.count_moved,
    MemberErased: people.count_erased,
    CardReplaced: people.keep_card_replaced,
    OpeningBalancePosted: people.count_opening_balance,
}
DEPOSITS: dict[type[Event], Handler] = {
    DepositRecorded: deposits.count_recorded,
    DepositVoided: deposits.count_voided,
    DepositQuarantined: deposits.note_quarantined,
    DepositQuarantinedV2: deposits.note_quarantined,
    DepositRejected: deposits.count_rejected,
    DepositValued: deposits.count_valued,
    DepositFlagged: deposits.note_flagged,
    ValuationReversed: deposits.count_value_reversed,
    CreditPosted: deposits.count_credited,
    CreditReversed: deposits.count_credit_reversed,
}
REDEMPTIONS: dict[type[Event], Handler] = {
    RedemptionRequested: redemptions.note_requested,
    RedemptionDelivered: redemptions.count_delivered,
    RedemptionDeliveredLate: redemptions.count_delivered_late,
    RedemptionFailed: redemptions.note_failed,
    RedemptionReversed: redemptions.count_reversed,
    CreditHeld: redemptions.note_credit("held"),
    CreditRefused: redemptions.note_credit("refused"),
    CreditSettled: redemptions.note_credit("settled"),
    CreditReleased: redemptions.note_released,
    FloatChanged: redemptions.note_float,
}
FIELD_DAY: dict[type[Event], Handler] = {
    PickupRequested: field_day.note_pickup_requested,
    PickupScheduled: field_day.note_pickup_scheduled,
    PickupDone: field_day.note_pickup_done,
    PickupCancelled: field_day.note_pickup_cancelled,
    DisputeOpened: field_day.note_dispute_opened("deposit"),
    DisputeAnswered: field_day.note_dispute_answered("deposit"),
    RedemptionDisputeOpened: field_day.note_dispute_opened("redemption"),
    RedemptionDisputeAnswered: field_day.note_dispute_answered("redemption"),
    BagsReceived: field_day.note_bags,
    BagWeighed: field_day.note_bag_weighed,
    BagReopened: field_day.note_bag_reopened,
    BagDiscarded: field_day.note_bag_discarded,
    WasteSold: field_day.count_sold,
    WasteSaleVoided: field_day.count_sale_voided,
    DayClosed: field_day.count_closed,
    TabletReported: field_day.note_tablets,
}
PRICES: dict[type[Event], Handler] = {
    PriceListPublished: redemptions.keep_only,
    PriceExceptionApproved: redemptions.keep_only,
}


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
        handlers=PEOPLE | DEPOSITS | REDEMPTIONS | FIELD_DAY | PRICES,
    )
