"""The public board, the office's summary, the rollout's history and the gauges, on a real PostgreSQL."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey
from prometheus_client import REGISTRY

from deploy.local.settings import REPOSITORY
from services.adoption.main import create
from services.adoption.settings import AdoptionSettings
from services.adoption.workflows import gauges
from services.adoption.workflows.deposits import count_recorded
from services.adoption.workflows.rollout import take_up_rollout
from services.adoption.workflows.upkeep import Upkeep
from shared.contracts import DepositLine, DepositRecorded
from shared.kernel import wib
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.rollout import load_rollout
from shared.runtime.tokens import AUDIENCE, Tokens

ROLLOUT = REPOSITORY / "deploy" / "rollout" / "deli-serdang.yaml"
LUBUK_PAKAM, BATANG_KUIS = "12.07.28", "12.07.27"
KEY = OKPKey.generate_key("Ed25519", private=True, auto_kid=True)


@dataclass
class Place:
    door: httpx.AsyncClient
    database: asyncpg.Connection

    async def board(self, code: str) -> dict[str, Any]:
        answer = await self.door.get("/v1/subdistricts")
        assert answer.status_code == 200
        found: dict[str, Any] = next(each for each in answer.json() if each["subdistrict_code"] == code)
        return found

    async def summary(
        self, role: Role = Role.OFFICE, area: Sequence[str] = ("12.07",), **period: str
    ) -> httpx.Response:
        claims = {
            "iss": "timbang",
            "aud": AUDIENCE,
            "sub": str(uuid7()),
            "role": role.value,
            "regency_codes": [code for code in area if len(code) == len("12.07")],
            "subdistrict_codes": [code for code in area if len(code) > len("12.07")],
            "exp": int((datetime.now(UTC) + timedelta(minutes=5)).timestamp()),
        }
        token = jwt.encode({"alg": "Ed25519", "kid": KEY.kid}, claims, KEY, algorithms=["Ed25519"])
        return await self.door.get("/v1/summary", params=period, headers={"Authorization": f"Bearer {token}"})

    async def deposit(self, people: int, at: datetime) -> None:
        async with self.database.transaction():
            await count_recorded(self.database, [recorded(at) for _ in range(people)])
            await Upkeep().count(self.database, wib.day(datetime.now(UTC)))


def recorded(at: datetime) -> DepositRecorded:
    return DepositRecorded(
        event_id=uuid7(),
        recorded_at=datetime.now(UTC),
        deposit_id=uuid7(),
        member_id=uuid7(),
        waste_bank_id="lubuk-pakam-induk",
        subdistrict_code=LUBUK_PAKAM,
        weighed_at=at,
        tablet_id=uuid7(),
        recorder_id=uuid7(),
        channel="self",
        price_list_id=uuid7(),
        lines=(DepositLine(item_code="P05", grade="-", unit="kg", quantity=1, shown_rupiah=1),),
    )


@pytest.fixture
async def place(fresh_database: Callable[[str], str]) -> AsyncIterator[Place]:
    async def keys() -> dict[str, Any]:
        return {"keys": [KEY.as_dict(private=False)]}

    settings = AdoptionSettings(database_url=fresh_database("adoption"))
    service = create(settings)
    service.tokens = Tokens(keys, settings.token_issuer)
    application = service.application(frozenset({"door"}))
    connection = await asyncpg.connect(settings.database_url)
    async with connection.transaction():
        await take_up_rollout(connection, load_rollout(ROLLOUT), datetime.now(UTC))
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://adoption") as door,
    ):
        yield Place(door, connection)
    await connection.close()


async def test_fewer_than_ten_people_are_hidden_from_the_public_and_not_from_the_office(place: Place) -> None:
    now = datetime.now(UTC)
    assert (await place.board(LUBUK_PAKAM))["deposits"] == 0
    await place.deposit(9, now)
    hidden = await place.board(LUBUK_PAKAM)
    assert (hidden["deposits"], hidden["active_members"], hidden["weight_kg"]) == (None, None, None)
    office = (await place.summary()).json()
    ours = next(each for each in office["subdistricts"] if each["subdistrict_code"] == LUBUK_PAKAM)
    assert (ours["deposits"], ours["depositors"], ours["quarter"]["active_members"]["actual"]) == (9, 9, 9)
    await place.deposit(1, now)
    shown = await place.board(LUBUK_PAKAM)
    assert (shown["deposits"], shown["active_members"]) == (10, 10)


async def test_no_target_is_not_zero(place: Place) -> None:
    board = (await place.door.get("/v1/subdistricts")).json()
    assert len(board) == 22
    without = [each["subdistrict_code"] for each in board if each["registered_target"] is None]
    assert len(without) == 20
    assert LUBUK_PAKAM not in without
    office = (await place.summary()).json()["subdistricts"]
    none = next(each for each in office if each["subdistrict_code"] == "12.07.01")["quarter"]["weight_kg"]
    assert none == {"actual": 0.0, "target": None, "percent": None}


async def test_who_may_read_the_summary_and_for_how_long_a_period(place: Place) -> None:
    assert (await place.summary(Role.PROGRAMME)).status_code == 200
    assert (await place.summary(Role.OPERATOR)).json()["code"] == "not_allowed"
    assert (await place.door.get("/v1/summary")).json()["code"] == "sign_in_needed"
    backwards = await place.summary(first_day="2026-11-02", last_day="2026-11-01")
    assert backwards.json()["code"] == "period_out_of_bounds"
    assert (await place.summary(first_day="2021-01-01")).json()["code"] == "period_out_of_bounds"
    assert (await place.summary(last_day="0001-01-01")).json()["code"] == "invalid_request"


async def test_the_summary_shows_the_callers_area_and_nothing_else(place: Place) -> None:
    async def shown(*area: str) -> list[str]:
        answer = await place.summary(Role.PROGRAMME, area)
        return [each["subdistrict_code"] for each in answer.json()["subdistricts"]]

    assert len(await shown("12.07")) == 22
    assert await shown(LUBUK_PAKAM) == [LUBUK_PAKAM]
    assert await shown("12.08") == []


async def test_a_late_deposit_belongs_to_the_day_it_was_weighed(place: Place) -> None:
    # 23.30 WIB on the 3rd is still the 3rd, though the server's clock says the 3rd 16.30 and heard of it weeks later.
    await place.deposit(1, datetime(2026, 11, 3, 16, 30, tzinfo=UTC))
    await place.deposit(1, datetime(2026, 11, 3, 17, 30, tzinfo=UTC))
    third = (await place.summary(first_day="2026-11-03", last_day="2026-11-03")).json()
    fourth = (await place.summary(first_day="2026-11-04", last_day="2026-11-04")).json()
    for summary in (third, fourth):
        ours = next(each for each in summary["subdistricts"] if each["subdistrict_code"] == LUBUK_PAKAM)
        assert ours["deposits"] == 1


async def test_the_rollouts_history_is_dated_and_nothing_of_it_is_lost(place: Place, tmp_path: Path) -> None:
    assert (await place.board(BATANG_KUIS))["phase"] == "planned"
    opened = tmp_path / "opened.yaml"
    before = ROLLOUT.read_text(encoding="utf-8")
    head, tail = before.split('kemendagri_code: "12.07.27"')
    tail = tail.replace(
        "- {phase: planned, since_on: 2026-06-01}",
        "- {phase: planned, since_on: 2026-06-01}\n          - {phase: open, since_on: 2026-11-20}",
        1,
    )
    opened.write_text(f'{head}kemendagri_code: "12.07.27"{tail}', encoding="utf-8")
    first, second = datetime.now(UTC), datetime.now(UTC) + timedelta(hours=1)
    async with place.database.transaction():
        assert await take_up_rollout(place.database, load_rollout(opened), first) == 1
        assert await take_up_rollout(place.database, load_rollout(opened), second) == 0
    board = await place.board(BATANG_KUIS)
    assert (board["phase"], board["phase_since"], board["registered_target"]) == ("open", "2026-11-20", 60)
    async with place.database.transaction():
        assert await take_up_rollout(place.database, load_rollout(ROLLOUT), second) == 1
    assert (await place.board(BATANG_KUIS))["phase"] == "planned"
    history = await place.database.fetch(
        "select phase, loaded_at, withdrawn_at from reporting.phase_history where subdistrict_code = $1 "
        "order by since_on",
        BATANG_KUIS,
    )
    assert [row["phase"] for row in history] == ["planned", "open"]
    assert (history[1]["loaded_at"], history[1]["withdrawn_at"]) == (first, second)


async def test_gauges_say_what_the_views_say_and_nothing_where_there_is_no_target(place: Place) -> None:
    now = datetime.now(UTC)
    await place.deposit(18, now)
    async with place.database.transaction():
        await gauges.publish(place.database, now)

    def value(name: str, **labels: str) -> float | None:
        return REGISTRY.get_sample_value(name, labels)

    assert value("timbang_deposits_today", subdistrict_code=LUBUK_PAKAM) == 18
    ratio = {"subdistrict_code": LUBUK_PAKAM, "measure": "active_members"}
    target = (await place.board(LUBUK_PAKAM))["active_target"]
    assert value("timbang_target_ratio", **ratio) == pytest.approx(18 / target)
    assert value("timbang_target_ratio", subdistrict_code="12.07.01", measure="active_members") is None
    assert value("timbang_oldest_open_redemption_timestamp_seconds") == 0
    gauges.withdraw()
    assert value("timbang_deposits_today", subdistrict_code=LUBUK_PAKAM) is None
