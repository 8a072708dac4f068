"""A member's phone becomes trusted by the printed secret of their card, shown on it once; staff have theirs by PIN."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.identity.domain.refusals import Refusal
from services.identity.store import cards, credentials
from services.identity.store import devices as store
from services.identity.store import sessions as session_store
from services.identity.workflows import sessions
from services.identity.workflows.guessing import CARD, Counter, Locked
from services.identity.workflows.sessions import Issuing, SignedIn
from services.identity.workflows.sign_in import show_card
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.audit import Act, done_by, note
from shared.runtime.database import Tx
from shared.runtime.tokens import Caller


@dataclass(frozen=True, slots=True)
class Trusted:
    """The device's own secret, to be kept on it, and tokens that may spend."""

    device_id: UUID
    device_token: str = field(repr=False)
    signed_in: SignedIn


async def trust_device(
    tx: Tx, issuing: Issuing, who: Caller, card_number: str, card_secret: str, now: datetime
) -> Trusted | Refusal | Locked:
    """Trust the device of the caller's session, if the card is theirs and its secret is right.

    Tries are counted apart from those of strangers, who do not know the PIN.
    """
    credential = await credentials.lock_credential_of(tx, who.subject)
    if credential is None:
        return Refusal.SESSION_OVER
    counter = Counter(CARD, f"{who.subject}|signed in")
    outcome = await show_card(tx, issuing.sealer, credential, card_secret, counter, now)
    if not isinstance(outcome, bool):
        return outcome
    card = await cards.find_by_number(tx, "".join(card_number.split()))
    own = card is not None and card.member_id == who.subject and card.blocked_at is None
    if not (own and outcome):
        return Refusal.WRONG_CARD_SECRET
    session = None if who.session_id is None else await session_store.lock_session(tx, who.session_id)
    if session is None or session.ended_at is not None or session.expires_at <= now:
        return Refusal.SESSION_OVER
    device_id, token = uuid7(), sessions.new_secret()
    await store.add_device(tx, device_id, who.subject, sessions.digest(token), now)
    # This session goes on as it was: should the answer get lost, its refresh token is still good without the new one.
    session = replace(session, device_id=device_id, may_spend=True)
    signed_in = await sessions.hand_out(tx, issuing, credential, session, None, now)
    await note(tx, [_act("device_trusted", who, device_id, credential.own_subdistrict_code)], now)
    return Trusted(device_id, token, signed_in)


async def list_own(tx: Tx, who: Caller) -> list[store.Device]:
    """The caller's trusted devices."""
    return await store.list_devices(tx, who.subject)


async def forget_device(tx: Tx, who: Caller, device_id: UUID, now: datetime) -> Refusal | None:
    """Trust one of the caller's devices no longer, and end its sessions."""
    if not await store.forget_device(tx, device_id, who.subject, now):
        return Refusal.UNKNOWN_DEVICE
    await sessions.end_of_device(tx, device_id, now)
    credential = await credentials.lock_credential_of(tx, who.subject)
    subdistrict = None if credential is None else credential.own_subdistrict_code
    await note(tx, [_act("device_forgotten", who, device_id, subdistrict)], now)
    return None


def _act(action: str, who: Caller, device_id: UUID, subdistrict_code: str | None) -> Act:
    return Act(
        action,
        "member" if who.role is Role.MEMBER else "staff",
        str(who.subject),
        subdistrict_code=subdistrict_code,
        after={"device_id": str(device_id)},
        **done_by(who),
    )
