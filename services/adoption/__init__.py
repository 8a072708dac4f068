"""Where every sub-district stands: hears everything, keeps it, and counts it by day of weighing against the targets.

Owns: reporting views, dated history of the rollout, business gauges
Hears: MemberRegistered, DepositRecorded, DepositVoided, DepositQuarantined, DepositRejected, PriceListPublished,
    DepositValued, DepositFlagged, ValuationReversed, CreditPosted, CreditReversed, CreditHeld, CreditRefused,
    CreditSettled, CreditReleased, RedemptionRequested, RedemptionDelivered, RedemptionDeliveredLate, RedemptionFailed,
    RedemptionReversed, FloatChanged, MembersMerged, MemberMoved, MemberErased, CardReplaced, OpeningBalancePosted,
    PriceExceptionApproved, PickupRequested, PickupScheduled, PickupDone, PickupCancelled, DisputeOpened,
    DisputeAnswered, RedemptionDisputeOpened, RedemptionDisputeAnswered, BagsReceived, WasteSold,
    WasteSaleVoided, DayClosed, TabletReported, DepositQuarantinedV2, BagWeighed, BagReopened, BagDiscarded
Says: -
"""
