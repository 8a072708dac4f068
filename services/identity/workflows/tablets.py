"""Tablets: registered by the programme, enrolled with a code that works once, revoked at once."""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from services.identity.domain.locks import CODE_TRIES
from services.identity.domain.one_time import BITS, HEAD_BITS, parted, tablet_code
from services.identity.domain.people import Tablet
from services.identity.domain.refusals import Refusal
from services.identity.store import tablets as store
from services.identity.workflows import sessions
from services.identity.workflows.tablet_keys import point_of
from shared.kernel.roles import Role
from shared.kernel.rollout import Rollout
from shared.runtime.audit import Act, done_by, note
from shared.runtime.database import Tx
from shared.runtime.tokens import Caller

CODE_LASTS = timedelta(minutes=15)
_HEADS_TRIED = 5


@dataclass(frozen=True, slots=True)
class Registered:
    """A tablet that waits for its code."""

    tablet: Tablet
    enrolment_code: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class EnrolledTablet:
    """A tablet with the secret that it shows from now on, and that nobody sees again."""

    tablet: Tablet
    tablet_secret: str = field(repr=False)


async def register(
    tx: Tx, who: Caller, *, tablet_id: UUID, name: str, waste_bank_id: str, rollout: Rollout, now: datetime
) -> Registered | Refusal:
    """A new tablet for a waste bank of the caller's area."""
    subdistrict = rollout.subdistrict_of(waste_bank_id)
    if subdistrict is None:
        return Refusal.UNKNOWN_AREA
    if not who.covers_bank(waste_bank_id, subdistrict.kemendagri_code):
        return Refusal.NOT_YOUR_AREA
    tablet = Tablet(tablet_id, name, waste_bank_id, registered_at=now)
    code = ""
    for _ in range(_HEADS_TRIED):
        code = tablet_code(secrets.randbits(HEAD_BITS), secrets.randbits(BITS))
        head, secret = parted(code)
        digest = sessions.digest(secret)
        if await store.register_tablet(tx, tablet, who.subject, head, digest, now + CODE_LASTS):
            break
    else:
        return Refusal.TRY_AGAIN
    await note(
        tx,
        [
            Act(
                "tablet_registered",
                "tablet",
                str(tablet_id),
                subdistrict_code=subdistrict.kemendagri_code,
                after={"waste_bank_id": waste_bank_id, "name": name},
                **done_by(who),
            )
        ],
        now,
    )
    return Registered(tablet, code, now + CODE_LASTS)


async def enrol(
    tx: Tx, typed_code: str, public_key: str | None, rollout: Rollout, now: datetime
) -> EnrolledTablet | Refusal:
    """The tablet shows its code, and gets a secret of its own. A wrong code is counted; the fifth spends it.

    `public_key` proves from now on what the tablet signs; one that is no key is refused before the code is looked at.
    """
    key = None if public_key is None else point_of(public_key)
    if public_key is not None and key is None:
        return Refusal.WRONG_TABLET_KEY
    head, secret = parted(typed_code)
    waiting = await store.lock_waiting(tx, head)
    if waiting is None or waiting.until <= now or waiting.wrong_tries >= CODE_TRIES:
        return Refusal.WRONG_TABLET_CODE
    if not hmac.compare_digest(waiting.code_hash, sessions.digest(secret)):
        await store.count_code_try(tx, waiting.tablet.id)
        return Refusal.WRONG_TABLET_CODE
    own = sessions.new_secret()
    await store.enrol_tablet(tx, waiting.tablet.id, sessions.digest(own), key, now)
    act = Act(
        "tablet_enrolled",
        "tablet",
        str(waiting.tablet.id),
        subdistrict_code=_subdistrict(waiting.tablet, rollout),
        after={"signs": key is not None},
    )
    await note(tx, [act], now)
    return EnrolledTablet(waiting.tablet, own)


async def revoke(
    tx: Tx, who: Caller, tablet_id: UUID, *, reason: str, rollout: Rollout, longest: timedelta, now: datetime
) -> Tablet | Refusal:
    """The tablet is lost: it opens nothing more anywhere, within seconds. `longest`: how a token may last."""
    tablet = await store.lock_tablet(tx, tablet_id)
    if tablet is None or not _covers(who, tablet, rollout):
        return Refusal.UNKNOWN_TABLET_HERE
    if tablet.revoked_at is not None:
        return tablet
    await store.revoke_tablet(tx, tablet_id, now)
    ended = await sessions.end_of_tablet(tx, tablet_id, now, longest)
    act = Act(
        "tablet_revoked",
        "tablet",
        str(tablet_id),
        subdistrict_code=_subdistrict(tablet, rollout),
        after={"sessions_ended": ended},
        reason=reason,
        **done_by(who),
    )
    await note(tx, [act], now)
    return await store.find_tablet(tx, tablet_id) or Refusal.UNKNOWN_TABLET_HERE


async def list_tablets(tx: Tx, who: Caller, waste_bank_id: str | None, rollout: Rollout) -> list[Tablet]:
    """The tablets of the caller's area, or of one waste bank in it."""
    return [
        tablet
        for tablet in await store.list_tablets(tx)
        if _covers(who, tablet, rollout) and waste_bank_id in {None, tablet.waste_bank_id}
    ]


async def show_tablet(tx: Tx, who: Caller, tablet_id: UUID, rollout: Rollout) -> Tablet | Refusal:
    """One tablet of the caller's area; another service asks about any."""
    tablet = await store.find_tablet(tx, tablet_id)
    if tablet is None or not (who.role is Role.SERVICE or _covers(who, tablet, rollout)):
        return Refusal.UNKNOWN_TABLET_HERE
    return tablet


def _subdistrict(tablet: Tablet, rollout: Rollout) -> str | None:
    found = rollout.subdistrict_of(tablet.waste_bank_id)
    return None if found is None else found.kemendagri_code


def _covers(who: Caller, tablet: Tablet, rollout: Rollout) -> bool:
    subdistrict = _subdistrict(tablet, rollout)
    return subdistrict is not None and who.covers_bank(tablet.waste_bank_id, subdistrict)
