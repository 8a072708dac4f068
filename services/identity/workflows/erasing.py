"""A member leaves: with no credit and no open hold, whatever names them is forgotten; the bare id stays.

Whether there is credit is asked of wallet between two transactions; what is credited later is still posted there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.identity.domain.people import Standing
from services.identity.domain.refusals import Refusal
from services.identity.store import cards as card_store
from services.identity.store import changes, merging, people
from services.identity.workflows.closing import forget_access
from services.identity.workflows.known import knows
from services.identity.workflows.signing import Bearer, keep_keys, sign_token
from shared.contracts import MemberErased
from shared.kernel.ids import derived_uuid, uuid7
from shared.kernel.roles import Role
from shared.runtime.audit import Act, done_by, note
from shared.runtime.database import Tx
from shared.runtime.outbox import say
from shared.runtime.sealing import Sealer
from shared.runtime.tokens import Caller

SERVICE_TOKEN_LIFETIME = timedelta(minutes=1)
# The name under which identity itself asks another service.
IDENTITY_ITSELF = derived_uuid(UUID("01999c3a-6c00-7000-8000-000000000000"), "identity")


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody who may leave if wallet owes them nothing under any of these ids; `token` is to ask with."""

    member_ids: tuple[UUID, ...]
    token: str


@dataclass(frozen=True, slots=True)
class Erased:
    """The member is unreadable from this moment on."""

    member_id: UUID
    erased_at: datetime


async def begin_erasure(
    tx: Tx, sealer: Sealer, member_id: UUID, *, by: Caller, issuer: str, now: datetime
) -> Leaving | Erased | Refusal:
    """Whether the caller may erase this member at all, and what wallet is to be asked. Changes nothing."""
    standing = await people.find_standing(tx, member_id)
    refused = _refused(standing, by)
    if refused is not None:
        return refused
    keys = await keep_keys(tx, sealer, now)
    bearer = Bearer(subject_id=IDENTITY_ITSELF, role=Role.SERVICE)
    token = sign_token(keys, bearer, issuer, now, SERVICE_TOKEN_LIFETIME)
    return Leaving((member_id, *await people.absorbed_ids(tx, member_id)), token)


def judge_credit(posted_rupiah: int, held_rupiah: int) -> Refusal | None:
    """Nobody leaves credit behind, or goes while a redemption is under way."""
    if held_rupiah != 0:
        return Refusal.ERASE_HOLD_OPEN
    return Refusal.ERASE_BALANCE_LEFT if posted_rupiah != 0 else None


async def finish_erasure(
    tx: Tx, leaving: Leaving, *, reason: str | None, by: Caller, now: datetime
) -> Erased | Refusal:
    """Forget the member and whoever was merged into them, and say so. To be called when wallet owes nothing."""
    member_id = leaving.member_ids[0]
    standing = (await people.lock_standings(tx, [member_id])).get(member_id)
    refused = _refused(standing, by)
    if refused is not None or standing is None:
        return refused or Refusal.UNKNOWN_MEMBER
    all_of_them = [standing, *await people.absorbed_by(tx, member_id)]
    ids = [each.id for each in all_of_them]
    if not set(ids) <= set(leaving.member_ids):
        # Somebody was merged into them while wallet was asked: ask again.
        return Refusal.TRY_AGAIN
    await people.erase_members(tx, ids, now)
    await card_store.delete_cards(tx, ids)
    await forget_access(tx, ids, now)
    await merging.overtake(tx, ids, now)
    await merging.forget_reasons(tx, ids)
    await changes.mark_changed(tx, [(each.waste_bank_id, each.id, "erased") for each in all_of_them])
    await say(tx, [_erased(each, by, now) for each in all_of_them])
    act = Act(
        "erase_member",
        "member",
        str(member_id),
        subdistrict_code=standing.subdistrict_code,
        reason=None if by.role is Role.MEMBER else reason,
        **done_by(by),
    )
    await note(tx, [act], now)
    return Erased(member_id, now)


def _refused(standing: Standing | None, by: Caller) -> Refusal | Erased | None:
    if standing is None or not knows(by, standing):
        return Refusal.UNKNOWN_MEMBER
    if standing.erased_at is not None:
        return Erased(standing.id, standing.erased_at)
    return None if standing.merged_into_id is None else Refusal.MEMBER_MERGED


def _erased(standing: Standing, by: Caller, now: datetime) -> MemberErased:
    return MemberErased(
        event_id=uuid7(),
        recorded_at=now,
        member_id=standing.id,
        waste_bank_id=standing.waste_bank_id,
        subdistrict_code=standing.subdistrict_code,
        erased_at=now,
        erased_by=by.subject,
    )
