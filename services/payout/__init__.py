"""Turns credit into electricity tokens, phone credit and data packages, once, whatever the biller answers.

Owns: the product catalogue, quotes, redemptions and their purchases, the float at the billers.
Hears: CreditHeld, CreditRefused, CreditSettled, CreditReleased
Says: RedemptionRequested, RedemptionDelivered, RedemptionDeliveredLate, RedemptionFailed, RedemptionReversed,
  FloatChanged
"""
