"""The same deposit or void heard again: with the same figures it changes nothing, with others it is a contradiction.

Figures are what the price depends on and where it counts: member, waste bank, sub-district, instant, list and lines.
In which event it was said, by whom it was recorded or carried and on which tablet may differ.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from services.valuation.store import valuations
from services.valuation.store.valuations import Heard, Place
from shared.contracts import DepositRecorded, DepositVoided
from shared.runtime.database import Tx
from shared.runtime.hearing import UnacceptableEventError


class _Void(NamedTuple):
    place: Place
    reason: str


def distinct_deposits(recorded: Sequence[DepositRecorded]) -> dict[str, DepositRecorded]:
    """Each deposit of a batch once, by its id, the first as it was heard.

    Raises UnacceptableEventError if one is repeated with other figures; the batch is then halved until it stands alone.
    """
    once: dict[str, DepositRecorded] = {}
    for each in recorded:
        first = once.setdefault(str(each.deposit_id), each)
        if first is not each and _heard(first) != _heard(each):
            raise _changed("deposit", each.deposit_id)
    return once


async def refuse_changed_deposits(
    tx: Tx, known: Collection[str], heard: Mapping[str, DepositRecorded]
) -> None:
    """Raise UnacceptableEventError if a known deposit was heard again with other figures.

    Of one whose void came ahead nothing is known but what the void says: whose it is, where and when.
    """
    for deposit, before in (await valuations.heard_before(tx, list(known))).items():
        again = _heard(heard[deposit])
        if before.place != again.place or (before.lines is not None and before != again):
            raise _changed("deposit", deposit)


def distinct_voids(voided: Iterable[DepositVoided]) -> dict[UUID, DepositVoided]:
    """The same for voids, of which the reason counts as well."""
    once: dict[UUID, DepositVoided] = {}
    for each in voided:
        first = once.setdefault(each.deposit_id, each)
        if first is not each and _void(first) != _void(each):
            raise _changed("the void of", each.deposit_id)
    return once


async def refuse_changed_voids(
    tx: Tx, known: Sequence[UUID], gone: Iterable[valuations.Voided], heard: Mapping[UUID, DepositVoided]
) -> None:
    """Raise UnacceptableEventError if a void is not of the deposit that is known, or not the void that is.

    `gone` are those of the known that were voided only now.
    """
    now_void = {each.deposit_id: each.place for each in gone}
    for deposit_id, place in now_void.items():
        if place != _place(heard[deposit_id]):
            raise UnacceptableEventError(f"the void of {deposit_id} is of another deposit than was heard")
    before = [deposit_id for deposit_id in known if deposit_id not in now_void]
    if not before:
        return
    for deposit_id, (place, reason) in (await valuations.voided_before(tx, before)).items():
        if _Void(place, reason) != _void(heard[deposit_id]):
            raise _changed("the void of", deposit_id)


def _changed(what: str, deposit_id: UUID | str) -> UnacceptableEventError:
    return UnacceptableEventError(f"{what} {deposit_id} was heard before with other figures")


def _place(of: DepositRecorded | DepositVoided) -> Place:
    return Place(of.member_id, of.waste_bank_id, of.subdistrict_code, of.weighed_at)


def _heard(of: DepositRecorded) -> Heard:
    lines = [(each.item_code, each.grade, each.unit, each.quantity, each.shown_rupiah) for each in of.lines]
    return Heard(_place(of), of.price_list_id, lines)


def _void(of: DepositVoided) -> _Void:
    return _Void(_place(of), of.reason)
