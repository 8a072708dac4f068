"""The newcomer's page is there only where its people are invented, and leads to each first screen in one click."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import httpx
import pytest
import segno

from services.identity.domain.seeded import seeded_people
from services.identity.domain.seeded_cards import seeded_card
from services.identity.workflows.seeding import people_file
from services.web.pages.demo_people import MEMBER, qr_picture, read_people
from tests.services.web.conftest import OpenSite
from tests.services.web.web_stage import ORIGIN, Site

SEEDED = seeded_people()


@pytest.fixture
def people(tmp_path: Path) -> Path:
    file = tmp_path / "people.json"
    file.write_text(json.dumps(people_file(SEEDED)))
    return file


def test_a_card_of_the_page_is_the_card_that_identity_prints(people: Path) -> None:
    members = [each for each in read_people(people) if each.role == MEMBER]
    printed = {member.code: seeded_card(member) for member in SEEDED.members}
    assert len(members) == len(printed) == 40
    for member in members:
        assert member.card_qr == qr_picture(printed[member.code].qr)
        assert member.card_code == printed[member.code].code


def test_a_qr_is_drawn_without_a_style_and_with_its_quiet_zone() -> None:
    picture = ET.fromstring(qr_picture("TMB1:123456789012:ABCDEFGHJKMNPQRSTVWXYZ2345"))
    size = segno.make("TMB1:123456789012:ABCDEFGHJKMNPQRSTVWXYZ2345", error="m", micro=False).symbol_size(
        border=4
    )
    assert picture.get("viewBox") == f"0 0 {size[0]} {size[1]}"
    assert not [each for each in picture.iter() if each.get("style") or each.get("class")]


def test_nobody_is_shown_while_the_file_is_missing_or_broken(tmp_path: Path) -> None:
    broken = tmp_path / "people.json"
    broken.write_text('[{"role": "member"}]')
    assert read_people(broken) == []
    assert read_people(tmp_path / "elsewhere.json") == []


async def test_without_the_setting_there_is_no_such_page(site: Site) -> None:
    browser = site.browser()
    assert (await browser.get("/mulai")).status_code == 404
    assert (await browser.post("/mulai/warga", headers={"Origin": ORIGIN})).status_code in {404, 405}


async def test_while_the_people_are_being_made_it_says_so(open_site: OpenSite, tmp_path: Path) -> None:
    async with open_site(demo_people_file=tmp_path / "not-yet.json") as site:
        answer = await site.browser().get("/mulai")
    assert answer.status_code == 503


async def test_it_shows_cards_codes_and_pins_and_every_card_on_demand(
    open_site: OpenSite, people: Path
) -> None:
    async with open_site(demo_people_file=people) as site:
        browser = site.browser()
        few = (await browser.get("/mulai")).text
        every = await browser.get("/mulai", params={"kartu": "semua"})
    assert few.count('class="qr"') == 6
    assert every.text.count('class="qr"') == 40
    assert every.headers["cache-control"] == "no-store"
    for code, pin in SEEDED.pins.items():
        assert code in every.text
        assert pin in every.text


@pytest.mark.parametrize(
    ("action", "code", "leads_to", "cookies"),
    [
        ("warga", "NSB-001", "/", {"warga", "perangkat"}),
        ("kantor", "PRG-01", "/kantor", {"kantor", "perangkat_kantor"}),
        ("kantor", "DLH-02", "/kantor", {"kantor", "perangkat_kantor"}),
        ("petugas", "PTG-01", "/petugas#/pasang?kode=", set()),
    ],
)
async def test_one_click_leads_to_the_first_screen(
    open_site: OpenSite, people: Path, action: str, code: str, leads_to: str, cookies: set[str]
) -> None:
    async with open_site(demo_people_file=people) as site:
        browser = site.browser(Origin=ORIGIN)
        answer = await browser.post(f"/mulai/{action}", data={"kode": code, "csrf": await _word(browser)})
        assert answer.status_code == 303, answer.text
        assert answer.headers["location"].startswith(leads_to)
        assert {cookie.name for cookie in browser.cookies.jar} - {"kunci"} == cookies
        if action == "warga":
            assert (await browser.get("/uji/saya")).text.endswith(" True")


async def test_the_code_of_the_third_click_makes_a_tablet(open_site: OpenSite, people: Path) -> None:
    async with open_site(demo_people_file=people) as site:
        browser = site.browser(Origin=ORIGIN)
        answer = await browser.post("/mulai/petugas", data={"kode": "PTG-03", "csrf": await _word(browser)})
        code = answer.headers["location"].partition("kode=")[2]
        tablet = site.browser(**{"X-Timbang": "petugas", "Origin": ORIGIN})
        made = await tablet.post("/petugas/api/tablet", json={"code": code})
    assert made.status_code == 200, made.text
    assert made.json()["waste_bank_id"] == "lubuk-pakam-cemara"


@pytest.mark.parametrize(
    ("action", "code"), [("warga", "PRG-01"), ("kantor", "PTG-01"), ("petugas", "NSB-001")]
)
async def test_nobody_comes_in_by_anothers_button(
    open_site: OpenSite, people: Path, action: str, code: str
) -> None:
    async with open_site(demo_people_file=people) as site:
        browser = site.browser(Origin=ORIGIN)
        answer = await browser.post(f"/mulai/{action}", data={"kode": code, "csrf": await _word(browser)})
    assert answer.status_code == 404


async def test_a_form_from_elsewhere_signs_nobody_in(open_site: OpenSite, people: Path) -> None:
    async with open_site(demo_people_file=people) as site:
        browser = site.browser()
        word = await _word(browser)
        foreign = {"Origin": "https://example.org"}
        answer = await browser.post("/mulai/warga", data={"kode": "NSB-001", "csrf": word}, headers=foreign)
        without = await browser.post("/mulai/warga", data={"kode": "NSB-001"}, headers={"Origin": ORIGIN})
    assert answer.status_code == 403
    assert without.status_code >= 400
    assert "warga" not in {cookie.name for cookie in browser.cookies.jar}


async def _word(browser: httpx.AsyncClient) -> str:
    page = await browser.get("/mulai")
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]
