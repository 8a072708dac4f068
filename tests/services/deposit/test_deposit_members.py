"""Members merge, move and leave; whatever the order of hearing, deposit ends knowing the same."""

import csv
import random
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.contracts import DepositQuarantined, DepositRecorded, Event
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.hearing import UnacceptableEventError
from tests.services.deposit.people import erased, merged, moved, new_card
from tests.services.deposit.stage import (
    BANK,
    CLOSED_BANK,
    CLOSED_CODE,
    OPEN_CODE,
    Stage,
    registration,
    weighing,
)


async def listed(stage: Stage, member_id: UUID, who: dict[str, str] | None = None) -> list[str]:
    answer = await stage.get("/v1/deposits", who or stage.as_programme, member_id=str(member_id))
    assert answer.status_code == 200, answer.text
    return [each["deposit_id"] for each in answer.json()["deposits"]]


async def known(stage: Stage) -> dict[str, Any]:
    """What deposit knows of members, without when it heard of it."""
    async with stage.service.database.reading() as tx:
        people = await tx.fetch(
            "select member_id, registered_at is not null, waste_bank_id, subdistrict_code, moved_at, erased_at "
            "is not null from member order by member_id"
        )
        aliases = await tx.fetch("select member_id, into_member_id from member_alias order by member_id")
    return {"people": [tuple(row) for row in people], "aliases": [tuple(row) for row in aliases]}


async def test_the_survivor_has_the_deposits_of_both(stage: Stage) -> None:
    gone, survivor = await stage.known_member(), await stage.known_member()
    first, second = weighing(gone), weighing(survivor, weighed_at="2026-11-22T05:00:00+07:00")
    await stage.send(first, second)
    await stage.hear(merged(gone, survivor))
    late = weighing(gone, weighed_at="2026-11-21T09:30:00+07:00")
    assert await stage.statuses(late) == ["recorded"]
    wanted = [first["deposit_id"], second["deposit_id"], late["deposit_id"]]
    for asked in (gone, survivor):
        assert await listed(stage, asked) == wanted
        for who in (gone, survivor):
            assert await listed(stage, asked, stage.as_member(who)) == wanted
            own = await stage.get(f"/v1/members/{asked}/own-data", stage.as_member(who))
            assert [each["deposit_id"] for each in own.json()["deposits"]] == wanted
        for deposit_id in wanted:
            answer = await stage.get(f"/v1/deposits/{deposit_id}", stage.as_member(asked))
            assert answer.status_code == 200
    pages, cursor = [], None
    while True:
        query = {"member_id": str(survivor), "limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await stage.get("/v1/deposits", stage.as_programme, **query)).json()
        pages += [each["deposit_id"] for each in page["deposits"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert pages == wanted
    stranger = stage.as_member(await stage.known_member())
    assert (await stage.get(f"/v1/deposits/{wanted[0]}", stranger)).status_code == 404


async def test_chains_of_merges_end_at_one_member(stage: Stage) -> None:
    a, b, c = sorted([uuid7() for _ in range(3)], key=lambda _: random.random())
    await stage.hear(merged(b, c))
    await stage.hear(merged(a, b))
    await stage.hear(merged(a, b), merged(b, c))
    assert (await known(stage))["aliases"] == sorted([(a, c), (b, c)])


@pytest.mark.parametrize("twist", ["circle", "two survivors"])
async def test_a_merge_that_contradicts_another_is_refused(stage: Stage, twist: str) -> None:
    a, b = uuid7(), uuid7()
    await stage.hear(merged(a, b))
    before = await known(stage)
    with pytest.raises(UnacceptableEventError):
        await stage.hear(merged(b, a) if twist == "circle" else merged(a, uuid7()))
    assert await known(stage) == before


@pytest.mark.parametrize("proof", [merged, moved, new_card])
async def test_whatever_is_said_of_a_member_proves_that_they_are_registered(stage: Stage, proof: Any) -> None:
    member = uuid7()
    deposit = weighing(member)
    assert await stage.statuses(deposit) == ["waiting"]
    await stage.hear(merged(member, uuid7()) if proof is merged else proof(member))
    assert await stage.state_of(deposit["deposit_id"]) == "recorded"


async def test_what_comes_for_a_member_who_left_waits_for_a_person(stage: Stage) -> None:
    member, twin = await stage.known_member(), uuid7()
    await stage.hear(merged(twin, member))
    early = weighing(member)
    await stage.send(early)
    for _ in range(2):
        await stage.hear(erased(member))
    assert await stage.state_of(early["deposit_id"]) == "recorded"
    late, of_twin = weighing(member), weighing(twin)
    assert await stage.statuses(late, of_twin) == ["quarantined"] * 2
    assert [each.why for each in await stage.said() if isinstance(each, DepositQuarantined)] == [
        "member_erased"
    ] * 2
    await stage.hear(registration(member))
    assert await stage.state_of(late["deposit_id"]) == "quarantined"
    accepted = await stage.post(f"/v1/quarantine/{late['deposit_id']}:accept", {}, stage.as_programme)
    assert accepted.json()["state"] == "recorded"
    rejected = await stage.post(
        f"/v1/quarantine/{of_twin['deposit_id']}:reject", {"reason": "Sudah keluar"}, stage.as_programme
    )
    assert rejected.json()["state"] == "rejected"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), leaves=st.booleans())
async def test_the_order_of_hearing_does_not_matter(stage: Stage, seed: int, leaves: bool) -> None:
    chance = random.Random(seed)
    ends: list[dict[str, Any]] = []
    people = [uuid7() for _ in range(4)]
    a, b, c, d = people
    facts: list[Event] = [registration(each) for each in people]
    facts += [
        merged(a, b),
        merged(b, c),
        merged(d, c),
        moved(c),
        moved(c, BANK, days=1),
        moved(a),
        new_card(b),
    ]
    if leaves:
        facts.append(erased(c))
    for _ in range(2):
        names = {each: uuid7() for each in people}
        renamed = [_renamed(fact, names) for fact in facts for _ in range(chance.randint(1, 2))]
        chance.shuffle(renamed)
        waiting = [weighing(names[each]) for each in people]
        assert await stage.statuses(*waiting) == ["waiting"] * 4
        before = len(await stage.said())
        while renamed:
            together = [renamed.pop()]
            while renamed and type(renamed[-1]) is type(together[0]) and chance.random() < 0.7:
                together.append(renamed.pop())
            await stage.hear(*together)
        recorded = [e.deposit_id for e in (await stage.said())[before:] if isinstance(e, DepositRecorded)]
        assert sorted(map(str, recorded)) == sorted(each["deposit_id"] for each in waiting)
        late = [weighing(names[each], lines=_other_lines()) for each in people]
        assert await stage.statuses(*late) == (["quarantined"] if leaves else ["recorded"]) * 4
        back = {name: each for each, name in names.items()}
        end = await known(stage)
        ends.append(
            {
                "people": sorted((back[row[0]], *row[1:]) for row in end["people"] if row[0] in back),
                "aliases": sorted((back[x], back[y]) for x, y in end["aliases"] if x in back),
            }
        )
    assert ends[0] == ends[1]
    assert ends[0]["aliases"] == sorted([(a, c), (b, c), (d, c)])


def _renamed(fact: Event, names: dict[UUID, UUID]) -> Event:
    changes = {"event_id": uuid7()}
    for field in ("member_id", "into_member_id"):
        if hasattr(fact, field):
            changes[field] = names[getattr(fact, field)]
    return fact.model_copy(update=changes)


def _other_lines() -> list[dict[str, Any]]:
    return [{"item_code": "P05", "grade": "bersih", "unit": "kg", "quantity": 7, "shown_rupiah": 20}]


async def test_members_take_their_own_records_with_them(stage: Stage) -> None:
    member, twin = await stage.known_member(), await stage.known_member()
    await stage.hear(merged(twin, member))
    deposits = [weighing(member), weighing(twin, weighed_at="2026-11-20T09:30:00+07:00")]
    await stage.send(*deposits)
    path, who = f"/v1/members/{member}/own-data", stage.as_member(member)
    answer = await stage.get(path, who)
    assert [each["deposit_id"] for each in answer.json()["deposits"]] == [d["deposit_id"] for d in deposits]
    sheet = await stage.get(path, who, format="csv")
    assert sheet.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(StringIO(sheet.text)))
    assert [row["deposit_id"] for row in rows] == [d["deposit_id"] for d in deposits for _ in d["lines"]]
    assert rows[0]["quantity"] == "1500"
    assert (await stage.get(path, who, format="xml")).status_code == 422
    assert (await stage.get(path, stage.as_member(uuid7()))).status_code == 404
    assert (await stage.get(path, stage.as_operator)).status_code == 403
    assert (await stage.get(path, stage.as_programme)).status_code == 200
    elsewhere = stage.mint.header(Role.PROGRAMME, regency_codes=(), subdistrict_codes=[CLOSED_CODE])
    assert (await stage.get(path, elsewhere)).status_code == 404
    await stage.hear(moved(member, CLOSED_BANK, CLOSED_CODE))
    assert (await stage.get(path, elsewhere)).status_code == 200
    await stage.hear(erased(member))
    assert (await stage.get(path, stage.as_programme)).status_code == 404


async def test_staff_of_one_subdistrict_see_and_change_only_what_is_theirs(stage: Stage) -> None:
    member = await stage.known_member()
    here, there = weighing(member), weighing(member, waste_bank_id=CLOSED_BANK)
    unknown = weighing(member, waste_bank_id="tidak-ada")
    await stage.send(here, there, unknown)
    of_pakam = stage.mint.header(Role.PROGRAMME, regency_codes=(), subdistrict_codes=[OPEN_CODE])
    of_kuis = stage.mint.header(Role.PROGRAMME, regency_codes=(), subdistrict_codes=[CLOSED_CODE])
    of_nowhere = stage.mint.header(Role.PROGRAMME, regency_codes=["11.01"])
    ids = [each["deposit_id"] for each in (here, there, unknown)]
    for who, wanted in (
        (of_pakam, ids[:1]),
        (of_kuis, ids[1:2]),
        (stage.as_programme, ids),
        (of_nowhere, ids[2:]),
    ):
        assert sorted(await listed(stage, member, who)) == sorted(wanted)
        page = (await stage.get("/v1/deposits", who)).json()["deposits"]
        assert sorted(each["deposit_id"] for each in page) == sorted(wanted)
        aside = (await stage.get("/v1/quarantine", who)).json()["deposits"]
        assert sorted(each["deposit_id"] for each in aside) == sorted(set(wanted) & set(ids[1:]))
        for deposit_id in ids:
            status = (await stage.get(f"/v1/deposits/{deposit_id}", who)).status_code
            assert status == (200 if deposit_id in wanted else 404)
    assert (await stage.get("/v1/deposits", of_pakam, waste_bank_id=CLOSED_BANK)).status_code == 403
    reason = {"reason": "Salah"}
    assert (await stage.post(f"/v1/deposits/{ids[0]}:void", reason, of_kuis)).status_code == 403
    assert (await stage.post(f"/v1/quarantine/{ids[1]}:reject", reason, of_pakam)).status_code == 403
    assert (await stage.post(f"/v1/quarantine/{ids[1]}:reject", reason, of_kuis)).status_code == 200
    assert await stage.statuses(weighing(member), who=of_kuis) == ["refused"]
    assert await stage.statuses(weighing(member), who=of_pakam) == ["recorded"]


async def test_a_void_ahead_holds_in_the_subdistrict_of_who_said_it(stage: Stage) -> None:
    member = await stage.known_member()
    for codes, state in (([CLOSED_CODE], "recorded"), ([OPEN_CODE], "voided")):
        who = stage.mint.header(Role.PROGRAMME, regency_codes=(), subdistrict_codes=codes)
        deposit = weighing(member)
        await stage.post(f"/v1/deposits/{deposit['deposit_id']}:void", {"reason": "Salah"}, who)
        (result,) = await stage.send(deposit)
        assert result["state"] == state


async def test_what_people_do_to_deposits_is_audited(stage: Stage) -> None:
    member = await stage.known_member()
    deposit, odd = weighing(member), weighing(member, waste_bank_id=CLOSED_BANK)
    await stage.send(deposit, odd)
    await stage.post(f"/v1/deposits/{deposit['deposit_id']}:void", {"reason": "Dobel"})
    await stage.post(f"/v1/quarantine/{odd['deposit_id']}:reject", {"reason": "Belum buka"}, stage.as_second)
    for deposit_id, action, actor, why in (
        (deposit["deposit_id"], "deposit_voided", stage.operator, "Dobel"),
        (odd["deposit_id"], "quarantine_rejected", stage.second_operator, "Belum buka"),
    ):
        answer = await stage.get("/v1/audit", stage.as_programme, subject_id=deposit_id)
        (line,) = answer.json()["lines"]
        assert (line["action"], line["actor_id"], line["reason"]) == (action, str(actor), why)
        assert line["actor_role"] == "operator"
    right = weighing(
        member, replaces={"deposit_id": (extra := weighing(member))["deposit_id"], "reason": "Salah"}
    )
    await stage.send(extra, right)
    (line,) = (await stage.get("/v1/audit", stage.as_programme, subject_id=extra["deposit_id"])).json()[
        "lines"
    ]
    assert (line["action"], line["after"]["replaced_by"]) == ("deposit_corrected", right["deposit_id"])
