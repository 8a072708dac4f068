"""What else a tablet records: voids, corrections, bags, class lists, closings, an exported queue, practice."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.demo.cast import MAIN_BANK
from tests.demo.doors import Door
from tests.demo.hands import Neighbour
from tests.web.books import Books
from tests.web.browsing import TABLET
from tests.web.conftest import Handheld, OpenDevice
from tests.web.cutter import Line
from tests.web.tablet import Tablet
from tests.web.town import Town
from tests.web.wording import t

pytestmark = pytest.mark.timeout(240)
CARDBOARD = ("K02", "bersih", "2,5")
MORE = ("P05", "bersih", "1,5")
OTHER_BANK = "lubuk-pakam-cemara"
PASSPHRASE = "kain perca merah jambu"
TEN_MINUTES_MS = 600_000


async def test_a_deposit_is_voided_and_another_corrected_without_a_signal(
    town: Town, books: Books, tablet_page: Handheld
) -> None:
    wrong, improved = await town.residents(2)
    tablet = await Tablet.ready(tablet_page, town)
    tablet_page.line.become(Line.HANGS_UP)
    void_of = await tablet.weigh(wrong, [CARDBOARD])
    await tablet.go("perbaiki", void_of)
    await tablet.page.get_by_role("radio", name=t("petugas.perbaiki.ganda"), exact=True).check()
    await tablet.page.get_by_role("button", name=t("petugas.perbaiki.batalkan")).click()
    await tablet.until_rows(lambda rows: any(row["kind"] == "void" for row in rows), "the void is saved")
    first = await tablet.weigh(improved, [CARDBOARD])
    await tablet.go("perbaiki", first)
    await tablet.page.get_by_role("button", name=t("petugas.perbaiki.isi")).click()
    await tablet.mark("cari-barang").wait_for()
    await tablet.put(*MORE)
    second = await tablet.save()
    tablet_page.line.become(Line.GOOD)
    await tablet.until_sent()
    await books.until_balance(improved.id, town.net_rupiah(improved, [CARDBOARD, MORE]))
    states = {each["deposit_id"]: each for each in await books.deposits(improved.id, improved.bank)}
    assert states[first]["state"] == "voided"
    assert states[second]["replaces_deposit_id"] == first
    await tablet.go("riwayat")
    await tablet.page.get_by_text(t("petugas.riwayat.jumlah", n=1), exact=True).wait_for()
    told = {
        str(await row.get_attribute("href")): await row.locator(".lencana").inner_text()
        for row in await tablet.page.locator('a[href*="#/struk/"]').all()
    }
    assert {link.rsplit("/", 1)[1]: words for link, words in told.items()} == {
        void_of: t("petugas.status.dibatalkan"),
        first: t("petugas.status.diganti"),
        second: t("petugas.status.terkirim"),
    }
    assert await books.settle(wrong.id) == 0
    (voided,) = await books.deposits(wrong.id, wrong.bank)
    assert voided["state"] == "voided"


async def test_bags_are_labelled_now_and_weighed_later(
    town: Town, books: Books, tablet_page: Handheld
) -> None:
    resident = await town.resident()
    tablet = await Tablet.ready(tablet_page, town)
    tablet_page.line.become(Line.HANGS_UP)
    await tablet.go("karung", "baru")
    await _pick(tablet, resident)
    label = f"UJI-{resident.code[-4:].upper()}"
    await tablet.mark("label").fill(label)
    await tablet.page.get_by_role("button", name=t("petugas.karung.simpan", n=1)).click()
    row = tablet.mark("karung").get_by_role("listitem").filter(has_text=label)
    await row.wait_for()
    await row.get_by_role("button", name=t("petugas.karung.timbang"), exact=True).click()
    await tablet.put(*CARDBOARD)
    deposit = await tablet.save()
    tablet_page.line.become(Line.GOOD)
    await tablet.until_sent()
    (bag,) = await tablet.rows("bag")
    (saved,) = await tablet.rows("deposit")
    assert (bag["state"], saved["state"], saved["code"]) == ("recorded", "recorded", None)
    assert saved["deposit"]["bag_ids"] == [bag["id"]]
    assert bag["id"] not in {each["bag_id"] for each in await _bags(town)}
    assert (await books.until_credited([deposit])).once == 1
    await tablet.go("karung")
    await tablet.page.get_by_role("heading", level=1).wait_for()
    assert await row.count() == 0


async def test_a_class_hands_in_one_list(town: Town, books: Books, tablet_page: Handheld) -> None:
    pupils = await town.residents(3)
    tablet = await Tablet.ready(tablet_page, town)
    await tablet.offline()
    await tablet.go("rombongan")
    await tablet.page.get_by_role("button", name=t("petugas.rombongan.tambah_kolom")).click()
    await tablet.mark("cari-barang").fill("K02")
    await tablet.mark("barang-K02/bersih").click()
    for number, pupil in enumerate(pupils):
        await _pick(tablet, pupil)
        await tablet.page.locator("table.tabel tbody input").nth(number).fill(f"{number + 1},5")
    await tablet.page.get_by_role("button", name=t("petugas.rombongan.simpan", n=len(pupils))).click()
    await tablet.page.get_by_text(t("petugas.rombongan.tersimpan"), exact=True).wait_for()
    rows = await tablet.rows("deposit")
    assert [row["state"] for row in rows] == ["waiting"] * len(pupils)
    await tablet.online()
    await tablet.until_sent()
    for number, pupil in enumerate(pupils):
        line = ("K02", "bersih", f"{number + 1},5")
        await books.until_balance(pupil.id, town.net_rupiah(pupil, [line]))


async def test_an_exported_queue_is_sent_by_another_tablet(
    town: Town, books: Books, open_device: OpenDevice, tmp_path: Path
) -> None:
    resident = await town.resident()
    dying = await Tablet.ready(await open_device(TABLET, own_line=True), town)
    await dying.offline()
    known = await dying.weigh(resident, [CARDBOARD])
    await dying.go("daftar")
    await dying.mark("nama").fill("Berkas Uji")
    await dying.mark("simpan-nasabah").click()
    await dying.until_rows(lambda rows: any(row["kind"] == "enrolment" for row in rows), "she is enrolled")
    (enrolment,) = await dying.rows("enrolment")
    await dying.go("setelan")
    await dying.mark("sandi-ekspor").fill(PASSPHRASE)
    async with dying.page.expect_download() as downloading:
        await dying.page.get_by_role("button", name=t("petugas.ekspor.simpan"), exact=True).click()
    file = tmp_path / "antrean.tmbx"
    await (await downloading.value).save_as(file)
    assert b"Berkas Uji" not in file.read_bytes()

    taker = await Tablet.ready(await open_device(TABLET, own_line=True), town, operator=town.operator(2))
    await taker.go("pulihkan")
    await taker.page.get_by_text(t("petugas.pulihkan.berkas"), exact=True).click()
    await taker.page.locator("#berkas").set_input_files(file)
    words = taker.page.locator("details").get_by_label(t("petugas.ekspor.sandi"))
    take = taker.page.get_by_role("button", name=t("petugas.pulihkan.masukkan_berkas"), exact=True)
    await words.fill("kain perca merah")
    await take.click()
    await taker.page.get_by_text(t("petugas.pulihkan.sandi_salah")).wait_for()
    assert await taker.rows() == []
    await words.fill(PASSPHRASE)
    await take.click()
    rows = await taker.until_rows(lambda rows: len(rows) == 2, "the file is taken in")
    rows = await taker.until_sent()
    assert {row["id"] for row in rows} == {known, enrolment["id"]}
    await books.until_balance(resident.id, town.net_rupiah(resident, [CARDBOARD]))
    (stored,) = await books.deposits(resident.id, resident.bank)
    assert stored["recorder_id"] == str(dying.operator.id)
    async with Door(town.stage.addresses["identity"], town.stage.tokens[MAIN_BANK]) as identity:
        assert (await identity.get(f"/v1/members/{enrolment['id']}"))["name"] == "Berkas Uji"


async def test_practice_is_never_sent(town: Town, tablet_page: Handheld) -> None:
    tablet = await Tablet.ready(tablet_page, town)
    await tablet.page.get_by_role("button", name=t("petugas.latihan.mulai")).click()
    await tablet.page.get_by_role("button", name=t("petugas.latihan.selesai")).wait_for()
    said = await tablet.sentence()
    await tablet.go("timbang")
    await tablet.mark("cari-anggota").fill("Ibu Latihan")
    await tablet.mark("hasil-cari").locator("button").first.click()
    await tablet.put(*CARDBOARD)
    await tablet.save()
    assert await tablet.sentence() == said
    assert await tablet.rows() == []
    await tablet.page.get_by_role("button", name=t("petugas.latihan.selesai")).click()
    await tablet.page.wait_for_function(
        "async () => !(await indexedDB.databases()).some(each => each.name === 'timbang-latihan')"
    )
    assert not [each for each in tablet_page.line.exchanges if each.request.path.endswith(":batch")]


async def test_a_wrong_clock_is_measured_and_never_refused(
    town: Town, books: Books, tablet_page: Handheld
) -> None:
    resident = await town.resident()
    tablet = await Tablet.ready(tablet_page, town, shift_ms=-TEN_MINUTES_MS)
    await tablet.weigh(resident, [CARDBOARD])
    (row,) = await tablet.until_sent()
    assert abs(row["clock_offset_ms"] + TEN_MINUTES_MS) < 10_000
    await books.until_balance(resident.id, town.net_rupiah(resident, [CARDBOARD]))
    (stored,) = await books.deposits(resident.id, resident.bank)
    assert abs(stored["clock_offset_ms"] + TEN_MINUTES_MS) < 10_000


async def test_a_day_is_closed_once_and_again_when_it_was_opened(town: Town, tablet_page: Handheld) -> None:
    # On a system that runs for longer somebody may have closed it before.
    await _open_day(town)
    tablet = await Tablet.ready(tablet_page, town, operator=town.operator(3), bank=OTHER_BANK)
    await tablet.go("tutup-hari")
    for closed in (1, 2):
        await tablet.mark("hitung-uang").fill("0")
        await tablet.mark("tutup-hari").click()
        await tablet.until_rows(partial(_all_recorded, closed), "the day is closed")
        # Nobody counts for nothing: what cannot be sent is not asked for.
        await tablet.go("tutup-hari")
        await tablet.page.get_by_text(t("petugas.tutup.sudah")).wait_for()
        assert await tablet.mark("hitung-uang").count() == 0
        await tablet.go("")
        assert await _open_day(town) == 1
        await tablet.go("tutup-hari")


def _all_recorded(wanted: int, rows: Sequence[dict[str, Any]]) -> bool:
    return [row["state"] for row in rows] == ["recorded"] * wanted


async def _open_day(town: Town) -> int:
    """Let the programme open whatever is closed; returns how many closings stood."""
    closings: Sequence[dict[str, Any]] = (await _deposit(town, OTHER_BANK, "/v1/closings", OTHER_BANK))[
        "closings"
    ]
    standing = [each["closing_id"] for each in closings if each["reopened_at"] is None]
    programme = town.stage.door("deposit", town.stage.tokens[town.programme().code])
    for closing_id in standing:
        await programme.post(f"/v1/closings/{closing_id}:reopen", {"reason": "Dihitung sekali lagi"})
    return len(standing)


async def _pick(tablet: Tablet, who: Neighbour) -> None:
    await tablet.mark("cari-anggota").fill(who.code)
    await tablet.mark("hasil-cari").locator("button").first.click()


async def _bags(town: Town) -> list[dict[str, Any]]:
    return list((await _deposit(town, MAIN_BANK, "/v1/bags", MAIN_BANK))["bags"])


async def _deposit(town: Town, bank: str, path: str, of: str) -> dict[str, Any]:
    async with Door(town.stage.addresses["deposit"], town.stage.tokens[bank]) as deposit:
        answer: dict[str, Any] = await deposit.get(path, waste_bank_id=of)
    return answer
