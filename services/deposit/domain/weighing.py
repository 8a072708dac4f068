"""Whether two weighings are the same one, and where a weighing stands when it arrives."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from services.deposit.domain.areas import UNKNOWN_SUBDISTRICT
from services.deposit.domain.states import State, Why
from shared.kernel import wib
from shared.kernel.rollout import Phase, Rollout

# Whoever records without a registered tablet, such as the programme's staff in a browser.
NO_TABLET = UUID(int=0)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NOTHING_REPLACED = bytes(16)


def fingerprint(  # noqa: PLR0917 - the whole content of a weighing, each part once
    member_id: UUID,
    price_list_id: UUID,
    replaces_deposit_id: UUID | None,
    waste_bank_id: str,
    channel: str,
    weighed_at: datetime,
    lines_json: bytes,
    bag_ids: Sequence[UUID] = (),
) -> bytes:
    """The SHA-256 of what was weighed. Who sent it, from where and when does not count: a resend is the same.

    Every deposit ever stored is compared by it, so it never changes for the same content; a test pins it.
    """
    microseconds = (weighed_at - _EPOCH) // _MICROSECOND
    replaced = replaces_deposit_id.bytes if replaces_deposit_id else _NOTHING_REPLACED
    text = f"{waste_bank_id} {channel} {microseconds} ".encode()
    bags = b"".join(each.bytes for each in bag_ids)
    return sha256(member_id.bytes + price_list_id.bytes + replaced + text + lines_json + bags).digest()


def clock_offset_ms(sent_at: datetime | None, now: datetime) -> int:
    """How far the tablet's clock is ahead of ours (negative: behind), in milliseconds; 0 if it did not say."""
    return 0 if sent_at is None else (sent_at - now) // timedelta(milliseconds=1)


class Judgement(NamedTuple):
    """Where a weighing stands on its arrival."""

    state: State
    why: Why | None
    subdistrict_code: str


class Judge:
    """Decides where weighings stand, by one state of the rollout and the members that are known."""

    def __init__(
        self,
        rollout: Rollout,
        known_members: AbstractSet[UUID],
        erased_members: AbstractSet[UUID] = frozenset(),
    ) -> None:
        self._rollout = rollout
        self._known_members = known_members
        self._erased_members = erased_members
        self._places: dict[tuple[str, date], Judgement] = {}

    def judge(
        self,
        waste_bank_id: str,
        weighed_at: datetime,
        member_id: UUID,
        tablet_revoked_at: datetime | None = None,
    ) -> Judgement:
        """The place counts first, by its phase on the WIB day of weighing; then the tablet, and then the member."""
        on = wib.day(weighed_at)
        place = self._places.get((waste_bank_id, on))
        if place is None:
            place = self._places[waste_bank_id, on] = self._judge_place(waste_bank_id, on)
        if place.why is not None:
            return place
        if tablet_revoked_at is not None and weighed_at > tablet_revoked_at:
            return Judgement(State.QUARANTINED, Why.TABLET_REVOKED, place.subdistrict_code)
        if member_id in self._erased_members:
            return Judgement(State.QUARANTINED, Why.MEMBER_ERASED, place.subdistrict_code)
        if member_id in self._known_members:
            return place
        return Judgement(State.WAITING_FOR_MEMBER, None, place.subdistrict_code)

    def _judge_place(self, waste_bank_id: str, on: date) -> Judgement:
        subdistrict = self._rollout.subdistrict_of(waste_bank_id)
        if subdistrict is None:
            return Judgement(State.QUARANTINED, Why.UNKNOWN_WASTE_BANK, UNKNOWN_SUBDISTRICT)
        if subdistrict.phase_on(on) is not Phase.OPEN:
            return Judgement(State.QUARANTINED, Why.SUBDISTRICT_NOT_OPEN, subdistrict.kemendagri_code)
        return Judgement(State.RECORDED, None, subdistrict.kemendagri_code)
