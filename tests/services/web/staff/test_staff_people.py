"""Members, cards, merges, forgotten PINs, staff and tablets, as the office looks after them."""

import json
import re

import httpx
import pytest

from tests.demo.cast import CEMARA, MAIN_BANK
from tests.demo.hands import Neighbour
from tests.services.web.staff.conftest import Offices
from tests.services.web.staff.office import Office, Seen
from tests.web.town import Town

NEW_PIN = "730518"


async def _page_of(office: Office, who: Neighbour) -> Seen:
    return await office.open(f"/kantor/nasabah/{who.id}")


@pytest.mark.parametrize("by", ["code", "phone", "card"])
async def test_a_member_is_found_by_what_they_can_show(town: Town, offices: Offices, by: str) -> None:
    who = await town.resident("Dicari Orang", phone=town.new_phone())
    text = {"code": who.code, "phone": who.phone, "card": who.card["number"]}[by]
    ask = await offices.first.open("/kantor/nasabah")
    seen = await offices.first.send(ask, "/cari", cari=str(text))
    assert seen.path == f"/kantor/nasabah/{who.id}", seen.text
    assert "Dicari Orang" in seen.text


async def test_a_card_whose_number_begins_like_a_phone_is_found(town: Town, offices: Offices) -> None:
    who = await town.resident("Kartu Mirip Telepon")
    programme = town.stage.door("identity", town.stage.tokens[town.programme().code])
    alike: list[str] = []
    while not alike:  # two of a hundred begin so
        blank = await programme.post("/v1/cards:allot", {"waste_bank_id": who.bank, "count": 100}, expect=201)
        alike = [each["number"] for each in blank["cards"] if each["number"].startswith(("08", "62"))]
    given = {"card_number": alike[0], "reason": "damaged"}
    await programme.post(f"/v1/cards/{who.card['card_id']}:replace", given, expect=201)
    ask = await offices.first.open("/kantor/nasabah")
    seen = await offices.first.send(ask, "/cari", cari=alike[0])
    assert seen.path == f"/kantor/nasabah/{who.id}", seen.text


async def test_nobody_found_is_said_in_words(offices: Offices) -> None:
    ask = await offices.first.open("/kantor/nasabah")
    seen = await offices.first.send(ask, "/cari", cari="LP-999999")
    assert "Tidak ada nasabah seperti itu" in seen.text


async def test_members_of_a_waste_bank_are_listed(town: Town, offices: Offices) -> None:
    who = await town.resident("Warga Cemara", bank=CEMARA)
    assert await offices.first.look_for(f"/kantor/nasabah?bank={CEMARA}", f"/kantor/nasabah/{who.id}")


async def test_a_member_moves_and_the_reason_stands_in_the_audit(town: Town, offices: Offices) -> None:
    who = await town.resident("Pindah Rumah")
    seen = await _page_of(offices.first, who)
    done = await offices.first.send(seen, "/pindah", bank=CEMARA, alasan="Pindah ke Cemara")
    assert "Sudah pindah." in done.text
    trail = await offices.first.open(done.link("/kantor/riwayat"))
    assert "Pindah ke Cemara" in trail.text
    assert "Anda" in trail.text


async def test_a_name_is_changed_and_the_phone_stays(town: Town, offices: Offices) -> None:
    who = await town.resident("Salah Eja", phone=town.new_phone())
    seen = await _page_of(offices.first, who)
    done = await offices.first.send(seen, "/ubah", nama="Benar Eja", alasan="Menurut KTP")
    assert "Benar Eja" in done.text
    masked = re.search(r"0812\S+|\+?62\S+", seen.text)
    assert masked is not None
    assert masked[0] in done.text


async def test_a_card_is_replaced_and_what_stands_on_it_is_shown_once(town: Town, offices: Offices) -> None:
    who = await town.resident("Kartu Hilang")
    seen = await _page_of(offices.first, who)
    card = await offices.first.send_and_mean_it(seen, "/ganti-kartu", sebab="lost")
    assert "<svg" in card.html
    number = re.search(r"\d{4} \d{4} \d{4}", card.text)
    assert number is not None
    assert number[0].replace(" ", "") != who.card["number"]
    assert card.headers["cache-control"] == "no-store"
    again = await _page_of(offices.first, who)
    assert number[0].replace(" ", "") in again.text
    assert "Kode kartu" not in again.text


async def test_a_merge_needs_a_second_person(town: Town, offices: Offices) -> None:
    one = await town.resident("Dua Daftar", rupiah=20_000)
    two = await town.resident("Dua Daftar", rupiah=10_000)
    together = await town.books.balance(one.id) + await town.books.balance(two.id)
    seen = await _page_of(offices.first, one)
    proposed = await offices.first.send(seen, "/usul-gabung", tetap=two.code, alasan="KTP sama")
    assert "Orang kedua perlu menyetujuinya" in proposed.text
    merge = await _merge_of(offices.first, one)
    refused = await offices.first.send_and_mean_it(merge, "/gabung")
    assert refused.status in {403, 409}
    assert "Belum dilakukan" in refused.text
    merge = await _merge_of(offices.second, one)
    done = await offices.second.send_and_mean_it(merge, "/gabung", alasan="Sudah dilihat")
    assert "sudah menjadi satu" in done.text
    await town.books.until_balance(two.id, together)
    assert "Sudah digabung" in (await _page_of(offices.second, one)).text


async def _merge_of(office: Office, who: Neighbour) -> Seen:
    listed = await office.open("/kantor/gabung")
    ids = [link.rsplit("/", 1)[1] for link in listed.links if link.startswith("/kantor/gabung/")]
    for merge_id in reversed(ids):
        seen = await office.open(f"/kantor/gabung/{merge_id}")
        if f"/kantor/nasabah/{who.id}" in seen.links:
            return seen
    raise AssertionError(listed.text)


async def test_a_member_with_credit_is_not_forgotten_one_without_is(town: Town, offices: Offices) -> None:
    rich = await town.resident("Masih Bersaldo", rupiah=5_000)
    kept = await offices.first.send_and_mean_it(
        await _page_of(offices.first, rich), "/hapus", alasan="Atas permintaan sendiri"
    )
    assert kept.status == 409
    assert "Masih Bersaldo" in kept.text
    poor = await town.resident("Ingin Keluar")
    gone = await offices.first.send_and_mean_it(
        await _page_of(offices.first, poor), "/hapus", alasan="Atas permintaan sendiri"
    )
    assert "sudah dilupakan" in gone.text
    assert (await _page_of(offices.first, poor)).status == 404


def _one_time_code(made: Seen) -> str:
    found = re.search(r'data-uji="kode-sekali">([^<]+)<', made.html)
    assert found is not None, made.text
    assert made.headers["cache-control"] == "no-store"
    return found[1]


async def test_a_forgotten_pin_is_opened_by_one_and_confirmed_by_another(
    town: Town, offices: Offices, running: dict[str, dict[str, str]]
) -> None:
    who = await town.resident("Lupa Pin")
    seen = await _page_of(offices.first, who)
    opened = await offices.first.send(seen, "/pin/buka", alasan="Dikenal petugas, membawa kartu")
    assert who.code in opened.text
    listed = await offices.second.open("/kantor/pin")
    request = listed.form("/pin/setuju").option("permintaan", who.code)
    made = await offices.second.send(listed, "/pin/setuju", permintaan=request)
    code = _one_time_code(made)
    stranger = Office(running["addresses"]["web"])
    ask = await stranger.open("/kantor/pilih-pin")
    wrong = await stranger.send(ask, "/pilih-pin", kode=who.code, sekali=code, pin=NEW_PIN, pin2="730519")
    assert "Kedua PIN tidak sama" in wrong.text
    done = await stranger.send(ask, "/pilih-pin", kode=who.code, sekali=code, pin=NEW_PIN, pin2=NEW_PIN)
    assert "PIN baru berlaku." in done.text
    await stranger.close()


async def test_a_colleague_is_hired_moved_and_ended(
    town: Town, offices: Offices, running: dict[str, dict[str, str]]
) -> None:
    code = f"DLH-{town.new_phone()[-4:]}"
    ask = await offices.first.open("/kantor/petugas")
    made = await offices.first.send(
        ask, "/terima", peran="office", kode=code, nama="Orang Baru", wilayah=["kec:12.07.28"]
    )
    once = _one_time_code(made)
    own = Office(running["addresses"]["web"])
    gate = await own.open("/kantor/pilih-pin")
    await own.send(gate, "/pilih-pin", kode=code, sekali=once, pin=NEW_PIN, pin2=NEW_PIN)
    assert (await own.enter(code, NEW_PIN)).path == "/kantor"
    assert "/kantor/harga" in (await own.open("/kantor")).html
    page = await offices.first.open(made.link("/kantor/petugas/"))
    moved = await offices.first.send(page, "/pindah", wilayah=["kab:12.07"], alasan="Tugas sekabupaten")
    assert "Deli Serdang" in moved.text
    ended = await offices.first.send_and_mean_it(moved, "/akhiri", alasan="Pindah dinas")
    assert "Berakhir" in ended.text
    assert not ended.offers("/pindah")
    await own.close()


async def test_a_tablet_is_registered_by_qr_set_up_and_revoked(
    town: Town, offices: Offices, running: dict[str, dict[str, str]]
) -> None:
    name = f"UJI-{town.new_phone()[-5:]}"
    ask = await offices.first.open("/kantor/tablet")
    made = await offices.first.send(ask, "/daftar", nama=name, bank=MAIN_BANK)
    assert "<svg" in made.html
    assert made.headers["cache-control"] == "no-store"
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{5}-[A-Z0-9]{5}", made.text)
    assert code is not None
    listed = await offices.first.look_for("/kantor/tablet", name)
    assert listed is not None
    assert "Belum dipasang" in listed.text
    async with httpx.AsyncClient(base_url=running["addresses"]["identity"], trust_env=False) as identity:
        own = (await identity.post("/v1/tablets:enrol", json={"code": code[0]})).json()
    page = await offices.first.open(f"/kantor/tablet/{own['tablet_id']}")
    done = await offices.first.send_and_mean_it(page, "/cabut", alasan="Hilang di angkot")
    assert "Tablet dicabut." in done.text
    assert not done.offers("/cabut")


async def test_a_copy_of_what_is_kept_about_a_member_is_taken_along(town: Town, offices: Offices) -> None:
    who = await town.resident("Minta Salinan", rupiah=2_000)
    never_weighed = await town.resident("Belum Menyetor")
    seen = await _page_of(offices.first, who)
    page = await offices.first.open(seen.link(f"/kantor/nasabah/{who.id}/salinan"))
    file = await offices.first.open(page.link(f"/kantor/nasabah/{who.id}/salinan.json"))
    assert file.headers["cache-control"] == "no-store"
    kept = json.loads(file.html)
    assert set(kept) == {"identitas", "setoran", "saldo", "penukaran"}
    assert "Minta Salinan" in json.dumps(kept["identitas"])
    assert kept["saldo"] is not None
    tables = await offices.first.open(page.link(f"/kantor/nasabah/{who.id}/salinan.zip"))
    assert tables.headers["content-type"] == "application/zip"
    assert (await offices.first.open(f"/kantor/nasabah/{never_weighed.id}/salinan.zip")).status == 200
    assert (await offices.reader.open(f"/kantor/nasabah/{who.id}/salinan.json")).status == 403


async def test_the_environment_office_reads_and_decides_nothing(offices: Offices) -> None:
    tablets = await offices.reader.open("/kantor/tablet")
    assert tablets.status == 200
    assert not tablets.offers("/daftar")
    # Somebody signed in on them, and that is no report.
    silent = [row for row in tablets.html.split("<tr")[1:] if "Belum pernah melapor" in row]
    assert silent
    assert not any("WIB" in row for row in silent)
    assert not (await offices.reader.open("/kantor/petugas")).offers("/terima")
    assert (await offices.reader.open("/kantor/ditahan")).status == 403
    home = await offices.reader.open("/kantor")
    assert "hanya dibuka oleh pengelola program" in home.text
    assert "/kantor/ditahan" not in home.links
    assert "/kantor/nasabah" not in home.links


async def test_operators_and_residents_do_not_get_in_and_a_wrong_pin_is_said(
    town: Town, running: dict[str, dict[str, str]]
) -> None:
    stranger = Office(running["addresses"]["web"])
    operator = town.operator(1)
    refused = await stranger.enter(operator.code, operator.pin)
    assert refused.status in {401, 403}
    wrong = await stranger.enter(town.programme(2).code, "000001")
    assert wrong.status == 401
    assert "PIN" in wrong.text
    away = await stranger.open("/kantor/harga?bank=lubuk-pakam-induk")
    assert away.path.startswith("/kantor/masuk?ke=")
    await stranger.close()


async def test_the_office_speaks_english_to_whoever_asks(
    town: Town, running: dict[str, dict[str, str]]
) -> None:
    english = await Office.of(running["addresses"]["web"], town.programme(2), "en")
    home = await english.open("/kantor")
    assert "Work list" in home.text
    assert (await english.open("/kantor/kewajiban")).status == 200
    await english.close()
