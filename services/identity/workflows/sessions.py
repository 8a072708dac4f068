"""Sessions: one sign-in, the tokens that come from it, and its end, which every service hears of within seconds.

The successor of a refresh token is computed from the token with a secret that lies outside the database. So an answer
that got lost can be given once more without the successor being stored anywhere in clear.
"""

import base64
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from services.identity.domain.areas import subdistricts_of
from services.identity.domain.people import Credential
from services.identity.domain.refusals import Refusal
from services.identity.domain.sessions import Ending, Session, Verdict, judge
from services.identity.domain.tablet_keys import vault_key
from services.identity.store import credentials, devices, tablets
from services.identity.store import sessions as store
from services.identity.workflows.signing import Bearer, keep_keys, owner_of, sign_token
from shared.kernel.roles import Role
from shared.kernel.rollout import Rollout
from shared.runtime.audit import Act, done_by, note
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer
from shared.runtime.tokens import Caller

KEPT_AFTER_END = timedelta(days=30)
LISTED_MAX = 50
# Every service reads the list every few seconds: it stays under a megabyte.
REVOKED_MAX = 20_000
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long an access token lasts, and how long a session goes on without the PIN.

    Of a member, of staff, of an operator on a tablet, and of a member who signs in with card and PIN at a counter.
    """

    member: timedelta
    staff: timedelta
    tablet: timedelta
    counter: timedelta
    member_session: timedelta
    staff_session: timedelta
    tablet_session: timedelta


@dataclass(frozen=True, slots=True)
class Issuing:
    """With what tokens are made."""

    sealer: Sealer
    issuer: str
    lifetimes: Lifetimes
    rollout: Rollout


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Tokens and what stands in them. Without a refresh token the session ends with the access token."""

    access_token: str
    expires_at: datetime
    bearer: Bearer
    session: Session
    refresh_token: str | None
    # With what the tablet seals the people it keeps; only for an operator on a tablet that proved itself.
    vault_key: str | None = field(default=None, repr=False)


def mark_of(secret: str | None, client: str) -> tuple[bytes, bool]:
    """How a device is known again: (digest, whether a secret proves it)."""
    return sha256((secret or client).encode()).digest(), secret is not None


def digest(secret: str) -> bytes:
    """How a secret of at least 128 random bits is stored."""
    return sha256(secret.encode()).digest()


def new_secret() -> str:
    """256 random bits, as text."""
    return secrets.token_urlsafe(_SECRET_BYTES)


async def open_session(
    tx: Tx, issuing: Issuing, credential: Credential, session: Session, now: datetime
) -> SignedIn:
    """Store a new session and hand out its first tokens."""
    await store.forget_old(tx, session.subject_id, now - KEPT_AFTER_END)
    await store.add_session(tx, session)
    refresh = None
    if session.expires_at > session.access_until:
        refresh = new_secret()
        await store.add_refresh(tx, digest(refresh), session.id, now)
    return await hand_out(tx, issuing, credential, session, refresh, now)


async def hand_out(
    tx: Tx, issuing: Issuing, credential: Credential, session: Session, refresh: str | None, now: datetime
) -> SignedIn:
    """A new access token of a session; it never outlives the session."""
    until = min(now + lifetime_of(session, issuing.lifetimes), session.expires_at)
    await store.touch(tx, replace(session, last_used_at=now, access_until=until))
    bearer = Bearer(
        subject_id=credential.subject_id,
        role=credential.role,
        waste_bank_ids=credential.area.waste_bank_ids,
        subdistrict_codes=_subdistricts(credential, issuing.rollout),
        regency_codes=credential.area.regency_codes,
        member_id=owner_of(credential),
        tablet_id=session.tablet_id,
        session_id=session.id,
        may_spend=session.may_spend,
    )
    keys = await keep_keys(tx, issuing.sealer, now)
    access = sign_token(keys, bearer, issuing.issuer, now, until - now)
    return SignedIn(access, until, bearer, session, refresh, _vault_key(issuing.sealer, session))


def lifetime_of(session: Session, lifetimes: Lifetimes) -> timedelta:
    """How long an access token of this session lasts."""
    if session.role is Role.MEMBER:
        return lifetimes.member
    return lifetimes.staff if session.tablet_id is None else lifetimes.tablet


async def refresh_tokens(
    tx: Tx, issuing: Issuing, token: str, mark: tuple[bytes, bool], now: datetime
) -> SignedIn | Refusal:
    """New tokens for a refresh token. One that was used before ends the session, unless only the answer got lost."""
    shown = digest(token)
    session_id = await store.session_of_refresh(tx, shown)
    session = None if session_id is None else await store.lock_session(tx, session_id)
    if session is None:
        return Refusal.SESSION_OVER
    verdict = judge(session, await store.find_refresh(tx, shown), mark[0], now)
    if verdict is Verdict.REUSED:
        await _end_reused(tx, session, now)
        return Refusal.TOKEN_REUSED
    credential = await credentials.find_credential(tx, session.code)
    if verdict is Verdict.OVER or credential is None or credential.subject_id != session.subject_id:
        return Refusal.SESSION_OVER
    successor = _successor(issuing.sealer, token)
    if verdict is Verdict.REPLAY:
        await store.count_replay(tx, shown)
    else:
        await store.use_refresh(tx, shown, digest(successor), now)
        await store.add_refresh(tx, digest(successor), session.id, now)
    if not session.is_proven:
        session = replace(session, mark=mark[0])
    await _seen(tx, session, now)
    return await hand_out(tx, issuing, credential, session, successor, now)


async def end_own(tx: Tx, who: Caller, session_id: UUID, why: Ending, now: datetime) -> Refusal | None:
    """End one of the caller's own sessions; one that is over stays over."""
    session = await store.lock_session(tx, session_id)
    if session is None or session.subject_id != who.subject:
        return Refusal.UNKNOWN_SESSION
    if await _end(tx, [session_id], why, now):
        credential = await credentials.find_credential(tx, session.code)
        await note(tx, [_ended(session, why, credential, **done_by(who))], now)
    return None


async def end_by_token(tx: Tx, token: str, now: datetime) -> None:
    """Sign out: whoever has the refresh token may end its session. An unknown token changes nothing."""
    session_id = await store.session_of_refresh(tx, digest(token))
    if session_id is not None and await store.lock_session(tx, session_id) is not None:
        await _end(tx, [session_id], Ending.SIGNED_OUT, now)


async def end_all(tx: Tx, subject_id: UUID, why: Ending, now: datetime, but: UUID | None = None) -> int:
    """End every session of a person, but one; returns how many those were."""
    found = await store.open_sessions(tx, now, subject_id=subject_id)
    return len(await _end(tx, [each for each in found if each != but], why, now))


async def end_of_device(tx: Tx, device_id: UUID, now: datetime) -> None:
    """End every session of a device that is trusted no longer."""
    found = await store.open_sessions(tx, now, device_id=device_id)
    await _end(tx, found, Ending.DEVICE_FORGOTTEN, now)


async def end_of_tablet(tx: Tx, tablet_id: UUID, now: datetime, longest: timedelta) -> int:
    """End every session of a tablet, and refuse every token that names it; returns how many sessions those were."""
    await store.revoke_tablet_tokens(tx, tablet_id, now, now + longest)
    found = await store.open_sessions(tx, now, tablet_id=tablet_id)
    return len(await _end(tx, found, Ending.TABLET_REVOKED, now))


async def list_own(tx: Tx, who: Caller) -> list[Session]:
    """The caller's sessions, the newest first, those that were ended as well."""
    return await store.list_sessions(tx, who.subject, LISTED_MAX)


async def list_revoked(tx: Tx, now: datetime) -> tuple[list[UUID], list[UUID]]:
    """Which sessions and which tablets are to be refused although their tokens have not expired."""
    rows = await store.revocations(tx, now, REVOKED_MAX)
    of_kind = {kind: [row["id"] for row in rows if row["kind"] == kind] for kind in ("session", "tablet")}
    return of_kind["session"], of_kind["tablet"]


async def _end(tx: Tx, session_ids: list[UUID], why: Ending, now: datetime) -> list[UUID]:
    await store.forget_revocations(tx, now)
    return await store.end_sessions(tx, session_ids, why, now)


async def _end_reused(tx: Tx, session: Session, now: datetime) -> None:
    """Nobody can tell the thief from the owner: both are out, and the owner is told."""
    await _end(tx, [session.id], Ending.TOKEN_REUSED, now)
    credential = await credentials.find_credential(tx, session.code)
    await note(tx, [_ended(session, Ending.TOKEN_REUSED, credential)], now)


def _ended(session: Session, why: Ending, credential: Credential | None, **actor: Any) -> Act:
    return Act(
        "session_ended",
        "member" if session.role is Role.MEMBER else "staff",
        str(session.subject_id),
        subdistrict_code=None if credential is None else credential.own_subdistrict_code,
        after={"session_id": str(session.id), "why": why.value},
        **actor,
    )


async def _seen(tx: Tx, session: Session, now: datetime) -> None:
    if session.tablet_id is not None:
        await tablets.seen(tx, session.tablet_id, now)
    if session.device_id is not None:
        await devices.used(tx, session.device_id, now)


def _vault_key(sealer: Sealer, session: Session) -> str | None:
    if session.role is not Role.OPERATOR or session.tablet_id is None or not session.is_proven:
        return None
    return vault_key(sealer.pepper, session.tablet_id)


def _successor(sealer: Sealer, token: str) -> str:
    return base64.urlsafe_b64encode(sealer.blind_index(f"refresh successor|{token}")).decode().rstrip("=")


def _subdistricts(credential: Credential, rollout: Rollout) -> frozenset[str]:
    own = credential.own_subdistrict_code
    return subdistricts_of(credential.area, rollout) | (frozenset() if own is None else {own})
