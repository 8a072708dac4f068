"""What a refresh token is worth when it is shown, by its age, its device and what became of its successor."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.identity.domain.one_time import one_time_code, parted, tablet_code
from services.identity.domain.sessions import (
    GRACE,
    PROVEN_GRACE,
    Ending,
    RefreshToken,
    Session,
    Verdict,
    judge,
)
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
OWN, OTHER = b"own device", b"other device"
BROWSER = Session(
    id=uuid7(),
    subject_id=uuid7(),
    role=Role.MEMBER,
    code="NSB-001",
    tablet_id=None,
    device_id=None,
    may_spend=False,
    mark=OWN,
    is_proven=False,
    started_at=NOW - timedelta(days=1),
    last_used_at=NOW - timedelta(hours=1),
    expires_at=NOW + timedelta(days=1),
    access_until=NOW,
)
PROVEN = replace(BROWSER, is_proven=True)
FRESH = RefreshToken(BROWSER.id, None, 0, successor_used=False)


def used(ago: timedelta, replays: int = 0, *, successor_used: bool = False) -> RefreshToken:
    return RefreshToken(BROWSER.id, NOW - ago, replays, successor_used)


@pytest.mark.parametrize(
    ("session", "token", "mark", "verdict"),
    [
        (BROWSER, FRESH, OWN, Verdict.ROTATE),
        (BROWSER, FRESH, OTHER, Verdict.ROTATE),  # a browser was updated: it calls itself otherwise now
        (PROVEN, FRESH, OWN, Verdict.ROTATE),
        (PROVEN, FRESH, OTHER, Verdict.REUSED),
        (BROWSER, used(GRACE), OWN, Verdict.REPLAY),
        (BROWSER, used(GRACE + timedelta(seconds=1)), OWN, Verdict.REUSED),
        (BROWSER, used(GRACE), OTHER, Verdict.REUSED),
        (BROWSER, used(GRACE, replays=1), OWN, Verdict.REUSED),
        (BROWSER, used(timedelta(), successor_used=True), OWN, Verdict.REUSED),
        (PROVEN, used(PROVEN_GRACE, replays=9), OWN, Verdict.REPLAY),
        (PROVEN, used(PROVEN_GRACE + timedelta(seconds=1)), OWN, Verdict.REUSED),
        (PROVEN, used(timedelta(), successor_used=True), OWN, Verdict.REUSED),
        (PROVEN, used(timedelta()), OTHER, Verdict.REUSED),
        (replace(BROWSER, expires_at=NOW), FRESH, OWN, Verdict.OVER),
        (
            replace(PROVEN, ended_at=NOW, ended_why=Ending.SIGNED_OUT),
            used(timedelta(days=2)),
            OTHER,
            Verdict.OVER,
        ),
    ],
)
def test_what_a_token_is_worth(session: Session, token: RefreshToken, mark: bytes, verdict: Verdict) -> None:
    assert judge(session, token, mark, NOW) is verdict


def test_codes_that_are_read_aloud_survive_being_typed() -> None:
    assert one_time_code(0) == "00000-00000"
    assert one_time_code(2**50 - 1) == "ZZZZZ-ZZZZZ"
    head, secret = parted(tablet_code(2**20 - 1, 1))
    assert (head, secret) == ("ZZZZ", "0000000001")
    assert parted(" zzzz-ooooo oooi1 ".replace("i1", "OL")) == ("ZZZZ", "0000000001")
