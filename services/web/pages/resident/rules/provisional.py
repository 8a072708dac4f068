"""Which deposits are not in the balance yet, and why: nothing that was weighed is left out of sight."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

# Not taken in yet, whenever that was weighed; no statement can hold it.
NOT_RECORDED = ("waiting_for_member", "quarantined")
_STILL_COUNTS = frozenset({"recorded", *NOT_RECORDED})


class Reason(StrEnum):
    """Why a deposit is not in the balance yet."""

    JUST_RECEIVED = "just_received"
    BEING_CREDITED = "being_credited"
    BEING_CHECKED = "being_checked"
    WAITS_FOR_MEMBER = "waits_for_member"
    PLACE_NOT_OPEN = "place_not_open"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class Weighing:
    """A deposit as far as the balance is concerned. `shown_rupiah` is what the tablet showed, before deductions."""

    deposit_id: str
    state: str
    reason: str | None
    weighed_at: datetime
    received_at: datetime
    waste_bank_id: str
    shown_rupiah: int
    grams: int


@dataclass(frozen=True, slots=True)
class Credited:
    """The deposits whose credit is in the statement; the statement was read back to `since`, None: to its start."""

    deposit_ids: frozenset[str]
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Provisional:
    """A deposit that will be credited, why it is not yet, and what it will probably bring after deductions."""

    weighing: Weighing
    reason: Reason
    rupiah: int


def not_yet_credited(weighings: Iterable[Weighing], credited: Credited) -> list[Weighing]:
    """The deposits that still count and are not in the statement.

    What was received before the part of the statement that was read is not judged: its credit may stand further back.
    """
    return [
        each
        for each in weighings
        if each.state in _STILL_COUNTS
        and each.deposit_id not in credited.deposit_ids
        and (credited.since is None or each.received_at >= credited.since)
    ]


def explained(
    weighings: Sequence[Weighing],
    valuation_states: Mapping[str, str | None],
    expected: Mapping[str, int] | None = None,
) -> list[Provisional]:
    """Each of them with its reason; `valuation_states` has None for what was not valued when it was asked.

    `expected` has what each will probably bring; where nobody could tell, it is what the tablet showed.
    """
    told = expected or {}
    return [
        Provisional(
            each,
            _reason(each, valuation_states.get(each.deposit_id)),
            told.get(each.deposit_id, each.shown_rupiah),
        )
        for each in weighings
    ]


def _reason(weighing: Weighing, valuation_state: str | None) -> Reason:
    if weighing.state == "waiting_for_member":
        return Reason.WAITS_FOR_MEMBER
    if weighing.state == "quarantined":
        return Reason.PLACE_NOT_OPEN if weighing.reason == "subdistrict_not_open" else Reason.SET_ASIDE
    if valuation_state == "flagged":
        return Reason.BEING_CHECKED
    return Reason.BEING_CREDITED if valuation_state == "valued" else Reason.JUST_RECEIVED


def provisional_rupiah(provisional: Iterable[Provisional]) -> int:
    """What will probably be credited, all of it."""
    return sum(each.rupiah for each in provisional)
