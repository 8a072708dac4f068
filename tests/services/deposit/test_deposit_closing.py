"""The end of a waste bank's day: counted against the book, signed, kept; what comes later is listed."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from shared.contracts import DayClosed
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from tests.services.deposit.field_stage import NOBODY, FieldStage
from tests.services.deposit.stage import BANK, weighing

TODAY = "2026-11-22"


def closing(**changes: Any) -> dict[str, Any]:
    return {
        "closing_id": str(uuid7()),
        "waste_bank_id": BANK,
        "on": TODAY,
        "classes": [{"waste_class": "plastic", "counted_grams": 1_400}],
        "cash_counted_rupiah": 48_000,
        "note": "Kurang dua ribu, Bu Ungu lupa menulis",
    } | changes


def at(instant: str, member: UUID, grams: int = 1_500) -> dict[str, Any]:
    lines = [{"item_code": "P05", "grade": "bersih", "unit": "kg", "quantity": grams, "shown_rupiah": 1}]
    return weighing(member, weighed_at=instant, lines=lines)


async def test_the_book_of_a_day_goes_by_the_wib_day_of_weighing(field: FieldStage) -> None:
    member = await field.known_member()
    last_night, this_morning = (
        at("2026-11-21T23:59:59+07:00", member, 1),
        at("2026-11-21T17:00:00Z", member, 20),
    )
    tomorrow = at("2026-11-22T17:00:00Z", member, 300)
    await field.send(last_night, this_morning, tomorrow)
    field.book.cash = 50_000
    seen = (await field.get("/v1/closings/preview", waste_bank_id=BANK)).json()
    assert seen["classes"] == [{"waste_class": "plastic", "booked_grams": 20}]
    assert (seen["on"], seen["deposits"], seen["cash_booked_rupiah"]) == (TODAY, 1, 50_000)
    assert seen["closed_by_closing_id"] is None
    (asked,) = field.book.asked
    # The cash book is asked with the caller's own token, so that it answers only what they may see.
    assert asked == (f"/v1/cash-boxes/{BANK}?on={TODAY}", field.as_operator["Authorization"])


async def test_a_day_is_signed_with_its_differences_once(field: FieldStage) -> None:
    await field.send(at("2026-11-22T09:00:00+07:00", await field.known_member()))
    field.book.cash = 50_000
    body = closing()
    first, again = await field.post("/v1/closings", body), await field.post("/v1/closings", body)
    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert first.json() == again.json()
    signed = first.json()
    assert signed["classes"] == [
        {"waste_class": "plastic", "booked_grams": 1_500, "counted_grams": 1_400, "difference_grams": -100}
    ]
    assert (signed["cash_difference_rupiah"], signed["after_closing"]) == (-2_000, [])
    changed = await field.post("/v1/closings", body | {"cash_counted_rupiah": 50_000})
    assert (changed.status_code, changed.json()["code"]) == (409, "closing_conflict")
    second = await field.post("/v1/closings", closing())
    assert (second.status_code, second.json()["code"]) == (409, "closing_day_already_closed")
    (event,) = [each for each in await field.said() if isinstance(each, DayClosed)]
    assert (event.cash_booked_rupiah, event.cash_counted_rupiah) == (50_000, 48_000)
    assert [(each.waste_class, each.booked_grams, each.counted_grams) for each in event.classes] == [
        ("plastic", 1_500, 1_400)
    ]
    (entry,) = await field.audited(BANK)
    assert (entry["action"], entry["after"]["cash_difference_rupiah"]) == ("day_closed", -2_000)
    stored = await field.everything_stored()
    assert "Bu Ungu" not in stored


async def test_ten_at_once_close_one_day(field: FieldStage) -> None:
    answers = await asyncio.gather(*[field.post("/v1/closings", closing()) for _ in range(10)])
    assert sorted(each.status_code for each in answers) == [201] + [409] * 9


async def test_what_comes_or_changes_after_the_closing_is_recorded_and_listed(field: FieldStage) -> None:
    member = await field.known_member()
    early, voided, late = (at("2026-11-22T09:00:00+07:00", member) for _ in range(3))
    await field.send(early, voided)
    await field.post("/v1/closings", closing())
    field.clock.move(hours=20)
    assert await field.statuses(late) == ["recorded"]
    await field.post(f"/v1/deposits/{voided['deposit_id']}:void", {"reason": "salah"})
    (seen,) = (await field.get("/v1/closings", waste_bank_id=BANK, on=TODAY)).json()["closings"]
    found = {each["deposit_id"]: each["state"] for each in seen["after_closing"]}
    assert found == {voided["deposit_id"]: "voided", late["deposit_id"]: "recorded"}
    # What was signed stays signed.
    assert seen["classes"][0]["booked_grams"] == 3_000


async def test_only_the_programme_opens_a_day_again_with_a_reason(field: FieldStage) -> None:
    first = (await field.post("/v1/closings", closing())).json()
    path = f"/v1/closings/{first['closing_id']}:reopen"
    assert (await field.post(path, {"reason": "Lupa"})).status_code == 403
    assert (await field.post(path, {}, field.as_programme)).status_code == 422
    elsewhere = field.mint.header(Role.PROGRAMME, regency_codes=["12.08"])
    assert (await field.post(path, {"reason": "Lupa"}, elsewhere)).status_code == 404
    for _ in range(2):
        opened = await field.post(path, {"reason": "Lupa"}, field.as_programme)
        assert (opened.status_code, opened.json()["closings"][0]["reopen_reason"]) == (200, "Lupa")
    other = await field.post(path, {"reason": "Lain"}, field.as_programme)
    assert (other.status_code, other.json()["code"]) == (409, "closing_already_reopened")
    second = await field.post("/v1/closings", closing())
    assert (second.status_code, second.json()["replaces_closing_id"]) == (201, first["closing_id"])
    events = [each for each in await field.said() if isinstance(each, DayClosed)]
    assert [each.replaces_closing_id for each in events] == [None, UUID(first["closing_id"])]
    kept = (await field.get("/v1/closings", waste_bank_id=BANK)).json()["closings"]
    assert len(kept) == 2
    actions = [each["action"] for each in await field.audited(BANK)]
    assert actions == ["day_closed", "day_reopened", "day_closed"]


async def test_without_the_cash_book_nothing_is_closed_but_a_repeat_is_answered(field: FieldStage) -> None:
    field.book.cash = None
    body = closing()
    for answer in (
        await field.get("/v1/closings/preview", waste_bank_id=BANK),
        await field.post("/v1/closings", body),
    ):
        assert (answer.status_code, answer.json()["code"]) == (503, "cash_book_silent")
    assert await field.said() == []
    field.book.cash = 48_000
    assert (await field.post("/v1/closings", body)).status_code == 201
    field.book.cash = None
    assert (await field.post("/v1/closings", body)).status_code == 200


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"on": "2026-11-23"}, 422, "closing_day_not_begun"),
        ({"on": "kemarin"}, 422, "invalid_request"),
        ({"cash_counted_rupiah": -1}, 422, "invalid_request"),
        ({"cash_counted_rupiah": 1.5}, 422, "invalid_request"),
        ({"classes": [{"waste_class": "emas", "counted_grams": 1}]}, 422, "invalid_request"),
        ({"classes": [{"waste_class": "paper", "counted_grams": 1}] * 2}, 422, "invalid_request"),
        ({"note": "a\x00"}, 422, "invalid_request"),
        ({"waste_bank_id": "pakam-dua"}, 403, "not_your_area"),
        ({"waste_bank_id": "bulan"}, 403, "not_your_area"),
    ],
)
async def test_wrong_closings_are_refused(
    field: FieldStage, change: dict[str, Any], status: int, code: str
) -> None:
    answer = await field.post("/v1/closings", closing() | change)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_every_door_of_the_day_keeps_to_its_area_and_roles(field: FieldStage) -> None:
    elsewhere = field.mint.header(Role.PROGRAMME, regency_codes=["12.08"])
    for who in (field.as_stranger, elsewhere):
        assert (await field.post("/v1/closings", closing(), who)).json()["code"] == "not_your_area"
        for path in ("/v1/closings", "/v1/closings/preview"):
            assert (await field.get(path, who, waste_bank_id=BANK)).json()["code"] == "not_your_area"
    for who in (field.as_member(uuid7()), field.mint.header(Role.OFFICE)):
        assert (await field.post("/v1/closings", closing(), who)).json()["code"] == "not_allowed"
        assert (await field.get("/v1/closings", who, waste_bank_id=BANK)).status_code == 403
    assert (await field.post("/v1/closings", closing(), NOBODY)).status_code == 401
    assert field.book.asked == []
