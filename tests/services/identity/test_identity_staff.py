"""Who works for the programme and where: nobody gives more than they have, and nobody serves themselves."""

from typing import Any

import pytest

from services.identity.domain.areas import Area, misfit, within
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.paging import cursor_of
from shared.runtime.rollout import RolloutWatcher
from tests.services.identity.seeded_stage import (
    MEMBER,
    OFFICE,
    OPERATOR,
    PAKAM_OFFICE,
    PAKAM_PROGRAMME,
    PEOPLE,
    PROGRAMME,
    SECOND_PROGRAMME,
    Place,
    bearer,
    refused,
)

PAKAM, KUIS = {"subdistrict_codes": ["12.07.28"]}, {"subdistrict_codes": ["12.07.27"]}
REGENCY = {"regency_codes": ["12.07"]}
MAIN, CEMARA, ELSEWHERE = (
    {"waste_bank_ids": [bank]} for bank in ("lubuk-pakam-induk", "lubuk-pakam-cemara", "batang-kuis-pekan")
)
NEW_PIN = "837261"


def somebody(**changes: Any) -> dict[str, Any]:
    return {
        "staff_id": str(uuid7()),
        "code": "PTG-77",
        "role": "operator",
        "name": "Canary Pegawai",
        "area": MAIN,
        **changes,
    }


async def test_areas_stand_in_the_tokens_of_staff(place: Place) -> None:
    areas: list[tuple[str, set[str], set[str]]] = [
        (PROGRAMME, {"12.07"}, set()),
        (PAKAM_PROGRAMME, set(), {"12.07.28"}),
        (PAKAM_OFFICE, set(), {"12.07.28"}),
        (OFFICE, {"12.07"}, set()),
        (OPERATOR, set(), {"12.07.28"}),
    ]
    for code, regencies, subdistricts in areas:
        answer = (await place.sign_in(code)).json()
        caller = await place.caller(answer["access_token"])
        assert (set(caller.regency_codes), set(caller.subdistrict_codes)) == (regencies, subdistricts), code
        assert (set(answer["regency_codes"]), set(answer["subdistrict_codes"])) == (regencies, subdistricts)


async def test_a_new_colleague_chooses_a_pin_with_a_code_that_works_once(place: Place) -> None:
    who = await place.header(PROGRAMME)
    body = somebody()
    hired = await place.post("staff", who, **body)
    assert hired.status_code == 201
    assert refused(await place.sign_in("PTG-77", NEW_PIN)) == (401, "wrong_code_or_pin")
    choice: dict[str, Any] = {
        "code": "ptg-77",
        "one_time_code": hired.json()["first_pin"]["one_time_code"],
        "pin": NEW_PIN,
    }
    assert (await place.post("pins:choose", **choice)).status_code == 204
    signed_in = (await place.sign_in("PTG-77", NEW_PIN)).json()
    assert (signed_in["role"], signed_in["waste_bank_ids"]) == ("operator", ["lubuk-pakam-induk"])
    again = await place.post("staff", who, **body)
    assert (again.status_code, again.json()["first_pin"]) == (200, None)
    for taken in (somebody(), somebody(staff_id=body["staff_id"], name="Lain"), somebody(code="NSB-001")):
        assert refused(await place.post("staff", who, **taken)) == (409, "staff_code_taken")
    (act,) = await place.acts("staff_hired")
    assert (act["subject_id"], str(act["actor_id"])) == (body["staff_id"], PEOPLE[PROGRAMME]["id"])
    assert "Canary" not in str([tuple(row) for row in await place.rows("select * from audit")])
    assert "Canary" not in str([tuple(row) for row in await place.rows("select * from staff")])


@pytest.mark.parametrize(
    ("by", "role", "area", "code"),
    [
        (PAKAM_PROGRAMME, "programme", REGENCY, "not_your_area"),
        (PAKAM_PROGRAMME, "office", KUIS, "not_your_area"),
        (PAKAM_PROGRAMME, "operator", ELSEWHERE, "not_your_area"),
        (PAKAM_PROGRAMME, "programme", {**PAKAM, **REGENCY}, "not_your_area"),
        (PROGRAMME, "programme", {"regency_codes": ["12.71"]}, "unknown_area"),
        (PROGRAMME, "office", {"subdistrict_codes": ["12.07.99"]}, "unknown_area"),
        (PROGRAMME, "operator", {"waste_bank_ids": ["nowhere"]}, "unknown_area"),
        (PROGRAMME, "operator", {}, "area_does_not_fit_role"),
        (PROGRAMME, "operator", {**MAIN, **PAKAM}, "area_does_not_fit_role"),
        (PROGRAMME, "office", {**MAIN, **PAKAM}, "area_does_not_fit_role"),
        (PROGRAMME, "programme", {}, "area_does_not_fit_role"),
        (OPERATOR, "operator", MAIN, "not_allowed"),
        (OFFICE, "office", PAKAM, "not_allowed"),
        (MEMBER, "programme", REGENCY, "not_allowed"),
    ],
)
async def test_nobody_gives_an_area_that_they_do_not_have(
    place: Place, by: str, role: str, area: dict[str, list[str]], code: str
) -> None:
    answer = await place.post("staff", await place.header(by), **somebody(role=role, area=area))
    assert answer.json()["code"] == code
    assert await place.rows("select from staff where code = 'PTG-77'") == []


async def test_a_move_ends_the_sessions_and_the_next_token_has_the_new_area(place: Place) -> None:
    who, operator = await place.header(PAKAM_PROGRAMME), (await place.sign_in(OPERATOR)).json()
    path = f"staff/{PEOPLE[OPERATOR]['id']}:move"
    assert refused(await place.post(path, who, area=ELSEWHERE, reason="Pindah")) == (403, "not_your_area")
    moved = await place.post(path, who, area=CEMARA, reason="Pindah tugas")
    assert moved.json()["waste_bank_ids"] == ["lubuk-pakam-cemara"]
    refreshed = await place.post("tokens:refresh", refresh_token=operator["refresh_token"])
    assert refused(refreshed) == (401, "session_over")
    assert (await place.sign_in(OPERATOR)).json()["waste_bank_ids"] == ["lubuk-pakam-cemara"]
    (act,) = await place.acts("staff_moved")
    assert ("lubuk-pakam-induk" in act["before"], "lubuk-pakam-cemara" in act["after"]) == (True, True)
    assert act["why"] == "Pindah tugas"
    far = f"staff/{PEOPLE['PTG-05']['id']}:move"
    assert refused(await place.post(far, who, area=CEMARA, reason="Pindah")) == (404, "unknown_staff")


async def test_whoever_leaves_is_out_at_once_and_stays_out_after_a_seed(place: Place) -> None:
    who, operator = await place.header(PROGRAMME), (await place.sign_in(OPERATOR)).json()
    path = f"staff/{PEOPLE[OPERATOR]['id']}:end"
    assert refused(await place.post(path, await place.header(OFFICE), reason="x")) == (403, "not_allowed")
    assert (await place.post(path, who, reason="Kontrak selesai")).json()["ended_at"] is not None
    assert refused(await place.post(path, who, reason="Lagi")) == (404, "unknown_staff")
    assert refused(await place.sign_in(OPERATOR)) == (401, "wrong_code_or_pin")
    assert operator["session_id"] in (await place.get("revocations")).json()["sessions"]
    await place.seed_again()
    assert refused(await place.sign_in(OPERATOR)) == (401, "wrong_code_or_pin")
    own = f"staff/{PEOPLE[PROGRAMME]['id']}"
    assert refused(await place.post(f"{own}:end", who, reason="Saya")) == (403, "own_staff_record")
    assert refused(await place.post(f"{own}:move", who, area=PAKAM, reason="Saya")) == (
        403,
        "own_staff_record",
    )


async def test_who_sees_whom_in_the_list(place: Place) -> None:
    async def codes(code: str) -> set[str]:
        page = (await place.get("staff", await place.header(code))).json()
        return {each["code"] for each in page["staff"]}

    everybody = {code for code, each in PEOPLE.items() if each["role"] != "member"}
    assert await codes(PROGRAMME) == await codes(OFFICE) == everybody
    pakam = {"PRG-03", "DLH-03", "PTG-01", "PTG-02", "PTG-03", "PTG-04"}
    assert await codes(PAKAM_PROGRAMME) == await codes(PAKAM_OFFICE) == pakam
    assert refused(await place.get("staff", await place.header(OPERATOR))) == (403, "not_allowed")
    assert refused(await place.get("staff")) == (401, "sign_in_needed")
    rest = (
        await place.get("staff", await place.header(SECOND_PROGRAMME), cursor=cursor_of("PTG-01"))
    ).json()["staff"]
    assert [each["code"] for each in rest] == ["PTG-02", "PTG-03", "PTG-04", "PTG-05"]


async def test_an_area_change_of_an_administrator_reaches_no_further(place: Place) -> None:
    """PRG-03 is given a second sub-district; the token from before still has one."""
    old = (await place.sign_in(PAKAM_PROGRAMME)).json()
    who = await place.header(PROGRAMME)
    both = {"subdistrict_codes": ["12.07.27", "12.07.28"]}
    path = f"staff/{PEOPLE[PAKAM_PROGRAMME]['id']}:move"
    assert (await place.post(path, who, area=both, reason="Tambah wilayah")).status_code == 200
    answer = await place.post("staff", bearer(old["access_token"]), **somebody(area=ELSEWHERE))
    assert answer.json()["code"] in {"not_your_area", "sign_in_needed"}
    anew = await place.header(PAKAM_PROGRAMME)
    assert (await place.post("staff", anew, **somebody(area=ELSEWHERE))).status_code == 201


def test_area_rules_by_themselves(rollout_watcher: RolloutWatcher) -> None:
    rollout = rollout_watcher.current
    pakam = Area(subdistrict_codes=frozenset({"12.07.28"}))
    everywhere = Area(regency_codes=frozenset({"12.07"}))
    bank = Area(waste_bank_ids=frozenset({"lubuk-pakam-induk"}))
    gone = Area(waste_bank_ids=frozenset({"closed-long-ago"}))
    assert within(pakam, everywhere, rollout)
    assert within(bank, pakam, rollout)
    assert not within(everywhere, pakam, rollout)
    assert not within(gone, everywhere, rollout)
    assert within(Area(), Area(), rollout), "nothing lies everywhere, and fits no role"
    for role in Role:
        assert misfit(role, Area(), rollout) is not None
    assert misfit(Role.MEMBER, pakam, rollout) is not None
    assert misfit(Role.SERVICE, everywhere, rollout) is not None
