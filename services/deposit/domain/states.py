"""Where a deposit stands, and why it was set aside."""

from enum import StrEnum


class State(StrEnum):
    """The state of a deposit. Recorded ones count; voided and rejected ones are at their end."""

    RECORDED = "recorded"
    WAITING_FOR_MEMBER = "waiting_for_member"
    QUARANTINED = "quarantined"
    VOIDED = "voided"
    REJECTED = "rejected"
    # A void that arrived before its deposit: nothing is known but the id, and the deposit will obey it.
    VOIDED_AHEAD = "voided_ahead"


class Why(StrEnum):
    """Why a deposit is in quarantine."""

    SUBDISTRICT_NOT_OPEN = "subdistrict_not_open"
    UNKNOWN_MEMBER = "unknown_member"
    UNKNOWN_WASTE_BANK = "unknown_waste_bank"
    MEMBER_ERASED = "member_erased"
    TABLET_REVOKED = "tablet_revoked"


class Step(StrEnum):
    """What happened to a deposit after it was received, as its history tells it."""

    WAITING_FOR_MEMBER = "waiting_for_member"
    QUARANTINED = "quarantined"
    RECORDED = "recorded"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    VOIDED = "voided"
    # A void that came ahead, from somebody who has no say at the waste bank of the deposit that it meant.
    VOID_REFUSED = "void_refused"
