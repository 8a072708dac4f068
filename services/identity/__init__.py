"""Who somebody is, kept where only this service can read it; everybody else knows ids and checks signatures.

Owns: members, cards, staff, tablets, sign-in codes with their PINs, sessions, signing keys
Hears: -
Says: MemberRegistered, MembersMerged, MemberMoved, CardReplaced, MemberErased
"""
