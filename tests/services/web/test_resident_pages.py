"""The resident's pages before a real identity while every other service is silent: nothing breaks, nothing leaks."""

import re
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest

from services.web.words import Words
from tests.demo.waiting import until
from tests.services.identity.seeded_stage import MEMBER, OTHER_MEMBER, PEOPLE, PINS
from tests.services.web.conftest import OpenSite
from tests.services.web.web_stage import ORIGIN, Site

HERE = {"Origin": ORIGIN}
# Nobody listens there: a service that is away.
AWAY = "http://127.0.0.1:9"
# Services ask identity every few seconds what was taken back.
REVOKED_SECONDS = 20
SAYS = Words.read()


@pytest.fixture
async def alone(open_site: OpenSite) -> AsyncIterator[Site]:
    """A site whose other services are away."""
    away = {f"{name}_URL": AWAY for name in ("DEPOSIT", "VALUATION", "WALLET", "PAYOUT", "ADOPTION")}
    async with open_site(**away) as opened:
        yield opened


def t(key: str) -> str:
    assert SAYS.has("id", key), key
    return SAYS.say("id", key)


def words(answer: httpx.Response) -> str:
    """What stands on a page, without its markup."""
    text = re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(text))


async def send(
    browser: httpx.AsyncClient, page: str, action: str | None = None, **fields: str
) -> httpx.Response:
    """Send a form of a page, as a browser does."""
    shown = await browser.get(page)
    found = re.search(r'name="csrf" value="([^"]+)"', shown.text)
    assert found is not None, shown.text
    return await browser.post(action or page, data={**fields, "csrf": found[1]}, headers=HERE)


async def signed_in(site: Site, member: str = MEMBER) -> httpx.AsyncClient:
    browser = site.browser()
    answer = await send(browser, "/", "/masuk", siapa=member, pin=PINS[member], ke="/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    return browser


async def known(site: Site, member: str = MEMBER) -> httpx.AsyncClient:
    browser = await signed_in(site, member)
    printed = {"kartu": PEOPLE[member]["card_number"], "kode": PEOPLE[member]["card_code"].lower()}
    answer = await send(browser, "/perangkat-baru?ke=/keamanan", **printed)
    assert (answer.status_code, answer.headers["location"]) == (303, "/keamanan")
    return browser


@pytest.mark.parametrize("way", ["code", "card_number", "phone"])
async def test_one_field_takes_code_card_and_phone(alone: Site, way: str) -> None:
    browser = alone.browser()
    answer = await send(browser, "/masuk", siapa=PEOPLE[MEMBER][way], pin=PINS[MEMBER], ke="/saldo")
    assert (answer.status_code, answer.headers["location"]) == (303, "/saldo")


async def test_a_wrong_pin_is_told_and_never_shown_again(alone: Site) -> None:
    wrong = await send(alone.browser(), "/masuk", siapa=MEMBER, pin="000000", ke="/")
    assert wrong.status_code == 401
    assert t("warga.masuk.belum") in words(wrong)
    assert "000000" not in wrong.text
    assert f'value="{MEMBER}"' in wrong.text
    unread = await send(alone.browser(), "/masuk", siapa="??", pin="12", ke="/riwayat")
    assert unread.status_code == 422
    assert 'name="ke" value="/riwayat"' in unread.text
    for key in ("warga.masuk.galat.pin", "warga.masuk.galat.siapa"):
        assert t(key) in words(unread)


@pytest.mark.parametrize("ke", ["//jahat.example", "https://jahat.example", "/\\jahat", "/keluar", "/masuk"])
async def test_signing_in_leads_nowhere_else(alone: Site, ke: str) -> None:
    answer = await send(alone.browser(), "/masuk", siapa=MEMBER, pin=PINS[MEMBER], ke=ke)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_an_unknown_browser_shows_the_balance_and_nothing_else(alone: Site) -> None:
    browser = await signed_in(alone)
    assert (await browser.get("/saldo")).status_code == 200
    home = await browser.get("/")
    assert t("warga.perangkat.belum_dikenal") in words(home)
    for path in (
        "/riwayat", "/dampak", "/tukar", "/tukar/listrik", "/penukaran", "/jemput", "/keluhan", "/keluhan/baru",
        "/keamanan", "/data-saya", "/data-saya/unduh.json", "/data-saya/unduh.zip", "/data-saya/berhenti",
    ):  # fmt: skip
        answer = await browser.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/perangkat-baru?ke={path}"), path
    page = await browser.get("/perangkat-baru?ke=/riwayat")
    assert f'value="{PEOPLE[MEMBER]["card_number"]}"' in page.text


async def test_the_cards_code_makes_it_known_for_the_next_sign_in_too(alone: Site) -> None:
    browser = await known(alone)
    assert t("warga.keamanan.perangkat") in words(await browser.get("/keamanan"))
    await send(browser, "/keamanan", "/keluar")
    again = await send(browser, "/masuk", siapa=MEMBER, pin=PINS[MEMBER], ke="/keamanan")
    assert again.status_code == 303
    assert (await browser.get("/keamanan")).status_code == 200


async def test_a_wrong_code_of_the_card_is_refused_in_words(alone: Site) -> None:
    browser = await signed_in(alone)
    number = PEOPLE[MEMBER]["card_number"]
    short = await send(browser, "/perangkat-baru", kartu=number[:-1], kode="abc")
    assert short.status_code == 422
    for key in ("warga.perangkat.galat.kartu", "warga.perangkat.galat.kode"):
        assert t(key) in words(short)
    wrong = await send(browser, "/perangkat-baru", kartu=number, kode="ZZZZZZZZ")
    assert wrong.status_code == 403
    assert t("warga.perangkat.belum") in words(wrong)
    assert (await browser.get("/riwayat")).status_code == 303


async def test_silent_services_leave_their_part_empty(alone: Site) -> None:
    browser = await known(alone)
    home = words(await browser.get("/"))
    assert PEOPLE[MEMBER]["name"] in home
    for key in ("warga.saldo.diam", "warga.sementara.diam", "warga.kabar.sebagian", "warga.menu.tukar"):
        assert t(key) in home
    assert t("warga.saldo.diam") in words(await browser.get("/saldo"))
    assert t("warga.harga.belum") in words(await browser.get("/harga"))
    assert (await browser.get("/bank-sampah/lubuk-pakam-cemara")).status_code == 200
    asked = await browser.get("/riwayat")
    assert asked.status_code == 503
    assert "aman" in words(asked)


async def test_no_page_stays_in_a_cache_and_no_address_names_anybody(alone: Site) -> None:
    browser = await known(alone)
    for path in (
        "/",
        "/saldo",
        "/keamanan",
        "/data-saya",
        "/data-saya/berhenti",
        "/perangkat-baru",
        "/bantuan",
    ):
        answer = await browser.get(path)
        assert answer.headers["cache-control"] == "no-store", path
        links = " ".join(re.findall(r'(?:href|action)="([^"]+)"', answer.text))
        for secret in (
            PEOPLE[MEMBER]["name"],
            PEOPLE[MEMBER]["card_number"],
            PEOPLE[MEMBER]["phone"],
            MEMBER,
        ):
            assert secret not in links, path


async def test_forms_without_our_word_change_nothing(alone: Site) -> None:
    browser = await known(alone)
    for path in (
        "/keluar",
        "/keamanan/pin",
        "/keamanan/kartu",
        "/data-saya/berhenti",
        "/jemput",
        "/keluhan/baru",
    ):
        answer = await browser.post(path, data={"csrf": "x", "yakin": "ya"}, headers=HERE)
        assert answer.status_code == 403, path
    assert (await browser.get("/keamanan")).status_code == 200


async def test_the_pin_is_changed_by_its_owner(alone: Site) -> None:
    browser = await known(alone)
    old, new = PINS[MEMBER], "590274"
    for fields, key in (
        ({"lama": "12", "baru": new, "ulang": new}, "warga.masuk.galat.pin"),
        ({"lama": old, "baru": new, "ulang": "590275"}, "warga.keamanan.galat.tidak_sama"),
        ({"lama": old, "baru": "123456", "ulang": "123456"}, "warga.keamanan.galat.mudah"),
    ):
        answer = await send(browser, "/keamanan", "/keamanan/pin", **fields)
        assert answer.status_code == 422
        assert t(key) in words(answer)
    wrong = await send(browser, "/keamanan", "/keamanan/pin", lama="000001", baru=new, ulang=new)
    assert wrong.status_code == 403
    changed = await send(browser, "/keamanan", "/keamanan/pin", lama=old, baru=new, ulang=new)
    assert (changed.status_code, changed.headers["location"]) == (303, "/keamanan?kabar=pin")
    other = await send(alone.browser(), "/masuk", siapa=MEMBER, pin=new, ke="/")
    assert other.status_code == 303


async def test_a_lost_card_and_a_lost_phone_are_shut_out(alone: Site) -> None:
    browser, lost = await known(alone), await known(alone)
    rows = re.findall(r"<li>.*?</li>", (await browser.get("/keamanan")).text, re.DOTALL)
    others = [row for row in rows if "/lupakan" in row and t("warga.keamanan.ini") not in row]
    (device,) = re.findall(r"/keamanan/perangkat/([^/]+)/lupakan", "".join(others))
    forgotten = await send(browser, "/keamanan", f"/keamanan/perangkat/{device}/lupakan")
    assert forgotten.headers["location"] == "/keamanan?kabar=perangkat"

    async def led_to_sign_in() -> bool:
        asked = await lost.get("/keamanan")
        return asked.status_code == 303 and asked.headers["location"].startswith("/masuk?ke=/keamanan")

    await until(led_to_sign_in, "the lost phone is signed out", REVOKED_SECONDS)
    blocked = await send(browser, "/keamanan", "/keamanan/kartu", sebab="lost")
    assert blocked.status_code == 303
    refused = await send(
        alone.browser(), "/masuk", siapa=PEOPLE[MEMBER]["card_number"], pin=PINS[MEMBER], ke="/"
    )
    assert refused.status_code in {401, 409}


async def test_signing_out_ends_it_and_leads_back_in(alone: Site) -> None:
    browser = await signed_in(alone, OTHER_MEMBER)
    out = await send(browser, "/", "/keluar")
    assert (out.status_code, out.headers["location"]) == (303, "/masuk?kabar=keluar")
    asked = await browser.get("/riwayat?mulai=5")
    assert (asked.status_code, asked.headers["location"]) == (303, "/masuk?ke=/riwayat%3Fmulai%3D5")
    assert t("warga.masuk.kabar.keluar") in words(await browser.get("/masuk?kabar=keluar"))


async def test_leaving_needs_a_tick_and_a_wallet_that_answers(alone: Site) -> None:
    browser = await known(alone)
    assert (await send(browser, "/data-saya/berhenti")).status_code == 422
    asked = await send(browser, "/data-saya/berhenti", yakin="ya")
    assert asked.status_code == 503
    assert (await browser.get("/data-saya")).status_code == 200


async def test_strangers_find_banks_and_help_and_nothing_that_is_not_there(alone: Site) -> None:
    browser = alone.browser()
    banks = await browser.get("/bank-sampah?tempat=12.07.28%7CSekip")
    order = re.findall(r'href="/bank-sampah/([a-z-]+)"', banks.text)
    assert order[0] == "lubuk-pakam-cemara"
    assert "Sekip" in words(banks)
    assert (await browser.get("/bank-sampah/tidak-ada")).status_code == 404
    assert (await browser.get("/tukar/emas")).status_code == 303
    assert t("warga.bantuan.pin") in words(await browser.get("/bantuan"))
    assert "set-cookie" not in (await browser.get("/bantuan")).headers


async def test_where_a_form_was_sent_to_leads_back_to_its_page(alone: Site) -> None:
    browser = await known(alone)
    wrong = await send(browser, "/keamanan", "/keamanan/pin", lama="12", baru="12", ulang="12")
    assert wrong.status_code == 422
    other = re.search(r'href="(/bahasa/en[^"]+)"', wrong.text)
    assert other is not None
    switched = await browser.get(unescape(other[1]))
    assert (switched.status_code, switched.headers["location"]) == (303, "/keamanan/pin")
    for path, page in (("/keamanan/pin", "/keamanan"), ("/keluar", "/")):
        asked = await browser.get(path)
        assert (asked.status_code, asked.headers["location"]) == (303, page)


async def test_a_form_that_is_too_old_leads_back_to_its_page(alone: Site) -> None:
    browser = alone.browser()
    old = await browser.post(
        "/masuk", data={"csrf": "x"}, headers={**HERE, "Referer": f"{ORIGIN}/masuk?ke=/saldo"}
    )
    assert old.status_code == 403
    assert 'href="/masuk?ke=/saldo"' in old.text
    elsewhere = await browser.post(
        "/masuk", data={"csrf": "x"}, headers={**HERE, "Referer": "https://jahat.example/masuk"}
    )
    assert "jahat" not in elsewhere.text


async def test_a_form_that_is_too_large_is_refused_on_a_page(alone: Site) -> None:
    form = {**HERE, "Content-Type": "application/x-www-form-urlencoded"}
    answer = await alone.browser().post("/masuk", content=b"a" * 5_000_000, headers=form)
    assert answer.status_code == 413
    assert answer.headers["content-type"].startswith("text/html")
    assert "Tidak ada yang berubah" in words(answer)
