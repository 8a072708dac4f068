"""Who is who: one person enrolled on two tablets, one who leaves, and a waste bank that moves in with its passbooks."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from shared.kernel import wib
from shared.kernel.ids import uuid7
from shared.kernel.money import rupiah_text
from tests.demo.cast import CEMARA, MAIN_BANK
from tests.demo.day import now
from tests.demo.field_day import SECONDS, Field, redeem_cash
from tests.demo.hands import Hands, neighbour
from tests.demo.tablet import Weighing
from tests.demo.waiting import until
from tests.verify import canary

PASSBOOKS = 60
BAD = {17: "saldo", 42: "tanggal"}


async def merge(field: Field) -> None:
    """Enrolled on two tablets without a signal, deposits from both, merged by a second person: one balance."""
    stage, met_at = field.day.stage, now() - timedelta(hours=2)
    first = neighbour(field.day.dice, "Delima Br Karo", MAIN_BANK)
    second = neighbour(field.day.dice, "Delima br. Karo", CEMARA)
    one = await _deposit_before_enrolment(field, first.id, MAIN_BANK, 3_000)
    other = await _deposit_before_enrolment(field, second.id, CEMARA, 5_500)
    await first.enrol(stage, met_at)
    await second.enrol(stage, met_at)
    reason = {"reason": "Orang yang sama, terdaftar di dua tablet"}
    proposal = await field.programme.identity.post(
        f"/v1/members/{second.id}:propose-merge", {"into_member_id": str(first.id), **reason}, expect=201
    )
    confirm = f"/v1/merges/{proposal['merge_id']}:confirm"
    own = await field.programme.identity.ask("POST", confirm, json=reason)
    field.day.diary.expect(own.status_code in {403, 409}, "nobody confirms what they proposed")
    await field.second.identity.post(confirm, reason)
    await field.until_balance(first.id, one.net_rupiah + other.net_rupiah)
    lines = await stage.desk.statement(first.id)
    shown = {line["deposit_id"] for line in lines}
    field.day.diary.expect(
        {str(one.id), str(other.id)} <= shown, "one statement shows both tablets' deposits"
    )
    late = await _deposit(field, second.id, CEMARA, 1_000)
    await field.until_balance(first.id, one.net_rupiah + other.net_rupiah + late.net_rupiah)
    field.tell(
        "A merge", f"two enrolments, one balance: {rupiah_text(lines[0]['balance_rupiah'])}, then one more"
    )


async def _deposit_before_enrolment(field: Field, member_id: UUID, bank: str, grams: int) -> Weighing:
    weighing = await _deposit(field, member_id, bank, grams)
    stored = await field.day.stage.tablets[bank].read(weighing.id)
    waits = stored["state"] == "waiting_for_member"
    field.day.diary.expect(waits, f"a deposit of somebody unknown waits ({stored['state']})")
    return weighing


async def _deposit(field: Field, member_id: UUID, bank: str, grams: int) -> Weighing:
    tablet = field.day.stage.tablets[bank]
    offer = tablet.known.offers["K02", "bersih"]
    weighing = Weighing(uuid7(), member_id, bank, now(), ((offer, grams),), tablet.known)
    await tablet.send(weighing)
    field.day.acknowledged.add(weighing.id)
    return weighing


async def leave(field: Field) -> None:
    """Somebody whose name, phone, meter, address and complaint are known here leaves; nothing of it is left."""
    stage = field.day.stage
    leaver = neighbour(field.day.dice, canary.NAME, MAIN_BANK, canary.PHONE)
    await leaver.enrol(stage, now(), address=canary.ADDRESS)
    own = await leaver.hands(stage)
    weighing = _worth_whole_thousands(field, leaver.id)
    await field.record(weighing)
    await field.until_balance(leaver.id, weighing.net_rupiah)
    await _leave_traces(own, weighing)
    too_early = await own.identity.ask("POST", f"/v1/members/{leaver.id}:erase", json={})
    code = too_early.json().get("code")
    field.day.diary.expect(code == "erase_balance_left", f"who has credit is paid out first ({code})")
    await redeem_cash(field, own, weighing.net_rupiah)
    await field.until_balance(leaver.id, 0)
    record = await own.identity.get(f"/v1/members/{leaver.id}/own-data")
    field.day.diary.expect(canary.NAME in str(record), "the own record has the own name")
    await own.identity.post(f"/v1/members/{leaver.id}:erase", {})
    gone = await field.programme.identity.ask("GET", f"/v1/members/{leaver.id}")
    field.day.diary.expect(
        canary.NAME not in gone.text, f"nobody reads their name any more ({gone.status_code})"
    )
    again = await stage.identity.ask("POST", "/v1/tokens", json={"code": leaver.code, "pin": leaver.pin})
    field.day.diary.expect(again.status_code in {401, 403, 404, 422}, "they cannot sign in any more")
    field.tell(
        "An erasure", f"refused with credit, paid out {rupiah_text(weighing.net_rupiah)}, then forgotten"
    )


async def _leave_traces(own: Hands, weighing: Weighing) -> None:
    """All that may be known of a person: an address for a pick-up, the words of a complaint, a meter."""
    pickup_id = str(uuid7())
    place = {"address": canary.ADDRESS, "note": canary.VILLAGE_HINT}
    wish = {"pickup_id": pickup_id, "waste_bank_id": MAIN_BANK, "estimated_grams": 12_000, "place": place}
    await own.deposit.post("/v1/pickups", wish, expect=201)
    cancelling = {"reason": f"Batal: {canary.VILLAGE_HINT}"}
    await own.deposit.post(f"/v1/pickups/{pickup_id}:cancel", cancelling)
    complaint = {
        "dispute_id": str(uuid7()),
        "deposit_id": str(weighing.id),
        "complaint": "weight",
        "words": canary.COMPLAINT,
    }
    await own.deposit.post("/v1/disputes", complaint, expect=201)
    await own.deposit.post(f"/v1/disputes/{complaint['dispute_id']}:withdraw", {})
    await own.payout.ask("POST", "/v1/quotes", json={"product": "pln-20k", "target": canary.METER})


def _worth_whole_thousands(field: Field, member_id: UUID) -> Weighing:
    """A deposit whose net is a sum that can be handed over in cash, so that nothing is left of it."""
    for grams in range(12_000, 200_000, 10):
        weighing = field.weigh(member_id, [("K02", "bersih", grams)], now())
        if weighing.net_rupiah % 1000 == 0 and weighing.net_rupiah >= 10_000:
            return weighing
    message = "no weight is worth whole thousands"
    raise AssertionError(message)


async def move_in(field: Field) -> None:
    """Sixty passbooks of which two are wrong: both are named, nothing is posted; put right, a second person posts."""
    member_ids = [uuid7() for _ in range(PASSBOOKS)]
    balances = [1_000 * field.day.dice.randrange(1, 400) for _ in member_ids]
    preview = await field.operator.wallet.post(
        "/v1/passbook-imports:preview", _file(member_ids, balances, spoiled=True)
    )
    lines = sorted(fault["line"] for fault in preview["faults"])
    # The heading is the first line of the file.
    wanted = sorted(place + 2 for place in BAD)
    field.day.diary.expect(lines == wanted, f"the two bad rows are named: {lines}")
    field.day.diary.expect(
        all(fault["words_id"] for fault in preview["faults"]), "what is wrong is said in words"
    )
    import_id = str(uuid7())
    proposal = {"import_id": import_id, "total_rupiah": sum(balances)}
    spoiled = _file(member_ids, balances, spoiled=True)
    refused = await field.operator.wallet.ask("POST", "/v1/passbook-imports", json=spoiled | proposal)
    field.day.diary.expect(refused.status_code in {409, 422}, "a file with a fault is refused whole")
    good = _file(member_ids, balances, spoiled=False) | proposal
    await field.operator.wallet.post("/v1/passbook-imports", good, expect={200, 201})
    await field.programme.wallet.post(f"/v1/passbook-imports/{import_id}:confirm", {})

    async def all_posted() -> bool:
        found = await field.programme.wallet.get(f"/v1/passbook-imports/{import_id}")
        return bool(found["state"] == "posted")

    await until(all_posted, "the passbooks are posted", SECONDS)
    for member_id, balance in zip(member_ids[:5], balances[:5], strict=True):
        await field.until_balance(member_id, balance)
    field.tell(
        "Passbooks", f"{PASSBOOKS} imported, {rupiah_text(sum(balances))}; two bad rows were named before"
    )


def _file(member_ids: list[UUID], balances: list[int], *, spoiled: bool) -> dict[str, Any]:
    as_of: date = wib.day(now()) - timedelta(days=1)
    rows = ["id_nasabah;nama;saldo_rupiah;per_tanggal"]
    for place, (member_id, balance) in enumerate(zip(member_ids, balances, strict=True)):
        wrong = BAD.get(place) if spoiled else None
        amount = "dua ribu" if wrong == "saldo" else str(balance)
        day = "kemarin" if wrong == "tanggal" else as_of.isoformat()
        rows.append(f"{member_id};Nasabah {place + 1};{amount};{day}")
    return {"waste_bank_id": MAIN_BANK, "csv": "\n".join(rows) + "\n"}
