"""Weighings at the waste bank: taken in once, never refused, and set aside in the open when something is odd.

Owns: deposits and their lines, voids, corrections, quarantine, bags, suspicions, tablets' reports, members heard of,
  pick-ups, disputes about deposits, buyers, lots, stock, closed days
Hears: MemberRegistered, MembersMerged, MemberMoved, CardReplaced, MemberErased
Says: DepositRecorded, DepositVoided, DepositQuarantined, DepositQuarantinedV2, DepositRejected, BagsReceived,
  BagWeighed, BagReopened, BagDiscarded, TabletReported, PickupRequested, PickupScheduled, PickupDone, PickupCancelled,
  DisputeOpened, DisputeAnswered, WasteSold, WasteSaleVoided, DayClosed
"""
