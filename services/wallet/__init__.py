"""The double-entry ledger in rupiah: every credit, hold and payment is posted once, in whatever order it is heard.

Owns: accounts, transfers and their entries, holds, verdicts on redemptions, passbook imports
Hears: DepositValued, ValuationReversed, RedemptionRequested, RedemptionDelivered, RedemptionDeliveredLate,
  RedemptionFailed, RedemptionReversed, FloatChanged, MembersMerged, MemberMoved, MemberErased
Says: CreditPosted, CreditReversed, CreditHeld, CreditRefused, CreditSettled, CreditReleased, OpeningBalancePosted
"""
