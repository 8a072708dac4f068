"""Signing in with code and PIN, in two short transactions around the slow check of the PIN.

The try is counted as wrong before the PIN is checked, and forgiven when it was right: neither many tries at once nor a
process that is killed in between gives a guesser a free one. What was taken back while the PIN was checked (the PIN,
the person, the tablet, the phone) opens no session any more.
"""

import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.identity.domain.cards import SECRET_LENGTH, as_typed
from services.identity.domain.codes import canonical_code
from services.identity.domain.people import Credential, Tablet
from services.identity.domain.refusals import Refusal
from services.identity.domain.sessions import Session
from services.identity.store import cards, devices, tablets
from services.identity.store import credentials as store
from services.identity.store import sessions as session_store
from services.identity.workflows.guessing import (
    CARD,
    Counter,
    Locked,
    count,
    count_pin,
    count_stray,
    forgive_pin,
    pin_counter,
)
from services.identity.workflows.sessions import Issuing, SignedIn, digest, mark_of, new_secret, open_session
from services.identity.workflows.turns import Asker
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody shows besides the PIN. `client` is what the browser or app calls itself."""

    code: str | None = None
    card_number: str | None = None
    phone: str | None = None
    card_secret: str | None = field(default=None, repr=False)
    tablet_id: UUID | None = None
    tablet_secret: str | None = field(default=None, repr=False)
    device_token: str | None = field(default=None, repr=False)
    client: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """A counted try: whose PIN is to be checked, and what else was shown to be right."""

    credential: Credential
    counter: Counter | None
    tablet: Tablet | None = None
    tablet_proven: bool = False
    device_id: UUID | None = None
    card_right: bool = False
    # By strangers, where those are not counted with the credential.
    wrong_tries: int = 0


class Missed(StrEnum):
    """Why there is no PIN to check. Nobody outside is told apart by it: one is checked all the same."""

    NOBODY = "unknown"
    WRONG_CARD = "wrong"


@dataclass(frozen=True, slots=True)
class Welcome:
    """The tokens, and what the owner should know: sessions ended by a token's second use, wrong PINs of strangers."""

    signed_in: SignedIn
    reused: list[Session]
    wrong_tries: int
    device_token: str | None = None


async def recognise(tx: Tx, shown: Shown, place: Asker) -> Asker:
    """Where a sign-in is asked from: a tablet or device that proves itself, else the place as far as it is known.

    Whose code was typed makes no difference, and whether there is such a code.
    """
    if shown.tablet_id is not None and shown.tablet_secret is not None:
        tablet = await tablets.find_tablet(tx, shown.tablet_id)
        if tablet is not None and _secret_fits(tablet, shown.tablet_secret):
            return Asker(f"tablet {tablet.id}", known=True, counted=True)
    if shown.device_token is not None:
        device_id = await devices.find_by_token(tx, digest(shown.device_token))
        if device_id is not None:
            return Asker(f"device {device_id}", known=True, counted=True)
    return place


async def begin_sign_in(tx: Tx, sealer: Sealer, shown: Shown, now: datetime) -> Begun | Locked | Missed:
    """Count a try. For an unknown code or a wrong card a PIN is checked all the same, to take as long."""
    credential = await _credential(tx, shown)
    if credential is None:
        return await _count_stray(tx, sealer, shown, now) or Missed.NOBODY
    card_right = False
    if shown.card_secret is not None:
        of_card = Counter(CARD, str(credential.subject_id))
        outcome = await show_card(tx, sealer, credential, shown.card_secret, of_card, now)
        if not isinstance(outcome, bool):
            return outcome
        card_right = outcome
        if not card_right:
            return Missed.WRONG_CARD
    tablet = None if shown.tablet_id is None else await tablets.find_tablet(tx, shown.tablet_id)
    proven = tablet is not None and _secret_fits(tablet, shown.tablet_secret)
    device_id = None
    if shown.device_token is not None:
        device_id = await devices.find_device(tx, credential.subject_id, digest(shown.device_token))
    counter = pin_counter(
        credential.code,
        tablet_id=tablet.id if tablet is not None and proven and credential.role is not Role.MEMBER else None,
        device_id=device_id,
        card=card_right,
    )
    locked = await count_pin(tx, credential, counter, now)
    return locked or Begun(credential, counter, tablet, proven, device_id, card_right)


async def _count_stray(tx: Tx, sealer: Sealer, shown: Shown, now: datetime) -> Locked | None:
    """As somebody's: with a card's printed code that is counted, with its secret nothing is."""
    secret = None if shown.card_secret is None else as_typed(shown.card_secret)
    if secret is not None and len(secret) == SECRET_LENGTH:
        return None
    named = f"card {_number(shown)}" if shown.code is None else f"code {canonical_code(shown.code)}"
    return await count_stray(tx, sealer, f"{named}|{'pin' if secret is None else 'card'}", now)


async def show_card(
    tx: Tx, sealer: Sealer, owner: Credential, secret: str, counter: Counter, now: datetime
) -> bool | Locked:
    """Whether a member's working card has this secret or printed code.

    Wrong codes are counted, and shut `counter` for longer and longer. The secret itself, 130 bits from the QR part, is
    neither counted nor shut: nobody guesses it, and its owner is never kept waiting because of a stranger.
    """
    typed = as_typed(secret)
    if len(typed) == SECRET_LENGTH:
        return await cards.secret_fits(tx, sealer, owner.subject_id, typed)
    locked = await count(tx, counter, owner, now)
    if locked is not None:
        return locked
    right = await cards.secret_fits(tx, sealer, owner.subject_id, typed)
    if right:
        await store.set_guess(tx, counter.what, counter.subject, 0, None)
    return right


async def finish_sign_in(
    tx: Tx, issuing: Issuing, begun: Begun, shown: Shown, now: datetime
) -> Welcome | Refusal:
    """Forgive the counted try and open a session. To be called only when the PIN was right."""
    before = begun.credential
    there = await _still_there(tx, begun, shown, now)
    if there is None:
        return Refusal.WRONG_CODE_OR_PIN
    begun, credential = there, there.credential
    await forgive_pin(tx, credential.code, begun.counter)
    if shown.tablet_id is not None and not _tablet_fits(begun):
        return Refusal.UNKNOWN_TABLET
    session = _session(issuing, begun, shown, now)
    signed_in = await open_session(tx, issuing, credential, session, now)
    if session.tablet_id is not None:
        await tablets.seen(tx, session.tablet_id, now)
    reused = await session_store.not_yet_told(tx, credential.subject_id, now)
    device_token = await _know_again(tx, session, now)
    return Welcome(signed_in, reused, before.wrong_tries + begun.wrong_tries, device_token)


async def _still_there(tx: Tx, begun: Begun, shown: Shown, now: datetime) -> Begun | None:
    """What was shown, as it stands now, locked; None if it is not the PIN any more that was right a moment ago."""
    tablet = None if shown.tablet_id is None else await tablets.lock_tablet(tx, shown.tablet_id)
    device_id = begun.device_id
    if device_id is not None and not await devices.used(tx, device_id, now):
        device_id = None
    credential = await store.lock_credential(tx, begun.credential.code)
    if credential is None or (credential.subject_id, credential.pin_hash) != (
        begun.credential.subject_id,
        begun.credential.pin_hash,
    ):
        return None
    return replace(begun, credential=credential, tablet=tablet, device_id=device_id)


async def _know_again(tx: Tx, session: Session, now: datetime) -> str | None:
    """A token for a browser of the staff: with it wrong PINs of strangers keep its owner waiting no more.

    For a member a known device is one that may spend, and takes more than the PIN.
    """
    if session.role is Role.MEMBER or session.tablet_id is not None or session.device_id is not None:
        return None
    token = new_secret()
    await devices.add_device(tx, uuid7(), session.subject_id, digest(token), now)
    return token


async def _credential(tx: Tx, shown: Shown) -> Credential | None:
    if shown.code is not None:
        return await store.lock_credential(tx, canonical_code(shown.code))
    card = await cards.find_by_number(tx, _number(shown))
    if card is None or card.member_id is None or card.blocked_at is not None:
        return None
    return await store.lock_credential_of(tx, card.member_id)


def _number(shown: Shown) -> str:
    return "".join((shown.card_number or "").split())


def _secret_fits(tablet: Tablet, secret: str | None) -> bool:
    if tablet.secret_hash is None or secret is None or tablet.revoked_at is not None:
        return False
    return hmac.compare_digest(tablet.secret_hash, digest(secret))


def _tablet_fits(begun: Begun) -> bool:
    """A tablet of the first days has no secret yet; one that has it must show it.

    Operators use those of their waste banks, and members any that stands at a counter, with the card.
    """
    tablet = begun.tablet
    if tablet is None or tablet.revoked_at is not None:
        return False
    if begun.credential.role is Role.MEMBER:
        return begun.tablet_proven and begun.card_right
    if not (begun.tablet_proven or tablet.is_of_first_days):
        return False
    return tablet.waste_bank_id in begun.credential.area.waste_bank_ids


def _session(issuing: Issuing, begun: Begun, shown: Shown, now: datetime) -> Session:
    role = begun.credential.role
    if shown.tablet_id is not None:
        secret = shown.tablet_secret if begun.tablet_proven else None
    else:
        secret = None if begun.device_id is None else shown.device_token
    mark, proven = mark_of(secret, shown.client)
    lasts, access = _spans(issuing, begun)
    return Session(
        id=uuid7(),
        subject_id=begun.credential.subject_id,
        role=role,
        code=begun.credential.code,
        tablet_id=shown.tablet_id,
        device_id=begun.device_id if shown.tablet_id is None else None,
        may_spend=role is not Role.MEMBER or begun.device_id is not None or begun.card_right,
        mark=mark,
        is_proven=proven,
        started_at=now,
        last_used_at=now,
        expires_at=now + lasts,
        access_until=now + access,
    )


def _spans(issuing: Issuing, begun: Begun) -> tuple[timedelta, timedelta]:
    """How long the session and its first access token last."""
    times = issuing.lifetimes
    if begun.credential.role is Role.MEMBER:
        if begun.card_right and (begun.device_id is None or begun.tablet is not None):
            return times.counter, times.counter
        return times.member_session, times.member
    if begun.tablet is not None:
        return max(times.tablet_session, times.tablet), times.tablet
    return max(times.staff_session, times.staff), times.staff
