"""What the office decides about deposits: the page says it, and the wallet has it."""

import re
from datetime import timedelta
from functools import partial
from typing import Any

from shared.kernel.ids import uuid7
from tests.demo.cast import MAIN_BANK, NOT_YET_OPEN
from tests.demo.day import now
from tests.demo.doors import Door
from tests.demo.tablet import Weighing
from tests.demo.waiting import until
from tests.services.web.staff.conftest import Offices
from tests.services.web.staff.office import Office, Seen
from tests.web.town import Town

SECONDS = 30
PAPER = ("K02", "bersih")
REASON = "Nota timbang dilihat"


async def _page_with(office: Office, path: str, words: str) -> Seen:
    """A page, as soon as it says this."""

    async def there() -> Seen | None:
        return await office.look_for(path, words)

    found: Seen = await until(there, f"{path} shows {words}", SECONDS)
    return found


async def _recorded(door: Door, body: Any) -> bool:
    """Send a deposit, again if need be: it waits while deposit has not heard of its member."""
    answer = await door.post("/v1/deposits", body, expect={200, 201, 202})
    return bool(answer["status"] != "waiting")


async def _flagged(town: Town, offices: Offices, name: str) -> tuple[Weighing, str]:
    who = await town.resident(name)
    weighing = town.weighing(who, [(*PAPER, 900_000)])
    await town.stage.tablets[MAIN_BANK].send(weighing)
    await _page_with(offices.first, "/kantor/periksa", str(weighing.id))
    return weighing, name


async def test_a_flagged_deposit_is_on_the_work_list_and_approved_by_a_second_person(
    town: Town, offices: Offices
) -> None:
    weighing, name = await _flagged(town, offices, "Berat Sekali")
    home = await offices.first.open("/kantor")
    assert "/kantor/periksa" in home.links
    seen = await offices.first.open(f"/kantor/setoran/{weighing.id}")
    assert "Berat satu baris di atas batas" in seen.text
    assert "900 kg" in seen.text
    assert name in seen.text
    done = await offices.first.send_and_mean_it(seen, "/setujui", alasan=REASON)
    assert "Disetujui." in done.text
    await town.books.until_balance(weighing.member_id, weighing.net_rupiah)
    assert not done.offers("/setujui")


async def test_a_flagged_deposit_is_rejected_for_good(town: Town, offices: Offices) -> None:
    weighing, _ = await _flagged(town, offices, "Salah Timbang")
    seen = await offices.first.open(f"/kantor/setoran/{weighing.id}")
    done = await offices.first.send_and_mean_it(seen, "/tolak-periksa", alasan="Timbangan rusak")
    assert "Setoran dibatalkan." in done.text
    assert "Timbangan rusak" in done.text
    assert await town.books.balance(weighing.member_id) == 0


async def test_without_a_reason_nothing_happens_and_what_was_typed_stays(
    town: Town, offices: Offices
) -> None:
    weighing, _ = await _flagged(town, offices, "Tanpa Alasan")
    seen = await offices.first.open(f"/kantor/setoran/{weighing.id}")
    refused = await offices.first.send_and_mean_it(seen, "/setujui", alasan=" ")
    assert refused.status == 422
    assert "Belum dilakukan" in refused.text
    assert refused.offers("/setujui")


async def test_a_quarantined_deposit_is_turned_down_by_a_second_person(town: Town, offices: Offices) -> None:
    who = await town.resident("Belum Buka", bank=NOT_YET_OPEN)
    weighing = town.weighing(who, [(*PAPER, 1_500)])
    assert await town.stage.tablets[NOT_YET_OPEN].send(weighing) == "quarantined"
    listed = await offices.first.open(f"/kantor/ditahan?bank={NOT_YET_OPEN}")
    assert "Kecamatan belum buka saat ditimbang" in listed.text
    seen = await offices.first.open(listed.link(f"/kantor/setoran/{weighing.id}"))
    done = await offices.first.send_and_mean_it(seen, "/tolak", alasan="Ditimbang sebelum dibuka")
    assert "Ditolak, beserta alasannya." in done.text
    assert not done.offers("/loloskan")


async def test_a_quarantined_deposit_is_let_count_by_a_second_person_and_credited_once(
    town: Town, offices: Offices
) -> None:
    who = await town.resident("Boleh Dihitung", bank=NOT_YET_OPEN)
    weighing = town.weighing(who, [(*PAPER, 2_400)])
    assert await town.stage.tablets[NOT_YET_OPEN].send(weighing) == "quarantined"
    seen = await offices.first.open(f"/kantor/setoran/{weighing.id}")
    still_open = await offices.second.open(f"/kantor/setoran/{weighing.id}")
    asked = await offices.first.send(seen, "/loloskan", alasan=REASON)
    assert "Boleh Dihitung" in asked.text
    assert await town.books.balance(who.id) == 0
    done = await offices.first.send(asked, "/loloskan")
    assert "Setoran diterima." in done.text
    assert not done.offers("/loloskan")
    await town.books.until_balance(who.id, weighing.net_rupiah)
    await offices.second.send_and_mean_it(still_open, "/loloskan", alasan="Sekali lagi")
    assert await town.books.settle(who.id) == weighing.net_rupiah
    story = await town.stage.door("deposit", town.stage.tokens[town.stage.desk.person.code]).get(
        f"/v1/deposits/{weighing.id}"
    )
    assert story["state"] == "recorded"
    assert [each["reason"] for each in story["history"] if each["step"] == "accepted"] == [REASON]


async def test_whoever_looks_after_one_sub_district_sees_nothing_of_another(
    town: Town, offices: Offices
) -> None:
    who = await town.resident("Di Luar Wilayah", bank=NOT_YET_OPEN)
    weighing = town.weighing(who, [(*PAPER, 1_500)])
    await town.stage.tablets[NOT_YET_OPEN].send(weighing)
    listed = await offices.local.open("/kantor/ditahan")
    assert str(weighing.id) not in listed.html
    assert (await offices.local.open(f"/kantor/setoran/{weighing.id}")).status == 404
    assert (await offices.local.open(f"/kantor/ditahan?bank={NOT_YET_OPEN}")).status == 403


async def test_two_deposits_that_look_alike_stand_side_by_side_and_one_is_void(
    town: Town, offices: Offices
) -> None:
    who = await town.resident("Dua Kali")
    first, second = (town.weighing(who, [(*PAPER, 4_200)]) for _ in range(2))
    for each in (first, second):
        await town.stage.tablets[MAIN_BANK].send(each)
    listed = await _page_with(offices.first, "/kantor/kembar", str(who.id))
    suspicion = await _suspicion_of(town, second)
    assert f"/kantor/kembar/{suspicion}" in listed.links
    seen = await offices.first.open(f"/kantor/kembar/{suspicion}")
    assert "Jenis dan berat sama dalam satu jam" in seen.text
    assert who.code in seen.text
    done = await offices.first.send_and_mean_it(
        seen, f"/{suspicion}/batal", setoran=str(second.id), alasan="Tertekan dua kali"
    )
    assert "Setoran dibatalkan." in done.text
    await town.books.until_balance(who.id, first.net_rupiah)


async def _suspicion_of(town: Town, weighing: Weighing) -> str:
    door = town.stage.door("deposit", town.stage.tokens[town.stage.desk.person.code])
    page = await door.get("/v1/suspicions", waste_bank_id=MAIN_BANK, limit=200)
    pairs: list[dict[str, Any]] = page["suspicions"]
    return next(
        str(each["suspicion_id"])
        for each in pairs
        if str(weighing.id) in {each["deposit_id"], each["other_deposit_id"]}
    )


async def test_a_dispute_shows_its_clock_the_deposit_is_corrected_and_the_answer_says_so(
    town: Town, offices: Offices
) -> None:
    who = await town.resident("Berat Salah")
    weighing = town.weighing(who, [(*PAPER, 1_000)])
    await town.stage.tablets[MAIN_BANK].send(weighing)
    await town.books.until_balance(who.id, weighing.net_rupiah)
    dispute_id = await _complain(town, who, weighing)
    listed = await offices.first.open("/kantor/pengaduan")
    assert f"/kantor/pengaduan/{dispute_id}" in listed.links
    assert "Sisa" in listed.text
    seen = await offices.first.open(f"/kantor/pengaduan/{dispute_id}")
    assert "Seharusnya dua setengah kilo" in seen.text
    # The last day that is in time, as she was told: not midnight of the day after.
    assert re.search(r"Batas jawab\s+\d+ \w+ \d{4}(?!,)", seen.text)
    assert "00.00 WIB" not in seen.text
    asked = await offices.first.open(seen.link("/kantor/perbaikan/"))
    fixed = await offices.first.send_and_mean_it(
        asked, "/simpan", **{"jumlah-0": "2,5"}, alasan="Timbangan dibaca salah"
    )
    assert "Setoran diperbaiki" in fixed.text
    right = town.weighing(who, [(*PAPER, 2_500)])
    await town.books.until_balance(who.id, right.net_rupiah)
    seen = await offices.first.open(f"/kantor/pengaduan/{dispute_id}")
    assert "Setoran pengganti yang sudah dicatat" in seen.text
    done = await offices.first.send_and_mean_it(
        seen, "/jawab", hasil="upheld", jawaban="Anda benar: 2,5 kg sudah dicatat"
    )
    assert "Jawaban tersimpan" in done.text
    own = await (await who.hands(town.stage)).deposit.get("/v1/disputes")
    assert own["disputes"][0]["answer_words"] == "Anda benar: 2,5 kg sudah dicatat"


async def _complain(town: Town, who: Any, weighing: Weighing) -> str:
    dispute_id = str(uuid7())
    body = {
        "dispute_id": dispute_id,
        "complaint": "weight",
        "words": "Seharusnya dua setengah kilo",
        "deposit_id": str(weighing.id),
    }
    await (await who.hands(town.stage)).deposit.post("/v1/disputes", body, expect=201)
    return dispute_id


async def test_an_unreadable_weight_is_refused_in_words_before_anything_is_void(
    town: Town, offices: Offices
) -> None:
    who = await town.resident("Salah Ketik")
    weighing = town.weighing(who, [(*PAPER, 1_000)])
    await town.stage.tablets[MAIN_BANK].send(weighing)
    asked = await offices.first.open(f"/kantor/perbaikan/{weighing.id}")
    refused = await offices.first.send_and_mean_it(
        asked, "/simpan", **{"jumlah-0": "dua kilo"}, alasan="Timbangan dibaca salah"
    )
    assert refused.status == 422
    assert "bukan jumlah yang dapat dibaca" in refused.text
    assert refused.form("/simpan").fields["jumlah-0"] == "dua kilo"
    await town.books.until_balance(who.id, weighing.net_rupiah)


async def test_a_list_is_walked_page_by_page(town: Town, offices: Offices) -> None:
    who = await town.resident("Rajin Menyetor")
    sent = [town.weighing(who, [(*PAPER, 100 + number)]) for number in range(27)]
    door = town.stage.door("deposit", town.stage.tokens[MAIN_BANK])
    days = [now() - timedelta(hours=13) + timedelta(minutes=each) for each in range(27)]
    for weighing, at in zip(sent, days, strict=True):
        body = {**weighing.body(), "weighed_at": at.isoformat()}
        await until(partial(_recorded, door, body), "deposit has heard of the member", SECONDS)
    first = await offices.first.open(f"/kantor/setoran?nasabah={who.id}")
    second = await offices.first.open(first.link("sesudah="))
    found = [
        {link.rsplit("/", 1)[1] for link in seen.links if link.startswith("/kantor/setoran/")}
        for seen in (first, second)
    ]
    assert len(found[0]) == 25
    assert found[0] | found[1] == {str(each.id) for each in sent}
    assert not any("sesudah=" in link for link in second.links)
