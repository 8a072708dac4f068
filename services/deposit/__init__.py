"""Weighings at the waste bank: taken in once, never refused, and set aside in the open when something is odd.

Owns: deposits and their lines, voids, corrections, quarantine, the members that it has heard of
Hears: MemberRegistered
Says: DepositRecorded, DepositVoided, DepositQuarantined, DepositRejected
"""
