"""The door to records that were set aside: what waits, and trying one again; for the programme of a whole regency."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import AwareDatetime, BaseModel

from shared.kernel.clock import Clock
from shared.kernel.roles import Role
from shared.runtime import dead_letters
from shared.runtime.access import allow
from shared.runtime.audit import Act, done_by, note
from shared.runtime.database import Database, Tx
from shared.runtime.dead_letters import Letter
from shared.runtime.envelope import header
from shared.runtime.hearing import Hearer, Hearing
from shared.runtime.http import Asked, Words
from shared.runtime.paging import LIMIT, Cursor, Limit, number_of, page_of
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

_ID_MAX = 2**62
_ERROR_MAX = 300
# A person looks for what the record is about; of several ids the first one that it names.
_SUBJECTS = (
    "deposit_id",
    "redemption_id",
    "dispute_id",
    "pickup_id",
    "sale_id",
    "bag_id",
    "tablet_id",
    "price_list_id",
    "exception_id",
    "member_id",
)
_ID_LENGTH_MAX = 64


class DeadLetter(BaseModel):
    """A record that was set aside: what it claims to be and why it was not obeyed, without what stands in it.

    `kind`: payload, header, tombstone, oversized (the record is broken), version (a newer sender speaks), refused (it
    contradicts what is known; `error` says how), failed (a defect of ours), missing (Kafka no longer had what stood
    there; whoever said it sends it again, and a replay then says that this is done).
    """

    id: int
    topic: str
    kind: str
    type: str | None
    subject_id: str | None
    error: str
    heard_at: AwareDatetime
    replayed_at: AwareDatetime | None


class DeadLetterPage(BaseModel):
    """Those that wait, the oldest first. `next_cursor` is null on the last page."""

    dead_letters: list[DeadLetter]
    next_cursor: str | None


class Replay(Asked):
    """What was mended, so that it may be tried again."""

    reason: Words


def dead_letter_router(service: str, hearing: Hearing, database: Database, clock: Clock) -> APIRouter:
    """`GET /v1/dead-letters` and `POST /v1/dead-letters/{letter_id}:replay` of a service that hears."""
    routes = APIRouter(prefix="/v1/dead-letters", tags=["dead letters"])
    hearer = Hearer(service, hearing, database)

    @routes.get("")
    async def list_dead_letters(
        who: Annotated[Caller, Depends(allow(Role.PROGRAMME))],
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> DeadLetterPage:
        """Records that were set aside and wait for a person, the oldest first."""
        _need_regency(who)
        after = number_of(cursor) or 0
        async with database.reading() as tx:
            found = await dead_letters.page(tx, after, limit + 1)
        page, following = page_of(found, limit, lambda letter: letter.id)
        return DeadLetterPage(dead_letters=[_words(each) for each in page], next_cursor=following)

    @routes.post("/{letter_id}:replay")
    async def replay(
        letter_id: Annotated[int, Path(ge=1, le=_ID_MAX)],
        asked: Replay,
        who: Annotated[Caller, Depends(allow(Role.PROGRAMME))],
    ) -> DeadLetter:
        """Try it again; refused in words if it still cannot be obeyed. What took effect does not do so twice."""
        _need_regency(who)
        before = await _one(database, letter_id)
        if before.replayed_at is None:

            async def note_it(tx: Tx) -> None:
                await note(tx, [_act(before, asked.reason, who)], clock.now())

            if not await hearer.replay_one(letter_id, note_it):
                raise Problem("dead_letter_still_refused")
        return _words(await _one(database, letter_id))

    return routes


def _need_regency(who: Caller) -> None:
    """A record that nobody could obey belongs to no sub-district."""
    if not who.regency_codes:
        raise Problem("not_your_area")


async def _one(database: Database, letter_id: int) -> Letter:
    async with database.reading() as tx:
        found = await dead_letters.find(tx, letter_id)
    if found is None:
        raise Problem("dead_letter_unknown")
    return found


def _act(letter: Letter, reason: str, who: Caller) -> Act:
    return Act(
        action="dead_letter_replayed",
        subject_kind="dead_letter",
        subject_id=str(letter.id),
        before={"kind": letter.kind, "type": _type_of(letter)},
        after={"replayed": True},
        reason=reason,
        **done_by(who),
    )


def _words(letter: Letter) -> DeadLetter:
    """A failure's own words may repeat what stood in the record: its class is enough, the log has the rest."""
    error = letter.error.partition(":")[0] if letter.kind == "failed" else letter.error[:_ERROR_MAX]
    return DeadLetter(
        id=letter.id,
        topic=letter.record.topic,
        kind=letter.kind,
        type=_type_of(letter),
        subject_id=_subject_of(letter.record.value),
        error=error,
        heard_at=letter.heard_at,
        replayed_at=letter.replayed_at,
    )


def _type_of(letter: Letter) -> str | None:
    found = header(letter.record.headers, "ce_type")
    return None if found is None else found[:_ID_LENGTH_MAX]


def _subject_of(payload: bytes | None) -> str | None:
    try:
        content: Any = json.loads(payload or b"")
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict):
        return None
    ids = [content.get(name) for name in _SUBJECTS]
    return next((each for each in ids if isinstance(each, str) and len(each) <= _ID_LENGTH_MAX), None)
