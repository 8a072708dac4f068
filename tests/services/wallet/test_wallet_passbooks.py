"""A waste bank moves in: its passbooks are looked at, proposed, and posted by a second person, all of them or none."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from services.wallet.workflows.reading import check_ledger
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.database import Database
from shared.runtime.hearing import Hearer
from tests.services.wallet.stage import BANK, SUBDISTRICT, Tape, balances, erased, merged, said, valued
from tests.services.wallet.test_wallet_door import MINT, door, get

__all__ = ["door"]
OTHER_BANK = "lubuk-pakam-cemara"
OPERATOR = MINT.header(Role.OPERATOR, waste_bank_ids=[BANK], subdistrict_codes=[SUBDISTRICT])
FOREIGN = MINT.header(Role.OPERATOR, waste_bank_ids=[OTHER_BANK], subdistrict_codes=[SUBDISTRICT])
PROGRAMME = MINT.header(Role.PROGRAMME)
ELSEWHERE = MINT.header(Role.PROGRAMME, regency_codes=("12.08",))
IMPORTS = "/v1/passbook-imports"


def file(
    rows: list[tuple[UUID | str, str, str]], heading: str = "name,member_id,balance_rupiah,as_of"
) -> str:
    lines = [f"Nama Rahasia,{member},{balance},{day}" for member, balance, day in rows]
    return "\n".join([heading, *lines, ""])


def sixty() -> tuple[list[UUID], list[tuple[UUID | str, str, str]]]:
    members = [uuid7() for _ in range(60)]
    return members, [(each, str(1_000 + place), "2026-10-31") for place, each in enumerate(members)]


def proposal(text: str, total: int, **other: Any) -> dict[str, Any]:
    return {"import_id": str(uuid7()), "waste_bank_id": BANK, "csv": text, "total_rupiah": total} | other


async def post(door: httpx.AsyncClient, path: str, who: dict[str, str], **body: Any) -> httpx.Response:
    return await door.post(f"{IMPORTS}{path}", headers=who, json=body)


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_two_bad_rows_of_sixty_stop_all_and_the_corrected_file_passes(
    door: httpx.AsyncClient, database: Database
) -> None:
    members, rows = sixty()
    bad = list(rows)
    bad[16] = (members[16], '"12,5"', "2026-10-31")
    bad[40] = ("kartu hilang", "1000", "31/13/2026")
    seen = (await post(door, ":preview", OPERATOR, waste_bank_id=BANK, csv=file(bad))).json()
    assert (seen["ok"], seen["rows"], seen["faults_count"]) == (False, 58, 3)
    assert [(fault["line"], fault["column"], fault["fault"]) for fault in seen["faults"]] == [
        (18, "balance_rupiah", "not_rupiah"),
        (42, "as_of", "not_a_day"),
        (42, "member_id", "not_a_member_id"),
    ]
    assert "rupiah" in seen["faults"][0]["words_id"]
    total = sum(1_000 + place for place in range(60))
    refused = await post(door, "", OPERATOR, **proposal(file(bad), total))
    assert code_of(refused) == (422, "passbook_rows_wrong")
    assert [each["field"] for each in refused.json()["errors"]] == [
        "csv.18.balance_rupiah",
        "csv.42.as_of",
        "csv.42.member_id",
    ]
    assert "2 baris" in refused.json()["detail"]
    asked = proposal(file(rows), total)
    proposed = await post(door, "", OPERATOR, **asked)
    assert (proposed.status_code, proposed.json()["state"]) == (200, "proposed"), proposed.text
    assert (await post(door, "", OPERATOR, **asked)).json() == proposed.json()
    async with database.reading() as tx:
        assert await balances(tx) == {}
    path = f"/{asked['import_id']}:confirm"
    posted = await post(door, path, PROGRAMME)
    assert (posted.status_code, posted.json()["state"]) == (200, "posted"), posted.text
    assert (await post(door, path, PROGRAMME)).json() == posted.json()
    async with database.reading() as tx:
        found = await balances(tx)
        assert found["opening", BANK] == (-total, 0)
        assert found["member_credit", str(members[59])] == (1_059, 0)
        facts = [fact for kind, fact in await said(tx) if kind == "opening_balance_posted"]
        assert set((await check_ledger(tx)).differences.values()) == {0}
        acts = await tx.fetch("select action, subject_id from audit order by seq")
        kept = (
            str(await tx.fetch("select * from passbook_import"))
            + str(facts)
            + str(await tx.fetch("select * from audit"))
        )
    assert {fact["member_id"] for fact in facts} == {str(each) for each in members}
    assert [act["action"] for act in acts] == ["passbook_import.propose", "passbook_import.confirm"]
    assert "Rahasia" not in kept
    whole = await get(door, f"{IMPORTS}/{asked['import_id']}", OPERATOR)
    assert len(whole["passbooks"]) == 60
    member = MINT.header(Role.MEMBER, member_id=members[0])
    (line,) = (await get(door, f"/v1/members/{members[0]}/statement", member))["lines"]
    assert (line["kind"], line["amount_rupiah"], line["happened_at"]) == (
        "opening_balance",
        1_000,
        "2026-10-30T17:00:00Z",
    )
    assert (line["deposit_id"], line["redemption_id"], line["waste_bank_id"]) == (None, None, BANK)


async def test_nobody_is_taken_over_twice_whichever_file_or_id_says_so(
    door: httpx.AsyncClient, hearer: Hearer, database: Database
) -> None:
    a, b, new, tape = uuid7(), uuid7(), uuid7(), Tape()
    first, second = (proposal(file([(a, "500", "2026-10-31")]), 500) for _ in range(2))
    for asked in (first, second):
        assert (await post(door, "", OPERATOR, **asked)).status_code == 200
    assert (await post(door, f"/{first['import_id']}:confirm", PROGRAMME)).status_code == 200
    late = await post(door, f"/{second['import_id']}:confirm", PROGRAMME)
    assert code_of(late) == (422, "passbook_rows_wrong")
    assert late.json()["errors"][0]["rule"] == "already_opened"
    await hearer.hear(tape.records([merged(a, b), valued(b, 70, fee=0)]))
    for member in (a, b):
        rows: list[tuple[UUID | str, str, str]] = [(new, "1", "2026-10-31"), (member, "500", "2026-10-31")]
        seen = (await post(door, ":preview", OPERATOR, waste_bank_id=BANK, csv=file(rows))).json()
        assert [(fault["line"], fault["fault"]) for fault in seen["faults"]] == [(3, "already_opened")]
    # Another waste bank's passbook of the same person is another one; by two ids in one file it is not.
    both: list[tuple[UUID | str, str, str]] = [(a, "5", "2026-10-31"), (b, "5", "2026-10-31")]
    seen = (await post(door, ":preview", PROGRAMME, waste_bank_id=OTHER_BANK, csv=file(both))).json()
    assert [(fault["line"], fault["fault"]) for fault in seen["faults"]] == [(3, "twice_in_file")]
    asked = proposal(file(both[:1]), 5, waste_bank_id=OTHER_BANK)
    assert (await post(door, "", FOREIGN, **asked)).status_code == 200
    assert (await post(door, f"/{asked['import_id']}:confirm", PROGRAMME)).status_code == 200
    async with database.reading() as tx:
        assert (await balances(tx))["member_credit", str(b)] == (575, 0)
        assert set((await check_ledger(tx)).differences.values()) == {0}


async def test_members_who_left_are_not_taken_over(door: httpx.AsyncClient, hearer: Hearer) -> None:
    gone = uuid7()
    await hearer.hear(Tape().records([erased(gone)]))
    text = file([(gone, "500", "2026-10-31")])
    seen = (await post(door, ":preview", OPERATOR, waste_bank_id=BANK, csv=text)).json()
    assert [fault["fault"] for fault in seen["faults"]] == ["has_left"]


async def test_who_may_do_what_with_an_import(door: httpx.AsyncClient) -> None:
    text = file([(uuid7(), "500", "2026-10-31")])
    for path in (":preview", ""):
        body = proposal(text, 500) if not path else {"waste_bank_id": BANK, "csv": text}
        for who, expected in (
            (FOREIGN, (403, "not_your_area")),
            (ELSEWHERE, (403, "not_your_area")),
            (MINT.header(Role.MEMBER, member_id=uuid7()), (403, "not_allowed")),
            (MINT.header(Role.OFFICE), (403, "not_allowed")),
            ({}, (401, "sign_in_needed")),
        ):
            assert code_of(await post(door, path, who, **body)) == expected
        assert code_of(await post(door, path, PROGRAMME, **body | {"waste_bank_id": "nowhere"})) == (
            404,
            "passbook_waste_bank_unknown",
        )
    asked = proposal(text, 500)
    assert (await post(door, "", PROGRAMME, **asked)).status_code == 200
    assert code_of(
        await post(door, "", PROGRAMME, **asked | {"csv": file([(uuid7(), "500", "2026-10-31")])})
    ) == (
        409,
        "passbook_import_conflict",
    )
    one = f"/{asked['import_id']}"
    assert code_of(await post(door, f"{one}:confirm", PROGRAMME)) == (403, "passbook_second_person")
    assert code_of(await post(door, f"{one}:confirm", OPERATOR)) == (403, "not_allowed")
    assert code_of(await post(door, f"{one}:confirm", ELSEWHERE)) == (404, "passbook_import_unknown")
    for who in (ELSEWHERE, FOREIGN):
        assert code_of(await door.get(f"{IMPORTS}{one}", headers=who)) == (404, "passbook_import_unknown")
        assert code_of(await post(door, f"{one}:decline", who, reason="x")) == (
            404,
            "passbook_import_unknown",
        )
        assert (await get(door, IMPORTS, who))["imports"] == []
    assert len((await get(door, IMPORTS, OPERATOR))["imports"]) == 1
    declined = await post(door, f"{one}:decline", OPERATOR, reason="salah berkas")
    assert declined.json()["state"] == "declined"
    second = MINT.header(Role.PROGRAMME)
    assert code_of(await post(door, f"{one}:confirm", second)) == (409, "passbook_import_decided")
    audit = await get(door, "/v1/audit", PROGRAMME, subject_id=asked["import_id"])
    assert [line["action"] for line in audit["lines"]] == [
        "passbook_import.decline",
        "passbook_import.propose",
    ]
    assert (await get(door, "/v1/audit", ELSEWHERE, subject_id=asked["import_id"]))["lines"] == []


async def test_imports_are_listed_page_by_page(door: httpx.AsyncClient) -> None:
    made = []
    for _ in range(5):
        asked = proposal(file([(uuid7(), "0", "2026-10-31")]), 0)
        assert (await post(door, "", OPERATOR, **asked)).status_code == 200
        made.append(asked["import_id"])
    seen, after = [], None
    while True:
        page = await get(door, IMPORTS, OPERATOR, limit=2, **({"cursor": after} if after else {}))
        seen += [each["import_id"] for each in page["imports"]]
        after = page["next_cursor"]
        if after is None:
            break
    assert seen == made[::-1]
    assert (await door.get(IMPORTS, headers=OPERATOR, params={"cursor": "gestern"})).status_code == 422


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", [(0, None, "no_rows")]),
        ("member_id,balance_rupiah,as_of\n", [(0, None, "no_rows")]),
        ("member_id,saldo\n1,2\n", [(1, "as_of", "column_missing"), (1, "balance_rupiah", "column_missing")]),
        ('member_id,balance_rupiah,as_of\n"1,2,3', [(2, None, "unreadable")]),
        ("member_id,balance_rupiah,as_of\n,,\nx,-1,2030-01-01\n", "row"),
        ("member_id,balance_rupiah,as_of\n" + "a,1,2026-10-31\n" * 2_001, [(0, None, "too_many_rows")]),
    ],
)
async def test_files_that_cannot_be_read_get_words(door: httpx.AsyncClient, text: str, faults: Any) -> None:
    seen = await post(door, ":preview", OPERATOR, waste_bank_id=BANK, csv=text)
    assert seen.status_code == 200, seen.text
    found = [(each["line"], each["column"], each["fault"]) for each in seen.json()["faults"]]
    if faults == "row":
        faults = [
            (3, "as_of", "day_out_of_bounds"),
            (3, "balance_rupiah", "not_rupiah"),
            (3, "member_id", "not_a_member_id"),
        ]
    assert found == faults


async def test_a_file_as_a_spreadsheet_saves_it(door: httpx.AsyncClient) -> None:
    a, b = uuid7(), uuid7()
    heading = "\ufeffNama;ID_Nasabah;Saldo_Rupiah;Per_Tanggal"
    text = f"{heading}\r\nx;{a};Rp 12.500;31/10/2026\r\n\r\ny;{b};1.250.000;1-10-2026\r\n"
    seen = (await post(door, ":preview", OPERATOR, waste_bank_id=BANK, csv=text)).json()
    assert (seen["ok"], seen["rows"], seen["total_rupiah"]) == (True, 2, 1_262_500), seen


async def test_wrong_proposals_get_words(door: httpx.AsyncClient) -> None:
    good = proposal(file([(uuid7(), "500", "2026-10-31")]), 500)
    for changed in (
        {"import_id": "x"},
        {"import_id": str(UUID(int=1))},
        {"csv": "a\u0000b"},
        {"csv": "x" * 1_000_001},
        {"total_rupiah": -1},
        {"total_rupiah": 1.5},
        {"more": 1},
    ):
        assert code_of(await post(door, "", OPERATOR, **good | changed)) == (422, "invalid_request"), changed
    wrong = await post(door, "", OPERATOR, **good | {"total_rupiah": 501})
    assert code_of(wrong) == (422, "passbook_total_differs")
    assert wrong.json()["parameters"] == {"total_rupiah": 500}
    assert code_of(await post(door, f"/{uuid7()}:confirm", PROGRAMME)) == (404, "passbook_import_unknown")
    assert code_of(await post(door, f"/{uuid7()}:decline", PROGRAMME, reason=" ")) == (422, "invalid_request")
