"""The rest of a waste bank's day: fetched waste, bags, a class's list, complaints, cash, a sale, the count at night."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared.kernel import wib
from shared.kernel.ids import uuid7
from shared.kernel.money import rupiah_text
from tests.demo.cast import MAIN_BANK
from tests.demo.day import Day, now
from tests.demo.hands import Hands, Neighbour, neighbour
from tests.demo.tablet import Weighing
from tests.demo.waiting import until

SECONDS = 60
DAYS_ON_PAPER = 9
SHORT_GRAMS = 700
SHORT_RUPIAH = 5_000
CASH_RUPIAH = 20_000
CASH_BROUGHT_RUPIAH = 500_000
SCHOOL_ROWS = 12


@dataclass
class Field:
    """What the acts share: whose hands are at work, and what is told at the end."""

    day: Day
    operator: Hands
    programme: Hands
    second: Hands
    told: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, day: Day) -> "Field":
        """The operator of the main waste bank and two of the programme."""
        stage = day.stage
        operator = Hands(stage, stage.tokens[MAIN_BANK])
        programme = Hands(stage, stage.tokens[stage.desk.person.code])
        second = Hands(stage, stage.tokens[stage.second_desk.person.code])
        return cls(day, operator, programme, second)

    def tell(self, what: str, how: str) -> None:
        """A line of progress and of the table at the end."""
        self.told.append((what, how))
        self.day.diary.say(f"{what}: {how}")

    def weigh(self, member_id: UUID, lines: Sequence[tuple[str, str, int]], at: datetime) -> Weighing:
        """A deposit of these (item, grade, quantity) at the prices on the main bank's tablet."""
        tablet = self.day.stage.tablets[MAIN_BANK]
        exact = [(tablet.known.offers[item, grade], quantity) for item, grade, quantity in lines]
        return Weighing(uuid7(), member_id, MAIN_BANK, at, tuple(exact), tablet.known)

    async def record(self, weighing: Weighing, **more: Any) -> dict[str, Any]:
        """Send a deposit from the main bank's tablet, note that it was acknowledged, return the answer."""
        answer: dict[str, Any] = await self.operator.deposit.post(
            "/v1/deposits", weighing.body() | more, expect={200, 201, 202}
        )
        self.day.acknowledged.add(weighing.id)
        return answer

    async def until_balance(self, member_id: UUID, rupiah: int) -> None:
        """Wait until a member has exactly that much, and nothing held."""

        async def has() -> bool:
            balance = await self.day.stage.desk.balance(member_id)
            return (balance["posted_rupiah"], balance["held_rupiah"]) == (rupiah, 0)

        await until(has, f"{member_id} has {rupiah_text(rupiah)}", SECONDS)


async def report_and_morning(field: Field) -> None:
    """The tablet says how it is doing, and fetches all that it must know without a signal."""
    report = {
        "waste_bank_id": MAIN_BANK,
        "reported_at": now().isoformat(),
        "app_version": "1.0.0",
        "queue_length": 3,
        "battery_percent": 71,
        "storage_free_mib": 2048,
    }
    await field.operator.deposit.post("/v1/tablets:report", report, expect={200, 201})
    cursor, counts, pages = None, {"members": 0, "prices": 0, "pickups": 0}, 0
    while True:
        page = await field.operator.deposit.get("/v1/morning", waste_bank_id=MAIN_BANK, cursor=cursor)
        for part in counts:
            field.day.diary.expect(page[part]["available"], f"the morning has its {part}")
            counts[part] += len(page[part]["changed"])
        cursor, pages = page["next_cursor"], pages + 1
        if not page["more"]:
            break
    again = await field.operator.deposit.get("/v1/morning", waste_bank_id=MAIN_BANK, cursor=cursor)
    news = sum(len(again[part]["changed"]) for part in counts)
    field.day.diary.expect(news == 0, f"asked again, nothing is new ({news})")
    field.tell("The tablet's morning", ", ".join(f"{count} {part}" for part, count in counts.items()))


async def pickup(field: Field) -> tuple[Neighbour, Weighing]:
    """Asked for on a phone, driven to in the order of the route, weighed at the door."""
    caller = neighbour(field.day.dice, "Rosdiana Lubis", MAIN_BANK, "081263330101")
    await caller.enrol(field.day.stage, now())
    own = await caller.hands(field.day.stage)
    pickup_id = uuid7()
    wish = {
        "pickup_id": str(pickup_id),
        "waste_bank_id": MAIN_BANK,
        "estimated_grams": 14_000,
        "place": {
            "address": "Jalan Galang 17",
            "village": "Lubuk Pakam I",
            "latitude": 3.561,
            "longitude": 98.871,
        },
    }
    booked = await own.deposit.post("/v1/pickups", wish, expect=201)
    route = await field.operator.deposit.get(
        "/v1/pickup-routes", waste_bank_id=MAIN_BANK, on=booked["scheduled_on"]
    )
    stops = [stop["pickup"]["pickup_id"] for slot in route["slots"] for stop in slot["stops"]]
    field.day.diary.expect(str(pickup_id) in stops, "the call stands on the route of its day")
    weighing = field.weigh(caller.id, [("K02", "bersih", 12_500), ("P01", "bersih", 1_800)], now())
    await field.record(weighing, channel="pickup")
    done = await field.operator.deposit.post(
        f"/v1/pickups/{pickup_id}:done", {"deposit_id": str(weighing.id)}
    )
    field.day.diary.expect(
        done["state"] == "done", f"weighed at the door, the call is done ({done['state']})"
    )
    await field.until_balance(caller.id, weighing.net_rupiah)
    when = f"{booked['scheduled_on']}, {booked['slot']}"
    field.tell("A pick-up", f"booked for {when}, weighed at the door, {rupiah_text(weighing.net_rupiah)}")
    return caller, weighing


async def late_answer(field: Field, caller: Neighbour, weighing: Weighing) -> None:
    """A complaint that was left on paper nine days ago: it is late at once, and answered all the same."""
    dispute_id = uuid7()
    complaint = {
        "dispute_id": str(dispute_id),
        "member_id": str(caller.id),
        "deposit_id": str(weighing.id),
        "complaint": "weight",
        "words": "Menurut timbangan di rumah lebih berat satu kilo",
        "said_at": (now() - timedelta(days=DAYS_ON_PAPER)).isoformat(),
    }
    opened = await field.operator.deposit.post("/v1/disputes", complaint, expect=201)
    field.day.diary.expect(opened["late"], "a complaint of nine days ago is late")
    answer = {"outcome": "turned_down", "words": "Timbangan sudah ditera; kami timbang ulang bersama warga"}
    own = await field.operator.deposit.ask("POST", f"/v1/disputes/{dispute_id}:answer", json=answer)
    field.day.diary.expect(own.status_code in {403, 409}, "who recorded the deposit does not answer")
    answered = await field.programme.deposit.post(f"/v1/disputes/{dispute_id}:answer", answer)
    field.day.diary.expect(answered["late"], "answered after its day, and it says so")
    seen = await (await caller.hands(field.day.stage)).deposit.get("/v1/disputes")
    words = [each["answer_words"] for each in seen["disputes"]]
    field.day.diary.expect(answer["words"] in words, "the member reads the answer")
    field.tell("A complaint", f"due {opened['due_at'][:10]}, answered {answered['answered_at'][:10]}: late")


async def bags_and_doubles(field: Field) -> None:
    """Two bags labelled now and weighed later; the same line again within the hour asks, and is kept."""
    owner = await neighbour(field.day.dice, "Parlindungan Sinaga", MAIN_BANK).enrol(field.day.stage, now())
    bag_ids = [str(uuid7()), str(uuid7())]
    bags = [
        {
            "bag_id": bag_id,
            "member_id": str(owner.id),
            "waste_bank_id": MAIN_BANK,
            "label": f"LP-{field.day.dice.randrange(10_000):04}",
            "received_at": now().isoformat(),
        }
        for bag_id in bag_ids
    ]
    received = await field.operator.deposit.post("/v1/bags:batch", {"bags": bags})
    states = [each["status"] for each in received["results"]]
    field.day.diary.expect(states == ["recorded", "recorded"], f"two bags are in the queue ({states})")
    first = field.weigh(owner.id, [("K02", "bersih", 4_200)], now() - timedelta(minutes=20))
    await field.record(first, bag_ids=bag_ids)
    waiting = await field.operator.deposit.get("/v1/bags", waste_bank_id=MAIN_BANK)
    left = {each["bag_id"] for each in waiting["bags"]} & set(bag_ids)
    field.day.diary.expect(not left, "weighed bags have left the queue")
    second = field.weigh(owner.id, [("K02", "bersih", 4_200)], now())
    asked = (await field.record(second)).get("suspected_duplicate_of")
    field.day.diary.expect(asked in {None, str(first.id)}, "a possible double names the other deposit")

    async def listed() -> dict[str, Any] | None:
        page = await field.programme.deposit.get("/v1/suspicions", waste_bank_id=MAIN_BANK)
        both = {str(first.id), str(second.id)}
        found = [each for each in page["suspicions"] if both & set(map(str, each.values()))]
        return found[0] if found else None

    suspicion = await until(listed, "the possible double stands on the list", SECONDS)
    await field.programme.deposit.post(
        f"/v1/suspicions/{suspicion['suspicion_id']}:confirm", {"reason": "Dua karung yang sama beratnya"}
    )
    await field.until_balance(owner.id, first.net_rupiah + second.net_rupiah)
    field.tell("Bags and doubles", "two bags weighed later; a possible double asked about, both count")


async def school_list(field: Field) -> None:
    """A class's list in one go, and the same list again."""
    tablet = field.day.stage.tablets[MAIN_BANK]
    stage, at = field.day.stage, now()
    pupils = [
        await neighbour(field.day.dice, f"Murid {number:02} SD Uji", MAIN_BANK).enrol(stage, at)
        for number in range(1, SCHOOL_ROWS + 1)
    ]
    rows = [
        field.weigh(pupil.id, [("P01", "bersih", 300 + 50 * place)], at) for place, pupil in enumerate(pupils)
    ]
    body = {
        "waste_bank_id": MAIN_BANK,
        "weighed_at": at.isoformat(),
        "price_list_id": str(tablet.known.id),
        "rows": [
            {"deposit_id": str(row.id), "member_id": str(row.member_id), "lines": row.body()["lines"]}
            for row in rows
        ],
    }
    # Deposit may not have heard yet of who was enrolled a moment ago: that row waits, and is credited as the others.
    for wanted in ({"recorded", "waiting"}, {"repeated"}):
        answer = await field.operator.deposit.post("/v1/group-deposits", body)
        said = {each["status"] for each in answer["results"]}
        field.day.diary.expect(said <= wanted, f"a class's list is {' or '.join(sorted(wanted))} ({said})")
    field.day.acknowledged.update(row.id for row in rows)
    for row in rows:
        await field.until_balance(row.member_id, row.net_rupiah)
    field.tell("A school class", f"{SCHOOL_ROWS} pupils in one list, sent twice, credited once")


async def price_exception(field: Field) -> None:
    """A better price for a clean lot: proposed at the bank, approved by another, paid where it was shown."""
    tablet = field.day.stage.tablets[MAIN_BANK]
    seller = await neighbour(field.day.dice, "Saut Manurung", MAIN_BANK).enrol(field.day.stage, now())
    listed = tablet.known.offers["K02", "bersih"].price_rupiah
    exception_id, better, grams = uuid7(), listed + 150, 30_000
    proposal = {
        "exception_id": str(exception_id),
        "waste_bank_id": MAIN_BANK,
        "member_id": str(seller.id),
        "price": {"item_code": "K02", "grade": "bersih", "price_rupiah": better},
        "from_at": (now() - timedelta(hours=1)).isoformat(),
        "until_at": (now() + timedelta(hours=8)).isoformat(),
        "reason": "Kardus kering terikat rapi, pengepul membayar lebih",
    }
    await field.operator.valuation.post("/v1/price-exceptions", proposal, expect={200, 201})
    reason = {"reason": "Nota pengepul dilihat"}
    await field.programme.valuation.post(f"/v1/price-exceptions/{exception_id}:approve", reason)
    weighing = field.weigh(seller.id, [("K02", "bersih", grams)], now())
    body = weighing.body()
    body["lines"][0]["shown_rupiah"] = grams * better // 1000
    await field.operator.deposit.post("/v1/deposits", body, expect={201})
    field.day.acknowledged.add(weighing.id)
    await field.until_balance(seller.id, tablet.known.net_rupiah(grams * better // 1000))
    field.tell(
        "A price exception", f"{rupiah_text(better)} instead of {rupiah_text(listed)} per kg, by two persons"
    )


async def cash_out(field: Field, caller: Neighbour) -> None:
    """Cash over the counter: held, handed over, settled against the bank's own box."""
    change = {
        "provider": f"counter:{MAIN_BANK}",
        "kind": "top_up",
        "amount_rupiah": CASH_BROUGHT_RUPIAH,
        "reason": "Uang tunai dibawa ke bank sampah",
    }
    await field.programme.payout.post(
        "/v1/float/changes", change, expect=201, headers={"Idempotency-Key": f"demo-{uuid7()}"}
    )
    before = (await field.day.stage.desk.balance(caller.id))["posted_rupiah"]
    own = await caller.hands(field.day.stage)
    amount = min(CASH_RUPIAH, before // 1000 * 1000)
    await redeem_cash(field, own, amount)
    await field.until_balance(caller.id, before - amount)
    field.tell("Cash", f"{rupiah_text(amount)} handed over at the counter, once")


async def redeem_cash(field: Field, own: Hands, amount_rupiah: int) -> None:
    """A member asks for cash; the operator of the main bank hands it over."""
    wish = {"product": "tunai", "amount_rupiah": amount_rupiah, "waste_bank_id": MAIN_BANK}
    quote = await own.payout.post("/v1/quotes", wish, expect=201)
    asked = await own.payout.post(
        "/v1/redemptions",
        {"quote_id": quote["quote_id"], "repeat_confirmed": True},
        expect=202,
        headers={"Idempotency-Key": f"demo-{uuid7()}"},
    )
    path = f"/v1/redemptions/{asked['redemption_id']}"

    async def in_state(*states: str) -> bool:
        return (await own.payout.get(path))["state"] in states

    await until(lambda: in_state("held"), "the cash is set aside", SECONDS)
    await field.operator.payout.post(f"{path}:hand-over", {})
    await until(lambda: in_state("settled"), "the cash is settled", SECONDS)


async def sell_and_close(field: Field) -> None:
    """A lot leaves for a buyer, the store is counted, and the day is closed with what is missing."""
    deposit, on = field.operator.deposit, wib.day(now())
    buyer_id = uuid7()
    buyer = {
        "buyer_id": str(buyer_id),
        "waste_bank_id": MAIN_BANK,
        "name": "UD Botot Jaya",
        "contact": "di pasar lama",
    }
    await deposit.post("/v1/buyers", buyer, expect=201)
    stock = {
        each["item_code"]: each for each in (await deposit.get("/v1/stock", waste_bank_id=MAIN_BANK))["items"]
    }
    held = stock["K02"]["book_grams"]
    sold = held // 2
    lot = {
        "lot_id": str(uuid7()),
        "waste_bank_id": MAIN_BANK,
        "buyer_id": str(buyer_id),
        "sold_at": now().isoformat(),
        "lines": [{"item_code": "K02", "weight_grams": sold, "price_rupiah": 2_400}],
    }
    amount = (await deposit.post("/v1/lots", lot, expect=201))["amount_rupiah"]
    count = {
        "count_id": str(uuid7()),
        "waste_bank_id": MAIN_BANK,
        "counted_at": now().isoformat(),
        "lines": [{"item_code": "K02", "counted_grams": held - sold - SHORT_GRAMS}],
    }
    line = (await deposit.post("/v1/stock-counts", count, expect=201))["lines"][0]
    field.day.diary.expect(line["difference_grams"] == -SHORT_GRAMS, f"700 g of shrinkage ({line})")
    field.tell(
        "A lot sold", f"{sold / 1000:.1f} kg of cardboard for {rupiah_text(amount)}; 700 g were missing"
    )
    await _close(field, on)


async def _close(field: Field, on: Any) -> None:
    deposit = field.operator.deposit
    closings = (await deposit.get("/v1/closings", waste_bank_id=MAIN_BANK, on=on.isoformat()))["closings"]
    for each in closings:
        if each["reopened_at"] is None:  # the demo ran before on this day
            await field.programme.deposit.post(
                f"/v1/closings/{each['closing_id']}:reopen", {"reason": "Hari dihitung sekali lagi"}
            )
    book = await deposit.get("/v1/closings/preview", waste_bank_id=MAIN_BANK, on=on.isoformat())
    counted = [
        {"waste_class": each["waste_class"], "counted_grams": each["booked_grams"]}
        for each in book["classes"]
    ]
    counted[0]["counted_grams"] -= SHORT_GRAMS
    closing = {
        "closing_id": str(uuid7()),
        "waste_bank_id": MAIN_BANK,
        "on": on.isoformat(),
        "classes": counted,
        "cash_counted_rupiah": book["cash_booked_rupiah"] - SHORT_RUPIAH,
        "note": "Karung robek saat dipindah; uang kembalian kurang",
    }
    closed = await deposit.post("/v1/closings", closing, expect=201)
    differences = sum(each["difference_grams"] for each in closed["classes"])
    signed = (differences, closed["cash_difference_rupiah"])
    field.day.diary.expect(signed == (-SHORT_GRAMS, -SHORT_RUPIAH), f"the differences are signed: {signed}")
    twice = await deposit.ask("POST", "/v1/closings", json=closing | {"closing_id": str(uuid7())})
    field.day.diary.expect(twice.status_code == 409, "a day is closed once")
    field.tell(
        "The day is closed", f"{differences} g and {rupiah_text(-SHORT_RUPIAH)} against the book, signed"
    )
