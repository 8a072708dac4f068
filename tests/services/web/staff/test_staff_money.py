"""Prices, exceptions, passbooks, float and cash, as the programme publishes, proposes, confirms and books them."""

import csv
import io
import re
from datetime import timedelta, timezone
from typing import Any

from shared.kernel import wib
from shared.kernel.ids import uuid7
from tests.demo.cast import CEMARA, MAIN_BANK, TANJUNG_GARBUS
from tests.demo.day import now
from tests.demo.hands import Neighbour
from tests.demo.waiting import until
from tests.services.web.staff.conftest import Offices
from tests.services.web.staff.office import Office, Seen
from tests.web.town import Town

WIB = timezone(timedelta(hours=7))
PAPER = "harga|K02|bersih"


async def _draft(office: Office, name: str, bank: str = TANJUNG_GARBUS) -> Seen:
    """A draft for one waste bank, begun from the list that holds there."""
    current = (await office.open(f"/kantor/harga?bank={bank}")).link("/kantor/harga/").rsplit("/", 1)[1]
    begin = await office.open(f"/kantor/rancangan?dari={current}")
    return await office.send(begin, "/buat", nama=name, bank=bank, dari=current)


def _price(draft: Seen) -> int:
    return int(draft.form("/simpan").fields[PAPER])


async def _price_at(town: Town, bank: str) -> int:
    found = await town.stage.door("valuation").get("/v1/price-lists/current", waste_bank_id=bank)
    return next(
        int(each["price_rupiah"])
        for each in found["prices"]
        if (each["item_code"], each["grade"]) == ("K02", "bersih")
    )


async def test_a_price_is_changed_looked_at_and_published_from_a_day_on(town: Town, offices: Offices) -> None:
    before = await _price_at(town, TANJUNG_GARBUS)
    draft = await _draft(offices.first, "Harga uji besok")
    new = str(_price(draft) + 150)
    ahead = await offices.first.send(
        draft, "/simpan", **{PAPER: new}, sumber="Pengepul uji", lanjut="pratinjau"
    )
    assert "/pratinjau" in ahead.path
    assert "Yang akan berubah" in ahead.text
    assert "dua daftar tidak pernah berlaku bersamaan" in ahead.text
    begins = now().astimezone(WIB) + timedelta(days=1)
    typed = f"{begins:%Y-%m-%dT%H:%M}"
    asked = await offices.first.send(ahead, "/terbit", mulai=typed)
    assert f"{begins:%H.%M} WIB" in asked.text
    done = await offices.first.send(asked, "/terbit")
    assert "Daftar harga diterbitkan." in done.text
    assert await _price_at(town, TANJUNG_GARBUS) == before
    again = await _draft(offices.first, "Harga uji pada waktu sama")
    clash = await offices.first.open(again.path + "/pratinjau")
    refused = await offices.first.send_and_mean_it(clash, "/terbit", mulai=typed)
    assert refused.status == 409
    assert "waktu yang sama" in refused.text


async def test_a_list_in_the_past_is_refused_in_words(offices: Offices) -> None:
    draft = await _draft(offices.first, "Harga kemarin")
    ahead = await offices.first.open(draft.path + "/pratinjau")
    refused = await offices.first.send_and_mean_it(ahead, "/terbit", mulai="2026-01-01T07:00")
    assert refused.status == 422
    assert "sudah lewat" in refused.text


async def test_an_unreadable_price_is_refused_and_what_was_typed_stays(offices: Offices) -> None:
    draft = await _draft(offices.first, "Salah ketik")
    refused = await offices.first.send(draft, "/simpan", **{PAPER: "tiga ribu"})
    assert refused.status == 422
    assert "tiga ribu" in refused.text
    assert refused.form("/simpan").fields[PAPER] == "tiga ribu"


async def test_a_list_goes_through_a_spreadsheet_and_comes_back(offices: Offices) -> None:
    draft = await _draft(offices.first, "Lewat lembar kerja")
    file = await offices.first.open(draft.path + "/csv")
    assert "text/csv" in file.headers["content-type"]
    rows = list(csv.DictReader(io.StringIO(file.html.removeprefix("\ufeff")), delimiter=";"))
    wanted = _price(draft) + 75
    for row in rows:
        if (row["kode"], row["mutu"]) == ("K02", "bersih"):
            row["harga_rupiah"] = f"Rp{wanted:,}".replace(",", ".")
    out = io.StringIO()
    written = csv.DictWriter(out, rows[0], delimiter=";")
    written.writeheader()
    written.writerows(rows)
    ahead = await offices.first.send_file(draft, "/unggah", "berkas", out.getvalue().encode())
    assert f"Rp{wanted:,}".replace(",", ".") in ahead.text
    assert _price(await offices.first.open(draft.path)) == wanted
    broken = out.getvalue().replace("harga_rupiah", "harga").encode()
    refused = await offices.first.send_file(draft, "/unggah", "berkas", broken)
    assert refused.status == 422
    assert "baris 1, kolom harga_rupiah" in refused.text


async def test_an_exception_is_proposed_by_one_and_approved_by_another(offices: Offices) -> None:
    ask = await offices.first.open("/kantor/pengecualian")
    begins, ends = wib.day(now()) + timedelta(days=2), wib.day(now()) + timedelta(days=3)
    form = ask.form("/usul")
    done = await offices.first.send(
        ask,
        "/usul",
        bank=CEMARA,
        jenis=next(value for value, _ in form.options["jenis"] if value.startswith("K02")),
        harga="3.210",
        mulai=f"{begins}T08:00",
        sampai=f"{ends}T08:00",
        alasan="Hari kebersihan",
    )
    assert "Orang kedua perlu menyetujuinya" in done.text
    listed = await offices.first.open(f"/kantor/pengecualian?keadaan=proposed&bank={CEMARA}")
    path = f"/kantor/pengecualian/{form.fields['pengecualian']}"
    assert path in listed.links
    refused = await offices.first.send_and_mean_it(
        await offices.first.open(path), "/setujui", alasan="Saya sendiri"
    )
    assert refused.status in {403, 409}
    approved = await offices.second.send_and_mean_it(
        await offices.second.open(path), "/setujui", alasan="Sesuai"
    )
    assert "Disetujui" in approved.text
    ended = await offices.second.send_and_mean_it(approved, "/akhiri", alasan="Batal dilaksanakan")
    assert "Diakhiri" in ended.text
    assert not ended.forms[-1].action.endswith("/akhiri")


async def _propose_for(office: Office, who: Neighbour, ending: str, **typed: str) -> str:
    """Propose an exception out of a member's page, holding from a moment ago until tomorrow; returns its page."""
    member = await office.open(f"/kantor/nasabah/{who.id}")
    ask = await office.open(member.link("/kantor/pengecualian?"))
    form = ask.form(ending)
    assert form.fields["nasabah"] == who.code
    assert form.fields["bank"] == who.bank
    begins = now().astimezone(WIB) - timedelta(minutes=2)
    ends = begins + timedelta(days=1)
    typed |= {"mulai": f"{begins:%Y-%m-%dT%H:%M}", "sampai": f"{ends:%Y-%m-%dT%H:%M}"}
    done = await office.send(ask, ending, alasan="Kerja bakti warga", **typed)
    assert "Orang kedua perlu menyetujuinya" in done.text
    return f"/kantor/pengecualian/{form.fields['pengecualian']}"


async def test_a_deduction_is_lowered_for_one_member_and_the_wallet_has_the_difference(
    town: Town, offices: Offices
) -> None:
    favoured, other = [await town.resident(name) for name in ("Tanpa Potongan", "Seperti Biasa")]
    ask = await offices.first.open("/kantor/pengecualian")
    part = ask.form("/usul-potongan").options["potongan"][0][0]
    unreadable = await offices.first.send(ask, "/usul-potongan", potongan=part, persen="separuh")
    assert unreadable.status == 422
    assert "bukan persen bulat" in unreadable.text
    page = await _propose_for(offices.first, favoured, "/usul-potongan", potongan=part, persen="0")
    seen = await offices.second.open(page)
    assert "Tanpa Potongan" in seen.text
    approved = await offices.second.send_and_mean_it(seen, "/setujui", alasan="Sesuai")
    assert "Disetujui" in approved.text
    sent = []
    for who in (favoured, other):
        weighing = town.weighing(who, [("K02", "bersih", 10_000)])
        await town.stage.tablets[MAIN_BANK].send(weighing)
        sent.append(weighing)
    await town.books.until_balance(other.id, sent[1].net_rupiah)
    worth = await until(lambda: town.stage.desk.valuation(sent[0].id), "the deposit is valued", 30)
    assert part not in {each["beneficiary"] for each in worth["deductions"] if each["amount_rupiah"]}
    assert worth["net_rupiah"] > sent[1].net_rupiah
    await town.books.until_balance(favoured.id, worth["net_rupiah"])


async def test_a_price_is_proposed_for_one_member_and_stands_on_the_list_with_their_name(
    town: Town, offices: Offices
) -> None:
    who = await town.resident("Harga Khusus")
    page = await _propose_for(offices.first, who, "/usul", jenis="K02 bersih", harga="4.321")
    listed = await offices.first.open(f"/kantor/pengecualian?keadaan=proposed&bank={MAIN_BANK}")
    assert page in listed.links
    assert "Harga Khusus" in listed.text
    valuation = town.stage.door("valuation", town.stage.tokens[town.stage.desk.person.code])
    found = await valuation.get("/v1/price-exceptions", waste_bank_id=MAIN_BANK, state="proposed", limit=200)
    (told,) = [each for each in found["exceptions"] if each["exception_id"] == page.rsplit("/", 1)[1]]
    assert (told["member_id"], told["price_rupiah"]) == (str(who.id), 4_321)
    ask = await offices.first.open("/kantor/pengecualian")
    unknown = await offices.first.send(ask, "/usul", nasabah="XX-999", harga="4.321", alasan="Uji")
    assert unknown.status == 404
    assert "Tidak ada nasabah seperti itu" in unknown.text


async def test_passbooks_are_looked_at_proposed_and_posted_by_a_second_person(
    town: Town, offices: Offices
) -> None:
    who = await town.resident("Buku Lama")
    yesterday = (wib.day(now()) - timedelta(days=1)).isoformat()
    ask = await offices.first.open("/kantor/buku")
    wrong = f"id_nasabah;saldo_rupiah;per_tanggal\n{who.id};banyak;{yesterday}\n"
    seen = await offices.first.send_file(ask, "/pratinjau", "berkas", wrong.encode(), bank=MAIN_BANK)
    assert "Kesalahan dalam berkas" in seen.text
    assert not seen.offers("/usul")
    right = f"id_nasabah;saldo_rupiah;per_tanggal\n{who.id};75000;{yesterday}\n"
    seen = await offices.first.send_file(ask, "/pratinjau", "berkas", right.encode(), bank=MAIN_BANK)
    refused = await offices.first.send(seen, "/usul", jumlah="70.000")
    assert refused.status in {409, 422}
    proposed = await offices.first.send(seen, "/usul", jumlah="75.000")
    assert "Orang kedua perlu menyetujuinya" in proposed.text
    own = await offices.first.send_and_mean_it(proposed, "/bukukan")
    assert own.status in {403, 409}
    page = await offices.second.open(proposed.path.partition("?")[0])
    assert "Buku Lama" in page.text
    done = await offices.second.send_and_mean_it(page, "/bukukan")
    assert "Dibukukan" in done.text
    await town.books.until_balance(who.id, 75_000)


async def test_a_change_of_the_float_is_booked_once_however_often_it_is_sent(
    town: Town, offices: Offices
) -> None:
    before = await town.stage.desk.booked_float()
    ask = await offices.first.open("/kantor/dana")
    filled = {"macam": "top_up", "jumlah": "250.000", "alasan": "Transfer uji"}
    for _ in range(2):
        done = await offices.first.send_and_mean_it(ask, "/catat", **filled)
        assert "Tercatat." in done.text

    async def booked() -> bool:
        return await town.stage.desk.booked_float() == before + 250_000

    await until(booked, "the top-up is in the ledger once", 30)
    trail = await offices.first.open(done.link("/kantor/riwayat?subjek="))
    assert "Transfer uji" in trail.text


async def test_cash_is_brought_to_a_box_and_seen_on_its_day(offices: Offices) -> None:
    ask = await offices.first.open("/kantor/kas")
    done = await offices.first.send_and_mean_it(
        ask, "/catat", penyedia=f"counter:{CEMARA}", macam="top_up", jumlah="40000", alasan="Kas awal uji"
    )
    assert "Tercatat." in done.text
    box = await offices.first.open(done.link(f"/kantor/kas/{CEMARA}"))
    assert "Masuk" in box.text
    assert "Rp" in box.text
    unreadable = await offices.first.send(
        ask, "/catat", penyedia=f"counter:{CEMARA}", macam="top_up", jumlah="banyak", alasan="x"
    )
    assert unreadable.status == 422


async def test_the_float_is_the_whole_regency_s(offices: Offices) -> None:
    home = await offices.local.open("/kantor")
    assert home.status == 200
    assert (await offices.local.open("/kantor/dana")).status == 403
    assert "Lubuk Pakam" in (await offices.local.open("/kantor/kewajiban")).text


async def test_what_is_owed_and_how_far_sub_districts_are_is_read_by_the_environment_office(
    offices: Offices,
) -> None:
    owed = await offices.reader.open("/kantor/kewajiban")
    assert "Saldo nasabah" in owed.text
    rollout = await offices.reader.open("/kantor/kecamatan")
    listed = [link for link in rollout.links if link.startswith("/kantor/kecamatan/")]
    assert len(listed) == 22
    # The one that is open stands first, and says how far it is.
    assert listed[0] == "/kantor/kecamatan/12.07.28"
    assert re.search(r"\b\d+ dari 300\d{1,4}%", rollout.text)
    assert "Halaman ini hanya untuk dibaca" in rollout.text
    one = await offices.reader.open("/kantor/kecamatan/12.07.28")
    assert "Buka" in one.text
    assert re.search(r"Nasabah triwulan ini\s+\d+ dari 300", one.text)
    assert (await offices.reader.open("/kantor/kecamatan/99.99.99")).status == 404


async def _close_a_day(town: Town, bank: str, day: str) -> dict[str, Any]:
    """Sign a day off as the bank's operator does, with 700 g more than the book says."""
    deposit = town.stage.door("deposit", town.stage.tokens[bank])
    book = await deposit.get("/v1/closings/preview", waste_bank_id=bank, on=day)
    closing = {
        "closing_id": str(uuid7()),
        "waste_bank_id": bank,
        "on": day,
        "classes": [{"waste_class": "paper", "counted_grams": 700}],
        "cash_counted_rupiah": book["cash_booked_rupiah"],
        "note": "Hitungan uji",
    }
    closed: dict[str, Any] = await deposit.post("/v1/closings", closing, expect={200, 201, 409})
    return closed


async def test_a_closed_day_is_opened_again_with_a_reason_and_counted_once_more(
    town: Town, offices: Offices
) -> None:
    # A day long ago on which nobody else's test has weighed.
    day = (wib.day(now()) - timedelta(days=100 + uuid7().int % 2_000)).isoformat()
    closed = await _close_a_day(town, TANJUNG_GARBUS, day)
    twice = await _close_a_day(town, TANJUNG_GARBUS, day)
    assert twice["code"] == "closing_day_already_closed"
    listed = await offices.first.open(f"/kantor/penutupan?bank={TANJUNG_GARBUS}&hari={day}")
    seen = await offices.first.open(listed.link(f"/kantor/penutupan/{TANJUNG_GARBUS}/"))
    assert closed["closing_id"] in seen.path
    assert "0,7 kg" in seen.text
    done = await offices.first.send(seen, "/buka", alasan="Karung kedua terlupa")
    assert "Hari itu dapat ditutup sekali lagi." in done.text
    assert not done.offers("/buka")
    deposit = town.stage.door("deposit", town.stage.tokens[town.stage.desk.person.code])
    page = await deposit.get("/v1/closings", waste_bank_id=TANJUNG_GARBUS, on=day)
    (told,) = page["closings"]
    assert told["reopened_at"] is not None
    assert told["reopen_reason"] == "Karung kedua terlupa"
    again = await _close_a_day(town, TANJUNG_GARBUS, day)
    assert again["replaces_closing_id"] == closed["closing_id"]


async def test_stock_and_closings_are_read_by_waste_bank(offices: Offices) -> None:
    for path in ("/kantor/stok", "/kantor/penutupan"):
        seen = await offices.first.open(f"{path}?bank={MAIN_BANK}")
        assert seen.status == 200
        assert "Bank Sampah Induk Lubuk Pakam" in seen.text
