"""One of each thing that the office decides about, made for a test alone: what becomes of it disturbs nobody."""

from dataclasses import dataclass, field
from datetime import timedelta, timezone

from aiokafka import AIOKafkaProducer

from shared.contracts.deposits import DEPOSITS_TOPIC
from shared.kernel import wib
from shared.kernel.ids import uuid7
from tests.demo.cast import CEMARA, MAIN_BANK, NOT_YET_OPEN, TANJUNG_GARBUS
from tests.demo.day import now
from tests.demo.hands import Neighbour
from tests.demo.tablet import Weighing
from tests.demo.waiting import until
from tests.services.web.staff.office import Office, Seen
from tests.web.town import Town

WIB = timezone(timedelta(hours=7))
PAPER = ("K02", "bersih")
PULSA = "pulsa-xl-10k"
# The sandbox's number whose purchase stays open for ever.
NEVER_ENDS = "087800001309"
SECONDS = 60


@dataclass
class Cases:
    """Makes what a page is about, as its own people would: tablets at the doors, staff on the pages."""

    town: Town
    first: Office
    kafka: str
    made: dict[str, str] = field(default_factory=dict)

    async def resident(self, bank: str = MAIN_BANK, rupiah: int = 0) -> Neighbour:
        """Somebody of the test's own."""
        return await self.town.resident(f"Kasus {uuid7().hex[-6:]}", bank=bank, rupiah=rupiah)

    async def deposit(self, grams: int = 2_000, who: Neighbour | None = None) -> Weighing:
        """A deposit that was sent, whatever becomes of it."""
        who = who or await self.resident()
        weighing = self.town.weighing(who, [(*PAPER, grams)])
        await self.town.stage.tablets[who.bank].send(weighing)
        return weighing

    async def flagged(self) -> str:
        """A deposit that is too heavy."""
        weighing = await self.deposit(900_000)
        await self.listed("/kantor/periksa", str(weighing.id))
        return f"/kantor/setoran/{weighing.id}"

    async def quarantined(self) -> str:
        """A deposit where nothing is open yet."""
        weighing = await self.deposit(who=await self.resident(NOT_YET_OPEN))
        return f"/kantor/setoran/{weighing.id}"

    async def alike(self) -> str:
        """Two deposits that look like one."""
        who = await self.resident()
        for _ in range(2):
            await self.deposit(4_300, who)
        listed = await self.listed("/kantor/kembar", str(who.id))
        row = listed.html[: listed.html.index(str(who.id))]
        return "/kantor/kembar/" + row.rsplit("/kantor/kembar/", 1)[1][:36]

    async def dispute(self) -> tuple[str, str]:
        """A complaint about a deposit, and that deposit's page for putting it right."""
        who = await self.resident()
        weighing = await self.deposit(who=who)
        dispute_id = str(uuid7())
        body = {
            "dispute_id": dispute_id,
            "complaint": "weight",
            "words": "Kurang",
            "deposit_id": str(weighing.id),
        }
        await (await who.hands(self.town.stage)).deposit.post("/v1/disputes", body, expect=201)
        return f"/kantor/pengaduan/{dispute_id}", f"/kantor/perbaikan/{weighing.id}"

    async def cardless(self) -> str:
        """A member whose card was blocked."""
        path = f"/kantor/nasabah/{(await self.resident()).id}"
        await self.first.send_and_mean_it(await self.first.open(path), "/blokir-kartu", sebab="lost")
        return path

    async def redemption(self) -> tuple[str, str]:
        """A purchase that stays open until a person judges it, and a complaint about it."""
        who = await self.resident(rupiah=40_000)
        own = await who.hands(self.town.stage)
        quote = await own.payout.post("/v1/quotes", {"product": PULSA, "target": NEVER_ENDS}, expect=201)
        wish = {"quote_id": quote["quote_id"], "repeat_confirmed": True}
        made = await own.payout.ask(
            "POST", "/v1/redemptions", json=wish, headers={"Idempotency-Key": f"kantor-{uuid7()}"}
        )
        assert made.status_code == 202, made.text
        redemption_id = made.json()["redemption_id"]

        async def in_review() -> bool:
            found = await own.payout.get(f"/v1/redemptions/{redemption_id}")
            return bool(found["state"].lower() == "review")

        await until(in_review, "a person must judge the redemption", SECONDS)
        dispute_id = str(uuid7())
        body = {
            "dispute_id": dispute_id,
            "redemption_id": redemption_id,
            "complaint": "not_received",
            "words": "Belum masuk",
        }
        await own.payout.post("/v1/disputes", body, expect=201)
        return f"/kantor/penukaran/{redemption_id}", f"/kantor/pengaduan-penukaran/{dispute_id}"

    async def merge(self) -> str:
        """Two members who are said to be one."""
        one, two = await self.resident(), await self.resident()
        page = await self.first.open(f"/kantor/nasabah/{one.id}")
        listed = await self.first.send(page, "/usul-gabung", tetap=two.code, alasan="KTP sama")
        row = listed.html[: listed.html.index(str(one.id))]
        return "/kantor/gabung/" + row.rsplit("/kantor/gabung/", 1)[1][:36]

    async def exception(self) -> str:
        """A special price that is proposed."""
        ask = await self.first.open("/kantor/pengecualian")
        form = ask.form("/usul")
        days = [wib.day(now()) + timedelta(days=each) for each in (2, 3)]
        sent = await self.first.send(
            ask,
            "/usul",
            bank=CEMARA,
            jenis=form.option("jenis", "-"),
            harga="1.234",
            mulai=f"{days[0]}T08:00",
            sampai=f"{days[1]}T08:00",
            alasan="Kasus uji",
        )
        assert sent.status == 200, sent.text
        return f"/kantor/pengecualian/{form.fields['pengecualian']}"

    async def passbooks(self) -> str:
        """A file of one passbook, proposed."""
        preview = await self.passbook_preview()
        proposed = await self.first.send(preview, "/usul", jumlah="75.000")
        return proposed.path.partition("?")[0]

    async def passbook_preview(self) -> Seen:
        """What a file would post, before it is proposed."""
        who = await self.resident()
        yesterday = (wib.day(now()) - timedelta(days=1)).isoformat()
        file = f"id_nasabah;saldo_rupiah;per_tanggal\n{who.id};75000;{yesterday}\n"
        ask = await self.first.open("/kantor/buku")
        return await self.first.send_file(ask, "/pratinjau", "berkas", file.encode(), bank=MAIN_BANK)

    async def draft(self) -> str:
        """A draft of prices for one waste bank."""
        current = (await self.first.open(f"/kantor/harga?bank={TANJUNG_GARBUS}")).link("/kantor/harga/")
        begin = await self.first.open(f"/kantor/rancangan?dari={current.rsplit('/', 1)[1]}")
        draft = await self.first.send(begin, "/buat", nama="Rancangan kasus", bank=TANJUNG_GARBUS)
        return draft.path.partition("?")[0]

    async def tablet(self) -> str:
        """A tablet that was registered and not set up yet."""
        made = await self.town.setup_code(TANJUNG_GARBUS)
        return f"/kantor/tablet/{made['tablet_id']}"

    async def colleague(self) -> str:
        """Somebody who was hired a moment ago."""
        ask = await self.first.open("/kantor/petugas")
        made = await self.first.send(
            ask,
            "/terima",
            peran="office",
            kode=f"KSS-{self.town.new_phone()[-5:]}",
            nama="Rekan Kasus",
            wilayah=["kec:12.07.28"],
        )
        return made.link("/kantor/petugas/")

    async def closing(self) -> str:
        """A day long ago, signed off."""
        day = (wib.day(now()) - timedelta(days=100 + uuid7().int % 2_000)).isoformat()
        door = self.town.stage.door("deposit", self.town.stage.tokens[CEMARA])
        body = {
            "closing_id": str(uuid7()),
            "waste_bank_id": CEMARA,
            "on": day,
            "classes": [],
            "cash_counted_rupiah": 0,
        }
        await door.post("/v1/closings", body, expect=201)
        return f"/kantor/penutupan/{CEMARA}/{body['closing_id']}"

    async def letter(self) -> str:
        """A record that no service can read."""
        producer = AIOKafkaProducer(bootstrap_servers=self.kafka)
        await producer.start()
        try:
            await producer.send_and_wait(DEPOSITS_TOPIC, b"{", key=str(uuid7()).encode())
        finally:
            await producer.stop()
        listed = await self.listed("/kantor/surat-mati", "/kantor/surat-mati/valuation/")
        return listed.link("/kantor/surat-mati/valuation/")

    async def reset(self) -> str:
        """A forgotten PIN that waits for a second person."""
        who = await self.resident()
        page = await self.first.open(f"/kantor/nasabah/{who.id}")
        await self.first.send(page, "/pin/buka", alasan="Dikenal petugas")
        return "/kantor/pin"

    async def listed(self, path: str, words: str) -> Seen:
        """The page of a list, as soon as these words stand on it."""

        async def there() -> Seen | None:
            return await self.first.look_for(path, words)

        found: Seen = await until(there, f"{path} shows {words}", SECONDS)
        return found
