"""Who somebody is, kept where only this service can read it; everybody else knows ids and checks signatures.

Owns: members, staff, tablets, sign-in codes with their PINs, signing keys
Hears: -
Says: MemberRegistered
"""
