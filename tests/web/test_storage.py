"""A thief has the device, or reads the logs: no name, phone or address is there in clear."""

import pytest

from tests.verify import canary
from tests.web.browsing import PHONE, TABLET
from tests.web.conftest import OpenDevice, Running
from tests.web.hoard import hoard
from tests.web.signing_in import make_known, sign_in_resident
from tests.web.tablet import Tablet
from tests.web.town import PAID_ITEM, Town
from tests.web.wording import t


def leaks(kept: list[tuple[str, str]]) -> list[str]:
    """Where the canary's particulars stand."""
    return [f"{what} in {where}" for where, text in kept for what in canary.found_in(text.encode())]


@pytest.fixture(autouse=True)
def _logs_hold_nobody(system: Running) -> object:
    """Whatever a test here did: afterwards no log holds the canary."""
    yield
    found = [
        f"{what} in {log.name}"
        for log in sorted(system.logs.glob("*.log"))
        for what in canary.found_in(log.read_bytes())
    ]
    assert not found, found


async def test_a_stolen_tablet_tells_no_names(town: Town, open_device: OpenDevice) -> None:
    known = await town.resident(canary.NAME, phone=canary.PHONE, address=canary.ADDRESS)
    tablet = await Tablet.ready(await open_device(TABLET, own_line=True), town)
    await tablet.offline()
    await tablet.choose(known)
    assert canary.NAME in await tablet.page.content()
    await tablet.put(*PAID_ITEM, "2,5")
    await tablet.save()
    await _enrol(tablet)
    kept = await hoard(tablet.page)
    # What is searched is there at all: the member's id is, and need not be hidden.
    assert any(str(known.id) in text for _, text in kept)
    assert not leaks(kept), leaks(kept)
    assert not any(known.pin in text or tablet.operator.pin in text for _, text in kept)
    await tablet.lock()
    assert not list(canary.found_in((await tablet.page.content()).encode()))
    await tablet.online()


async def _enrol(tablet: Tablet) -> None:
    """A new resident without a signal, with everything that the canary is searched by."""
    await tablet.go("daftar")
    await tablet.mark("nama").fill(canary.NAME)
    await tablet.mark("telepon").fill(canary.PHONE)
    await tablet.page.locator("summary").get_by_text(t("petugas.daftar.alamat_judul")).click()
    await tablet.page.get_by_label(t("petugas.daftar.alamat"), exact=False).last.fill(canary.ADDRESS)
    await tablet.mark("simpan-nasabah").click()
    await tablet.until_rows(
        lambda rows: any(row["kind"] == "enrolment" for row in rows), "the enrolment is written down"
    )


async def test_a_found_phone_tells_no_names(town: Town, open_device: OpenDevice) -> None:
    resident = await town.resident(canary.NAME, phone=canary.PHONE, rupiah=30_000, address=canary.ADDRESS)
    phone = await open_device(PHONE)
    await sign_in_resident(phone.page, resident)
    await make_known(phone.page, resident)
    for path in ("/", "/saldo", "/riwayat", "/data-saya", "/jemput"):
        await phone.page.goto(path)
    kept = await hoard(phone.page)
    assert not leaks(kept), leaks(kept)
    assert not any(resident.pin in text or resident.card["secret"] in text for _, text in kept)
    answer = await phone.page.goto("/saldo")
    assert answer is not None
    assert answer.headers["cache-control"] == "no-store"
