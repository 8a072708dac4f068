"""Disputes about redemptions: who may open, see and answer one, by when, and that nobody else reads the words."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from shared.contracts import RedemptionDisputeAnswered, RedemptionDisputeOpened
from shared.kernel import wib
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from tests.services.payout.stage import BANK, Stage, working

Fresh = Callable[[str], str]
WORDS = "Token tidak masuk, tetangga saya Bu Kenari juga melihat"
ELSEWHERE = {"regency_codes": (), "subdistrict_codes": ["12.07.27"]}


@pytest.fixture
async def stage(fresh_database: Fresh, tmp_path: Path) -> AsyncIterator[Stage]:
    async with working(fresh_database("payout"), tmp_path, wallet=False) as working_stage:
        yield working_stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def refusing_stage(
    lasting_database: Fresh, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """One for all complaints that are refused."""
    folder = tmp_path_factory.mktemp("refusing")
    async with working(lasting_database("payout"), folder, wallet=False) as working_stage:
        yield working_stage


async def complaint(stage: Stage, **more: Any) -> dict[str, Any]:
    redemption_id = more.pop("redemption_id", None) or await stage.buy("pulsa-xl-10k", "087800001301")
    said = {"dispute_id": str(uuid7()), "redemption_id": redemption_id, "complaint": "not_received"}
    return said | {"words": WORDS} | more


async def test_a_complaint_is_opened_once_and_answered_once(stage: Stage) -> None:
    said = await complaint(stage)
    opened = await stage.post("/v1/disputes", stage.member(), said)
    again = await stage.post("/v1/disputes", stage.member(), said)
    assert (opened.status_code, again.json()) == (201, opened.json())
    shown = opened.json()
    assert (shown["words"], shown["outcome"], shown["late"], shown["assisted"]) == (
        WORDS,
        None,
        False,
        False,
    )
    days = datetime.fromisoformat(shown["due_at"]) - datetime.fromisoformat(shown["opened_at"])
    assert timedelta(days=7) < days <= timedelta(days=8)
    assert datetime.fromisoformat(shown["due_at"]).astimezone(wib.WIB).hour == 0
    other = await stage.post("/v1/disputes", stage.member(), said | {"words": "lain"})
    assert (other.status_code, other.json()["code"]) == (409, "redemption_dispute_conflict")
    second = await stage.post("/v1/disputes", stage.member(), said | {"dispute_id": str(uuid7())})
    assert second.json()["code"] == "redemption_dispute_already_open"

    path = f"/v1/disputes/{said['dispute_id']}"
    answer = {"outcome": "upheld", "words": "Benar, kami ganti lewat Bu Kenari"}
    ended = await stage.post(f"{path}:answer", stage.staff(), answer)
    assert (ended.status_code, ended.json()["outcome"]) == (200, "upheld")
    assert (await stage.post(f"{path}:answer", stage.staff(), answer)).json() == ended.json()
    otherwise = await stage.post(f"{path}:answer", stage.staff(), answer | {"outcome": "turned_down"})
    assert otherwise.json()["code"] == "redemption_dispute_answered"
    assert (await stage.post(f"{path}:withdraw", stage.member())).json()[
        "code"
    ] == "redemption_dispute_answered"
    mine = (await stage.get(path, stage.member())).json()
    assert (mine["answer_words"], mine["words"]) == (answer["words"], WORDS)

    told = [event for event in await stage.said() if type(event).__name__.startswith("RedemptionDispute")]
    first, last = told
    assert isinstance(first, RedemptionDisputeOpened)
    assert isinstance(last, RedemptionDisputeAnswered)
    assert (first.complaint, first.assisted, last.outcome) == ("not_received", False, "upheld")
    assert "Kenari" not in "".join(event.model_dump_json() for event in told)
    for row in await stage.rows(
        "select d::text as words from dispute d union all select a::text from audit a"
    ):
        assert "Kenari" not in row["words"]
    lines = (await stage.get(f"/v1/audit?subject_id={said['redemption_id']}", stage.staff())).json()["lines"]
    assert [line["action"] for line in lines] == ["dispute_answered"]
    # The next one about the same redemption may be opened now.
    assert (
        await stage.post("/v1/disputes", stage.member(), said | {"dispute_id": str(uuid7())})
    ).status_code == 201


async def test_somebody_opens_it_for_the_member(stage: Stage) -> None:
    for headers in (stage.operator(), stage.staff()):
        said = await complaint(stage)
        opened = await stage.post("/v1/disputes", headers, said)
        assert (opened.status_code, opened.json()["assisted"]) == (201, True)
        seen = (await stage.get(f"/v1/disputes/{said['dispute_id']}", stage.member())).json()
        assert seen["words"] == WORDS
    for headers in (
        stage.operator("batang-kuis-pekan", subdistrict_codes=["12.07.27"]),
        stage.staff(claims=ELSEWHERE),
        stage.member(uuid7()),
    ):
        refused = await stage.post("/v1/disputes", headers, await complaint(stage))
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown_redemption")
    office = await stage.post("/v1/disputes", stage.mint.header(Role.OFFICE), await complaint(stage))
    assert office.status_code == 403


async def test_who_sees_a_dispute_and_who_its_words(stage: Stage) -> None:
    said = await complaint(stage)
    assert (await stage.post("/v1/disputes", stage.member(), said)).status_code == 201
    path = f"/v1/disputes/{said['dispute_id']}"
    for headers, words in (
        (stage.member(), WORDS),
        (stage.staff(), WORDS),
        (stage.operator(), None),
        (stage.member(claims={"may_spend": False}), None),
    ):
        assert (await stage.get(path, headers)).json()["words"] == words
        listed = (await stage.get("/v1/disputes?open_only=true", headers)).json()
        assert [item["words"] for item in listed["disputes"]] == [words]
    for headers in (
        stage.member(uuid7()),
        stage.staff(claims=ELSEWHERE),
        stage.operator("batang-kuis-pekan", subdistrict_codes=["12.07.27"]),
    ):
        hidden = await stage.get(path, headers)
        assert (hidden.status_code, hidden.json()["code"]) == (404, "unknown_redemption_dispute")
        assert (await stage.get("/v1/disputes", headers)).json() == {"disputes": [], "next_cursor": None}
    answer = {"outcome": "upheld", "words": "ya"}
    for headers, status in (
        (stage.staff(claims=ELSEWHERE), 404),
        (stage.operator(), 403),
        (stage.member(), 403),
        (stage.mint.header(Role.OFFICE), 403),
    ):
        assert (await stage.post(f"{path}:answer", headers, answer)).status_code == status
    for headers, status in ((stage.member(uuid7()), 404), (stage.staff(), 403), (stage.operator(), 403)):
        assert (await stage.post(f"{path}:withdraw", headers)).status_code == status


async def test_a_complaint_is_taken_back(stage: Stage) -> None:
    said = await complaint(stage, words="")
    await stage.post("/v1/disputes", stage.member(), said)
    path = f"/v1/disputes/{said['dispute_id']}:withdraw"
    assert (await stage.post(path, stage.member())).json()["outcome"] == "withdrawn"
    assert (await stage.post(path, stage.member())).status_code == 200
    ended = [event for event in await stage.said() if isinstance(event, RedemptionDisputeAnswered)]
    assert [event.outcome for event in ended] == ["withdrawn"]
    assert (await stage.get("/v1/disputes?open_only=true", stage.member())).json()["disputes"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"words": "a\x00b"},
        {"words": "x" * 501},
        {"complaint": "too_expensive"},
        {"dispute_id": "1"},
        {"redemption_id": None},
        {"moon": 1},
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_wrong_complaints_are_refused_in_words(refusing_stage: Stage, wrong: dict[str, Any]) -> None:
    stage = refusing_stage
    stage.member_id = uuid7()  # each buys once
    said = await complaint(stage)
    answer = await stage.post("/v1/disputes", stage.member(), said | wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_wrong_answers_are_refused_in_words(stage: Stage) -> None:
    said = await complaint(stage)
    await stage.post("/v1/disputes", stage.member(), said)
    path = f"/v1/disputes/{said['dispute_id']}:answer"
    for wrong in (
        {"outcome": "withdrawn", "words": "x"},
        {"outcome": "upheld", "words": " "},
        {"words": "x"},
    ):
        assert (await stage.post(path, stage.staff(), wrong)).status_code == 422
    unknown = f"/v1/disputes/{uuid7()}"
    assert (await stage.get(unknown, stage.member())).status_code == 404
    assert (await stage.get("/v1/disputes?cursor=x", stage.member())).status_code == 422


async def test_pages_and_gauges(stage: Stage) -> None:
    ids = []
    for n in range(52):
        redemption_id = str(uuid7())
        async with stage.database.transaction() as tx:
            await tx.execute(
                """
                insert into redemption (redemption_id, member_id, quote_id, idempotency_key, product_code, product_kind,
                    provider, sku, subdistrict_code, amount_rupiah, quoted_cost_rupiah, price_rupiah_max, state,
                    requested_at, changed_at)
                values ($1::uuid, $2, $1::uuid, $1::text, 'pulsa-xl-5k', 'pulsa', 'digiflazz', 'x', '12.07.28', 5500,
                    5000, 5500, 'settled', now(), now())
                """,
                redemption_id,
                stage.member_id,
            )
        said = await complaint(stage, redemption_id=redemption_id)
        assert (await stage.post("/v1/disputes", stage.member(), said)).status_code == 201, n
        ids.append(said["dispute_id"])
    first = (await stage.get("/v1/disputes", stage.staff())).json()
    second = (await stage.get(f"/v1/disputes?cursor={first['next_cursor']}", stage.staff())).json()
    assert [d["dispute_id"] for d in first["disputes"] + second["disputes"]] == ids[::-1]
    assert (len(first["disputes"]), second["next_cursor"]) == (50, None)
    async with stage.database.transaction() as tx:
        await tx.execute("update dispute set due_at = now() - interval '1 day' where dispute_id = $1", ids[0])
    shown = (await stage.get(f"/v1/disputes/{ids[0]}", stage.staff())).json()
    assert shown["late"]
    courier = stage.service.background[0].__self__  # type: ignore[attr-defined]
    courier._counted_at = float("-inf")
    await courier._count()
    told = (await stage.client.get(f"{stage.door}/metrics")).text
    assert "timbang_redemption_disputes_open 52.0" in told
    assert "timbang_redemption_disputes_overdue 1.0" in told
    assert BANK not in told
    answer = {"outcome": "turned_down", "words": "Sudah dikirim"}
    answered = await stage.post(f"/v1/disputes/{ids[0]}:answer", stage.staff(), answer)
    assert answered.json()["late"], "answered after its day, and it says so"
    assert not (await stage.post(f"/v1/disputes/{ids[1]}:answer", stage.staff(), answer)).json()["late"]
