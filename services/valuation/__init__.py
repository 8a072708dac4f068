"""What deposits are worth: the waste catalogue, price lists by waste bank and time, and flags on odd deposits.

Owns: the waste catalogue, price lists, deduction rules, valuations of deposits, flags
Hears: DepositRecorded, DepositVoided
Says: PriceListPublished, DepositValued, DepositFlagged, ValuationReversed
"""
