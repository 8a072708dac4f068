"""Turns credit into electricity tokens, phone credit, data packages and cash, once, whatever the biller answers.

Owns: the product catalogue, quotes, redemptions and their purchases, the float at the billers, the book of the
  waste banks' cash boxes, disputes about redemptions.
Hears: CreditHeld, CreditRefused, CreditSettled, CreditReleased, MembersMerged, MemberErased
Says: RedemptionRequested, RedemptionDelivered, RedemptionDeliveredLate, RedemptionFailed, RedemptionReversed,
  FloatChanged, RedemptionDisputeOpened, RedemptionDisputeAnswered
"""
