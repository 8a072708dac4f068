"""What deposits are worth: the waste catalogue, price lists by waste bank and time, and flags on odd deposits.

Owns: the waste catalogue, price lists, deduction rules, exceptions to them, valuations of deposits, flags
Hears: DepositRecorded, DepositVoided, MembersMerged
Says: PriceListPublished, PriceExceptionApproved, DepositValued, DepositFlagged, ValuationReversed
"""
