"""Signed weighings in other hands: restored from receipts, checked against the tablet's key, never counted twice."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.deposit.workflows.tablet_keys import TabletKeys
from services.identity.main import create as create_identity
from services.identity.settings import IdentitySettings
from shared.contracts import DepositQuarantinedV2, DepositRecorded
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.other_doors import OtherDoor, OtherDoorError
from shared.runtime.service import Service
from tests.builders import TokenMint
from tests.services.deposit.neighbours import open_to_callers
from tests.services.deposit.stage import (
    BANK,
    CLOSED_BANK,
    OTHER_BANK,
    MovableClock,
    Stage,
    build,
    weighing,
    write_rollout,
)
from tests.signing import SigningTablet, signed_text

SECRET = "a secret that only these tests know and nobody else"
DEAD = "http://127.0.0.1:9"


@dataclass
class Shop:
    """Deposit beside a real identity, a tablet that signs, and who carries what it signed."""

    stage: Stage
    identity: Service
    identity_door: httpx.AsyncClient
    tablet: SigningTablet
    path: Path

    async def carry(
        self, *deposits: dict[str, str], who: dict[str, str] | None = None, **more: Any
    ) -> list[dict[str, Any]]:
        answer = await self.stage.post(
            "/v1/deposits:carried", {"deposits": deposits, **more}, who or self.stage.as_second
        )
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    async def outcome(self, *deposits: dict[str, str], who: dict[str, str] | None = None) -> list[str]:
        return [each["code"] or each["status"] for each in await self.carry(*deposits, who=who)]

    async def enrol(self, tablet: SigningTablet, bank: str = BANK, *, with_key: bool = True) -> None:
        """As the programme and the tablet do it."""
        programme = self.stage.as_programme
        body = {"name": "TAB-77", "waste_bank_id": bank}
        registered = await self.identity_door.post("/v1/tablets", json=body, headers=programme)
        assert registered.status_code == 201, registered.text
        found = registered.json()
        tablet.tablet_id = UUID(found["tablet_id"])
        key = {"public_key": tablet.public_key} if with_key else {}
        shown = {"code": found["enrolment_code"]} | key
        enrolled = await self.identity_door.post("/v1/tablets:enrol", json=shown)
        assert enrolled.status_code == 200, enrolled.text

    async def revoke(self, tablet: SigningTablet) -> datetime:
        answer = await self.identity_door.post(
            f"/v1/tablets/{tablet.tablet_id}:revoke",
            json={"reason": "Hilang"},
            headers=self.stage.as_programme,
        )
        return datetime.fromisoformat(answer.json()["revoked_at"])


@pytest.fixture
async def shop(fresh_database: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Shop]:
    """The tablet is enrolled at the bank with its key."""
    path, key_file = tmp_path / "rollout.yaml", tmp_path / "identity.key"
    write_rollout(path)
    key_file.write_text(SECRET)
    clock, mint = MovableClock(), TokenMint()
    settings = IdentitySettings(
        database_url=fresh_database("identity"), key_file=key_file, rollout_path=path, WALLET_URL=DEAD
    )
    identity = create_identity(settings)
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(open_to_callers(identity, mint))
        service, rollout = build(fresh_database("deposit"), path, clock, mint, IDENTITY_URL=address)
        application = service.application(frozenset({"door"}))
        await service.database.open()
        transport = httpx.ASGITransport(app=application)
        door = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://deposit")
        )
        people = await stack.enter_async_context(httpx.AsyncClient(base_url=address))
        stage = Stage(service, door, mint, clock, rollout, path)
        found = Shop(stage, identity, people, SigningTablet(recorder_id=stage.operator), path)
        await found.enrol(found.tablet)
        yield found
        await service.database.close()


async def test_a_lost_tablets_deposits_count_under_its_recorder_and_once(shop: Shop) -> None:
    stage, member = shop.stage, await shop.stage.known_member()
    deposits = [weighing(member, weighed_at=f"2026-11-22T09:{minute:02}:00+07:00") for minute in range(30)]
    receipts = [shop.tablet.signed(each) for each in deposits]
    assert await shop.outcome(*receipts) == ["recorded"] * 30
    assert await shop.outcome(*receipts, who=stage.as_programme) == ["repeated"] * 30
    said = await stage.said()
    assert len(said) == 30
    for event, deposit in zip(said, deposits, strict=True):
        assert isinstance(event, DepositRecorded)
        assert (str(event.deposit_id), event.recorder_id) == (deposit["deposit_id"], stage.operator)
        assert (event.tablet_id, event.carried_by_id) == (shop.tablet.tablet_id, stage.second_operator)
        assert [line.model_dump() for line in event.lines] == deposit["lines"]
        assert event.weighed_at == datetime.fromisoformat(deposit["weighed_at"])
    story = (await stage.get(f"/v1/deposits/{deposits[0]['deposit_id']}")).json()
    assert (story["recorder_id"], story["carried_by_id"]) == (
        str(stage.operator),
        str(stage.second_operator),
    )
    assert story["history"][0]["by_id"] == str(stage.second_operator)
    async with stage.service.database.reading() as tx:
        acts = await tx.fetch("select * from audit where action = 'deposit_carried'")
    assert {(row["actor_id"], row["actor_role"]) for row in acts} == {(stage.second_operator, "operator")}
    assert sorted(row["subject_id"] for row in acts) == sorted(each["deposit_id"] for each in deposits)


@pytest.mark.parametrize("carried_first", [False, True])
async def test_the_same_deposit_by_both_ways_is_a_repeat(shop: Shop, carried_first: bool) -> None:
    stage, member = shop.stage, await shop.stage.known_member()
    first = weighing(member, bag_ids=[str(uuid7())], weighed_at="2026-11-22T09:30:00.250+07:00")
    await stage.send(first)
    wrong = weighing(member)
    await stage.send(wrong)
    correction = weighing(member, replaces={"deposit_id": wrong["deposit_id"], "reason": "Salah ketik"})
    plain = weighing(member, channel="self", bag_ids=[str(uuid7()), str(uuid7())])
    for deposit in (first, plain, correction):
        ways = [
            lambda deposit=deposit: stage.statuses(deposit),
            lambda deposit=deposit: shop.outcome(shop.tablet.signed(deposit)),
        ]
        for way in reversed(ways) if carried_first else ways:
            answered = await way()
        assert answered == ["repeated"]
    assert await stage.state_of(wrong["deposit_id"]) == "voided"
    altered = {**plain, "lines": [{**plain["lines"][0], "quantity": 1501}]}
    assert await shop.outcome(shop.tablet.signed(altered)) == ["deposit_conflict"]


async def test_both_ways_at_the_same_moment_record_once(shop: Shop) -> None:
    stage, member = shop.stage, await shop.stage.known_member()
    deposits = [weighing(member) for _ in range(20)]
    receipts = [shop.tablet.signed(each) for each in deposits]
    both = await asyncio.gather(stage.statuses(*deposits), shop.outcome(*receipts))
    assert [sorted(pair) for pair in zip(*both, strict=True)] == [["recorded", "repeated"]] * 20
    assert len(await stage.said()) == 20


async def test_what_was_forged_or_altered_is_refused_in_words_and_blocks_nothing(shop: Shop) -> None:
    stage, member = shop.stage, await shop.stage.known_member()
    good, forger = weighing(member), SigningTablet(tablet_id=shop.tablet.tablet_id)
    signed = shop.tablet.signed(weighing(member))
    stranger = SigningTablet()
    keyless, far = SigningTablet(), SigningTablet()
    await shop.enrol(keyless, with_key=False)
    await shop.enrol(far, OTHER_BANK)
    cases = [
        (forger.signed(weighing(member)), "signature_wrong"),
        ({**signed, "signed": signed["signed"].replace("4500", "9500")}, "signature_wrong"),
        ({**signed, "signed": signed["signed"] + " "}, "signature_wrong"),
        ({**signed, "signature": "A" * 86}, "signature_wrong"),
        ({**signed, "signature": ""}, "signature_wrong"),
        ({**signed, "signature": "\u00e9" * 86}, "signature_wrong"),
        (stranger.signed(weighing(member)), "signed_by_unknown_tablet"),
        (keyless.signed(weighing(member)), "signed_by_unknown_tablet"),
        (far.signed(weighing(member)), "signed_by_unknown_tablet"),
        (shop.tablet.signed(weighing(member, waste_bank_id=OTHER_BANK)), "not_your_waste_bank"),
        (shop.tablet.sign("[2]"), "signed_text_unreadable"),
        (shop.tablet.sign("[" * 7_000), "signed_text_unreadable"),
        (shop.tablet.sign("bukan\x00setoran"), "signed_text_unreadable"),
        (shop.tablet.sign("NaN"), "signed_text_unreadable"),
        (shop.tablet.signed(weighing(member, channel="post")), "invalid_deposit"),
        (
            shop.tablet.signed(weighing(member, deposit_id="8d1ce0d0-1b1e-4d10-b9a0-0a4c3f1e2d3c")),
            "invalid_deposit",
        ),
        (shop.tablet.signed(good), "recorded"),
    ]
    results = await shop.carry(*[each for each, _ in cases])
    assert [each["code"] or each["status"] for each in results] == [expected for _, expected in cases]
    for result in results[:-1]:
        assert result["status"] == "refused"
        assert len(result["detail"]) > 40
    assert results[-2]["errors"] == [
        {"field": "deposit_id", "rule": "uuid_version", "words": "harus berupa UUID versi 7"}
    ]
    assert len(await stage.said()) == 1
    english = await stage.door.post(
        "/v1/deposits:carried",
        json={"deposits": [cases[0][0]]},
        headers={**stage.as_second, "Accept-Language": "en"},
    )
    assert english.json()["results"][0]["detail"].startswith("The signature of this deposit does not fit")
    assert (await shop.carry(far.signed(weighing(member)), who=stage.as_programme))[0]["status"] == "recorded"
    assert await shop.outcome(far.signed(weighing(member))) == ["signed_by_unknown_tablet"], "known here now"


async def test_what_a_lost_tablet_signed_afterwards_waits_for_a_person(shop: Shop) -> None:
    stage, member = shop.stage, await shop.stage.known_member()
    assert await shop.outcome(shop.tablet.signed(weighing(member))) == ["recorded"]
    lost_at = await shop.revoke(shop.tablet)
    before = weighing(member, weighed_at=(lost_at - timedelta(minutes=1)).isoformat())
    after = weighing(member, weighed_at=(lost_at + timedelta(minutes=1)).isoformat())
    results = await shop.carry(shop.tablet.signed(before), shop.tablet.signed(after))
    assert [(each["status"], each["reason"]) for each in results] == [
        ("recorded", None),
        ("quarantined", "tablet_revoked"),
    ]
    event = (await stage.said())[-1]
    assert isinstance(event, DepositQuarantinedV2)
    assert (str(event.deposit_id), event.why) == (after["deposit_id"], "tablet_revoked")
    path = f"/v1/quarantine/{after['deposit_id']}"
    for who in (stage.as_operator, stage.as_second):
        for decision in ("accept", "reject"):
            refused = await stage.post(f"{path}:{decision}", {"reason": "Sudah dicek"}, who)
            assert (refused.status_code, refused.json()["code"]) == (403, "second_person_needed")
    accepted = await stage.post(f"{path}:accept", {"reason": "Sudah dicek"}, stage.as_programme)
    assert accepted.json()["state"] == "recorded"
    recorded = (await stage.said())[-1]
    assert isinstance(recorded, DepositRecorded)
    assert recorded.carried_by_id == stage.second_operator


async def test_rejecting_a_flag_needs_a_third_person(shop: Shop) -> None:
    stage, member = shop.stage, await shop.stage.known_member()
    deposit = weighing(member)
    await shop.carry(shop.tablet.signed(deposit))
    path, body = (
        f"/v1/deposits/{deposit['deposit_id']}:void",
        {"reason": "Terlalu berat", "second_person": True},
    )
    for who in (stage.as_operator, stage.as_second):
        refused = await stage.post(path, body, who)
        assert (refused.status_code, refused.json()["code"]) == (403, "second_person_needed")
    assert (await stage.post(path, body, stage.as_programme)).json()["state"] == "voided"


async def test_while_identity_is_silent_nothing_is_lost(
    shop: Shop, fresh_database: Callable[[str], str]
) -> None:
    stage, member = shop.stage, await shop.stage.known_member()
    receipt = shop.tablet.signed(weighing(member))
    alone, _ = build(fresh_database("deposit"), shop.path, stage.clock, stage.mint, IDENTITY_URL=DEAD)
    application = alone.application(frozenset({"door"}))
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://deposit") as door,
    ):
        answer = await door.post(
            "/v1/deposits:carried", json={"deposits": [receipt]}, headers=stage.as_second
        )
        assert (answer.status_code, answer.json()["code"]) == (503, "tablet_keys_silent")
        async with alone.database.reading() as tx:
            assert await tx.fetchval("select count(*) from deposit") == 0
    assert await shop.outcome(receipt) == ["recorded"]


async def test_identity_is_only_asked_about_what_was_weighed_since_it_was_asked(shop: Shop) -> None:
    tablet_id, now = shop.tablet.tablet_id, datetime(2026, 11, 22, tzinfo=UTC)
    token = shop.stage.as_second["Authorization"].partition(" ")[2]
    keys = TabletKeys(OtherDoor(str(shop.identity_door.base_url)))
    assert (await keys.of({tablet_id: now, uuid7(): now}, token, now)).keys() == {tablet_id}
    keys._identity = OtherDoor(DEAD)
    later = now + timedelta(days=9)
    assert tablet_id in await keys.of({tablet_id: now}, token, later)
    for asked in ({tablet_id: now + timedelta(milliseconds=1)}, {uuid7(): now}):
        with pytest.raises(OtherDoorError):
            await keys.of(asked, token, later)
    keys._identity = OtherDoor(str(shop.identity_door.base_url))
    lost_at = await shop.revoke(shop.tablet)
    keys_of_lost = await keys.of({tablet_id: lost_at}, token, now)
    assert keys_of_lost[tablet_id].revoked_at == lost_at
    keys._identity = OtherDoor(DEAD)
    assert tablet_id in await keys.of({tablet_id: lost_at + timedelta(days=99)}, token, now), "lost for good"


async def test_the_clock_of_another_tablet_is_not_taken_for_its_own(shop: Shop) -> None:
    stage, member = shop.stage, await shop.stage.known_member()
    here = stage.mint.header(
        Role.OPERATOR,
        subject=stage.second_operator,
        waste_bank_ids=[BANK],
        tablet_id=shop.tablet.tablet_id,
    )
    sent_at = (stage.clock.now() + timedelta(seconds=9)).isoformat()
    await shop.carry(shop.tablet.signed(weighing(member)), who=here, sent_at=sent_at)
    await shop.carry(shop.tablet.signed(weighing(member)), who=stage.as_second, sent_at=sent_at)
    assert [event.clock_offset_ms for event in await stage.said() if isinstance(event, DepositRecorded)] == [
        9_000,
        0,
    ]


async def test_unknown_members_and_closed_places_are_set_aside_as_ever(shop: Shop) -> None:
    stage, member = shop.stage, await shop.stage.known_member()
    waiting, closed = weighing(uuid7()), weighing(member, waste_bank_id=CLOSED_BANK)
    assert await shop.outcome(shop.tablet.signed(waiting), shop.tablet.signed(closed)) == [
        "waiting",
        "quarantined",
    ]
    void_first = weighing(member)
    await stage.post(f"/v1/deposits/{void_first['deposit_id']}:void", {"reason": "Batal"}, stage.as_operator)
    (result,) = await shop.carry(shop.tablet.signed(void_first))
    assert (result["status"], result["state"]) == ("recorded", "voided")
    story = (await stage.get(f"/v1/deposits/{void_first['deposit_id']}")).json()
    assert (story["state"], story["carried_by_id"]) == ("voided", str(stage.second_operator))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"deposits": []},
        {"deposits": [{"signed": "x"}]},
        {"deposits": [{"signed": 5, "signature": "x"}]},
        {"deposits": [{"signed": "x" * 8_001, "signature": "x"}]},
        {"deposits": [{"signed": "x", "signature": "x" * 201}]},
        {"deposits": [{"signed": "x", "signature": "x"}] * 101},
        {"deposits": [{"signed": "x", "signature": "x"}], "sent_at": "kemarin"},
    ],
)
async def test_a_request_of_another_shape_is_refused(stage: Stage, body: dict[str, Any]) -> None:
    answer = await stage.post("/v1/deposits:carried", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_only_staff_carry(stage: Stage) -> None:
    body = {"deposits": [{"signed": signed_text(weighing(uuid7())), "signature": "A" * 86}]}
    for who in (
        stage.as_member(uuid7()),
        stage.mint.header(Role.OFFICE),
        stage.mint.header(Role.SERVICE),
    ):
        answer = await stage.post("/v1/deposits:carried", body, who)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert (await stage.door.post("/v1/deposits:carried", json=body)).status_code == 401
    stranger = await stage.post("/v1/deposits:carried", body, stage.as_stranger)
    assert stranger.json()["results"][0]["code"] == "not_your_waste_bank", "identity is not even asked"
