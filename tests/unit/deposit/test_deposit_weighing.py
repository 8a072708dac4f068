"""What counts as the same weighing, and where one stands when it arrives."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

import pytest

from services.deposit.domain.refusals import Refusal
from services.deposit.domain.states import State, Why
from services.deposit.domain.weighing import Judge, clock_offset_ms, fingerprint
from services.deposit.store.rows import NewDeposit
from services.deposit.workflows.telling import Telling
from services.deposit.workflows.weighings import LINES
from shared.contracts import DepositLine, DepositRecorded
from shared.runtime.outbox import Encoded
from shared.runtime.problem_catalogue import CATALOGUE
from shared.runtime.rollout import load_rollout
from tests.services.deposit.stage import BANK, CLOSED_BANK, write_rollout

MEMBER, LIST, OTHER = (UUID(int=number << 64 | 7 << 76) for number in (1, 2, 3))
AT = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
LINE = DepositLine(item_code="P05", grade="bersih", unit="kg", quantity=1500, shown_rupiah=4500)


def mark(**changes: object) -> bytes:
    whole = {
        "member_id": MEMBER,
        "price_list_id": LIST,
        "replaces_deposit_id": None,
        "waste_bank_id": BANK,
        "channel": "assisted",
        "weighed_at": AT,
        "lines_json": LINES.dump_json((LINE,)),
    } | changes
    return fingerprint(**whole)  # type: ignore[arg-type]


def test_the_fingerprint_of_a_weighing_never_changes() -> None:
    """Every stored deposit is compared by it: if this fails, old tablets' resends would become conflicts."""
    assert mark().hex() == "faea20174ff0c4af571f2a82746ead15a50d5295dcdc30465bf999a2515c9143"
    assert (
        mark(replaces_deposit_id=OTHER).hex()
        == "b28ffb10cf2c0e2abcb69a280041de629fca29a85b7e7654ac84d10f3a032a1a"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"member_id": OTHER},
        {"price_list_id": OTHER},
        {"replaces_deposit_id": OTHER},
        {"waste_bank_id": CLOSED_BANK},
        {"channel": "self"},
        {"weighed_at": AT + timedelta(microseconds=1)},
        {"lines_json": LINES.dump_json((LINE, LINE))},
        {"lines_json": LINES.dump_json((LINE.model_copy(update={"shown_rupiah": 4501}),))},
    ],
)
def test_every_part_of_a_weighing_counts(change: dict[str, object]) -> None:
    assert mark(**change) != mark()


def test_the_zone_in_which_a_time_is_written_does_not_count() -> None:
    assert mark(weighed_at=AT.astimezone(timezone(timedelta(hours=7)))) == mark()


def test_a_place_counts_by_its_phase_on_the_day_of_weighing(tmp_path: Path) -> None:
    write_rollout(tmp_path / "rollout.yaml", kuis_opens_on="2026-11-22")
    judge = Judge(load_rollout(tmp_path / "rollout.yaml"), {MEMBER})
    midnight = datetime(2026, 11, 21, 17, tzinfo=UTC)
    assert judge.judge(CLOSED_BANK, midnight, MEMBER) == (State.RECORDED, None, "12.07.27")
    before = judge.judge(CLOSED_BANK, midnight - timedelta(microseconds=1), MEMBER)
    assert before == (State.QUARANTINED, Why.SUBDISTRICT_NOT_OPEN, "12.07.27")
    assert judge.judge(BANK, AT, OTHER) == (State.WAITING_FOR_MEMBER, None, "12.07.28")
    assert judge.judge("antah", AT, OTHER) == (State.QUARANTINED, Why.UNKNOWN_WASTE_BANK, "unknown")
    assert judge.judge(CLOSED_BANK, midnight - timedelta(days=1), OTHER).why is Why.SUBDISTRICT_NOT_OPEN


def test_the_clock_offset_is_how_far_the_tablet_is_ahead() -> None:
    assert clock_offset_ms(None, AT) == 0
    assert clock_offset_ms(AT + timedelta(seconds=2), AT) == 2000
    assert clock_offset_ms(AT - timedelta(days=365), AT) == -365 * 86_400_000
    assert clock_offset_ms(datetime.max.replace(tzinfo=UTC), AT) > 0


def test_every_refusal_has_its_sentences() -> None:
    assert {refusal.value for refusal in Refusal} <= CATALOGUE.keys()


@pytest.mark.parametrize(("replaces", "carried_by"), [(None, None), (OTHER, None), (None, OTHER)])
def test_the_recorded_fact_is_written_as_the_model_writes_it(
    replaces: UUID | None, carried_by: UUID | None
) -> None:
    row = NewDeposit(
        deposit_id=OTHER,
        member_id=MEMBER,
        price_list_id=LIST,
        recorder_id=MEMBER,
        tablet_id=LIST,
        replaces_deposit_id=replaces,
        weighed_at=AT.astimezone(timezone(timedelta(hours=7))),
        clock_offset_ms=-5,
        state=State.RECORDED,
        why=None,
        channel="pickup",
        waste_bank_id=BANK,
        subdistrict_code="12.07.28",
        fingerprint=b"",
        lines_json=LINES.dump_json((LINE, LINE)).decode(),
        carried_by_id=carried_by,
    )
    (said,) = told(row, AT + timedelta(microseconds=7))
    event = DepositRecorded.model_validate_json(said.payload)
    left_out = set() if carried_by else {"carried_by_id"}
    assert json.loads(said.payload).keys() == DepositRecorded.model_fields.keys() - left_out
    assert (said.TOPIC, said.TYPE, said.key) == (event.TOPIC, event.TYPE, event.key)
    assert said.event_id == str(event.event_id)
    assert event.recorded_at == AT + timedelta(microseconds=7)
    assert event.lines == (LINE, LINE)
    for name in (
        "deposit_id",
        "member_id",
        "price_list_id",
        "recorder_id",
        "tablet_id",
        "replaces_deposit_id",
        "weighed_at",
        "clock_offset_ms",
        "channel",
        "waste_bank_id",
        "subdistrict_code",
        "carried_by_id",
    ):
        assert getattr(event, name) == getattr(row, name)


def told(row: NewDeposit, now: datetime) -> list[Encoded]:
    telling = Telling(now)
    telling.arrived(row)
    return [event for event in telling._events if isinstance(event, Encoded)]
