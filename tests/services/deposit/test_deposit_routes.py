"""The day's route: slot by slot, mapped calls in a short order, the others last by village."""

from typing import Any

from shared.kernel.roles import Role
from tests.services.deposit.field_stage import PLACE, FieldStage
from tests.services.deposit.stage import BANK

MONDAY = "2026-11-23"


async def call(field: FieldStage, slot: str, **place: Any) -> str:
    found = await field.booked(
        await field.known_member(), wanted_on=MONDAY, wanted_slot=slot, place=PLACE | place
    )
    return str(found["pickup_id"])


async def test_the_route_goes_slot_by_slot_and_round(field: FieldStage) -> None:
    far = await call(field, "pagi", latitude=3.60, longitude=98.90)
    unmapped = await call(field, "pagi", latitude=None, longitude=None, village="Sekip")
    near = await call(field, "pagi", latitude=3.57, longitude=98.88)
    last = await call(field, "siang", latitude=None, longitude=None, village="Syahmad")
    first = await call(field, "siang", latitude=None, longitude=None, village="Cemara")
    route = (await field.get("/v1/pickup-routes", waste_bank_id=BANK, on=MONDAY)).json()
    pagi, siang = route["slots"]
    assert (pagi["slot"], pagi["begins_at"], siang["slot"]) == ("pagi", "08:00:00", "siang")
    order = [stop["pickup"]["pickup_id"] for stop in pagi["stops"]]
    assert order[2] == unmapped
    assert set(order[:2]) == {near, far}
    assert [stop["leg_metres"] is None for stop in pagi["stops"]] == [False, False, True]
    assert [stop["pickup"]["pickup_id"] for stop in siang["stops"]] == [first, last]
    assert siang["round_trip_metres"] == 0
    # Out to the far one and back, as the crow flies: between nine and twelve kilometres.
    assert 9_000 < pagi["round_trip_metres"] < 12_000
    await field.post(f"/v1/pickups/{far}:cancel", {"reason": "x"})
    shorter = (await field.get("/v1/pickup-routes", waste_bank_id=BANK, on=MONDAY)).json()["slots"][0]
    assert shorter["round_trip_metres"] < pagi["round_trip_metres"]


async def test_the_route_tells_addresses_to_its_own_staff_alone(field: FieldStage) -> None:
    for who in (field.as_stranger, field.mint.header(Role.PROGRAMME, regency_codes=["12.08"])):
        answer = await field.get("/v1/pickup-routes", who, waste_bank_id=BANK)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_your_area")
    member = field.as_member(await field.known_member())
    assert (await field.get("/v1/pickup-routes", member, waste_bank_id=BANK)).status_code == 403
    assert (await field.get("/v1/pickup-routes", waste_bank_id=BANK, on="kapan")).status_code == 422
    empty = (await field.get("/v1/pickup-routes", waste_bank_id=BANK)).json()
    assert (empty["on"], empty["slots"]) == ("2026-11-22", [])
