"""The ledger's rules, pure.

The sign convention, once for all: an amount above zero is a credit, below zero a debit, and the entries of a transfer
sum to zero. What the programme owes (a member's credit, a waste bank's fee) therefore stands above zero, and what it
has or has spent (the float at a biller, a cash box, the purchase cost of waste, losses) stands below zero.
"""
