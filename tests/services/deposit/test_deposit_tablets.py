"""Tablets say how they are doing; the last word of each is kept, and seen by those who look after them."""

from typing import Any

import pytest

from shared.contracts import TabletReported
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from tests.services.deposit.stage import BANK, CLOSED_CODE, OTHER_BANK, Stage

REPORT = {
    "waste_bank_id": BANK,
    "reported_at": "2026-11-22T10:00:05+07:00",
    "app_version": "1.4.0",
    "queue_length": 12,
    "oldest_queued_at": "2026-11-22T08:00:00+07:00",
    "battery_percent": 71,
    "storage_free_mib": 900,
}
PATH = "/v1/tablets:report"


async def test_the_last_report_of_each_tablet_is_kept(stage: Stage) -> None:
    for _ in range(2):
        answer = await stage.post(PATH, REPORT)
        assert (answer.status_code, answer.json()) == (200, {"clock_offset_ms": 5_000})
    stage.clock.move(minutes=5)
    later = {
        "waste_bank_id": BANK,
        "reported_at": "2026-11-22T10:05:00+07:00",
        "app_version": "1.4.0",
        "queue_length": 0,
    }
    await stage.post(PATH, later)
    other = stage.mint.header(Role.OPERATOR, waste_bank_ids=[OTHER_BANK], tablet_id=uuid7())
    await stage.post(PATH, later | {"waste_bank_id": OTHER_BANK}, other)
    said = [each for each in await stage.said() if isinstance(each, TabletReported)]
    assert [(each.queue_length, each.clock_offset_ms) for each in said] == [(12, 5_000), (0, 0), (0, 0)]
    assert said[0].tablet_id == stage.tablet
    tablets = (await stage.get("/v1/tablets", stage.as_programme)).json()["tablets"]
    (mine,) = [each for each in tablets if each["tablet_id"] == str(stage.tablet)]
    assert len(tablets) == 2
    assert (mine["queue_length"], mine["battery_percent"]) == (0, None)
    assert mine["last_seen_at"] == "2026-11-22T03:05:00Z"
    one = (await stage.get("/v1/tablets", stage.as_programme, limit=1)).json()
    two = (await stage.get("/v1/tablets", stage.as_programme, limit=1, cursor=one["next_cursor"])).json()
    assert (len(one["tablets"] + two["tablets"]), two["next_cursor"]) == (2, None)
    only = (await stage.get("/v1/tablets", stage.as_programme, waste_bank_id=OTHER_BANK)).json()["tablets"]
    assert [each["waste_bank_id"] for each in only] == [OTHER_BANK]


async def test_who_may_report_and_who_may_look(stage: Stage) -> None:
    no_tablet = await stage.post(PATH, REPORT, stage.as_second)
    assert (no_tablet.status_code, no_tablet.json()["code"]) == (403, "tablet_needed")
    foreign = await stage.post(PATH, REPORT | {"waste_bank_id": OTHER_BANK})
    assert (foreign.status_code, foreign.json()["code"]) == (403, "not_your_area")
    assert (await stage.post(PATH, REPORT, stage.as_programme)).status_code == 403
    await stage.post(PATH, REPORT)
    assert (await stage.get("/v1/tablets")).status_code == 403
    of_kuis = stage.mint.header(Role.PROGRAMME, regency_codes=(), subdistrict_codes=[CLOSED_CODE])
    assert (await stage.get("/v1/tablets", of_kuis)).json()["tablets"] == []
    office = stage.mint.header(Role.OFFICE)
    assert (await stage.get("/v1/tablets", office)).json() == (
        await stage.get("/v1/tablets", stage.as_programme)
    ).json()


@pytest.mark.parametrize(
    "change",
    [
        {"reported_at": "2026-11-22T10:00:05"},
        {"queue_length": -1},
        {"battery_percent": 101},
        {"app_version": "with words in it"},
        {"storage_free_mib": 10**12},
        {"waste_bank_id": "A B"},
    ],
)
async def test_wrong_reports_are_refused_in_words(stage: Stage, change: dict[str, Any]) -> None:
    answer = await stage.post(PATH, REPORT | change)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_figures_carry_no_ids(stage: Stage) -> None:
    await stage.post(PATH, REPORT)
    figures = (await stage.get("/metrics")).text
    assert "timbang_tablet_queue_length_bucket" in figures
    assert str(stage.tablet) not in figures
    assert BANK not in figures
