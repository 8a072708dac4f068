"""What a refresh token is worth when it is shown: a new one, the same one again, or the end of the whole session.

A token is good once. Who shows one that was used already is either a thief or a device that never got the answer:
the second is believed for a short while, and only as long as nobody has used the successor.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from shared.kernel.roles import Role

# A browser proves nothing but that it looks the same.
GRACE = timedelta(seconds=60)
# A tablet or trusted phone that shows its own secret may come back from a valley without a signal.
PROVEN_GRACE = timedelta(hours=24)


class Ending(StrEnum):
    """Why a session is over."""

    SIGNED_OUT = "signed_out"
    ENDED_BY_OWNER = "ended_by_owner"
    TOKEN_REUSED = "token_reused"  # noqa: S105 - a reason, not a secret
    DEVICE_FORGOTTEN = "device_forgotten"
    TABLET_REVOKED = "tablet_revoked"
    PIN_CHANGED = "pin_changed"
    STAFF_ENDED = "staff_ended"
    AREA_CHANGED = "area_changed"
    MEMBER_GONE = "member_gone"


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in and all tokens that came from it. `access_until` is when the last of its access tokens expires.

    `mark` recognises the device: a digest of its secret (then `is_proven`), or of what the browser calls itself.
    """

    id: UUID
    subject_id: UUID
    role: Role
    code: str
    tablet_id: UUID | None
    device_id: UUID | None
    may_spend: bool
    mark: bytes = field(repr=False)
    is_proven: bool
    started_at: datetime
    last_used_at: datetime
    expires_at: datetime
    access_until: datetime
    ended_at: datetime | None = None
    ended_why: Ending | None = None


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """What is stored of a refresh token. `replays` counts how often it was answered again."""

    session_id: UUID
    used_at: datetime | None
    replays: int
    successor_used: bool


class Verdict(StrEnum):
    """What to do with a refresh token that was shown."""

    ROTATE = "rotate"
    REPLAY = "replay"
    REUSED = "reused"
    OVER = "over"


def judge(session: Session, token: RefreshToken, mark: bytes, now: datetime) -> Verdict:
    """What becomes of a token that is shown now by a device with this mark."""
    if session.ended_at is not None or session.expires_at <= now:
        return Verdict.OVER
    same_device = session.mark == mark
    if session.is_proven and not same_device:
        return Verdict.REUSED
    if token.used_at is None:
        return Verdict.ROTATE
    if token.successor_used or not same_device:
        return Verdict.REUSED
    since = now - token.used_at
    believed = since <= PROVEN_GRACE if session.is_proven else since <= GRACE and token.replays == 0
    return Verdict.REPLAY if believed else Verdict.REUSED
