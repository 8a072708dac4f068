"""Identity hears from web where a browser is, so that one that guesses shuts out itself and nobody else."""

import httpx
import pytest

from services.identity.workflows import patience
from tests.services.identity.seeded_stage import MEMBER, OPERATOR, PINS
from tests.services.web.page_forms import read_page
from tests.services.web.web_stage import API, APP, ORIGIN, Site

GUESSER, NEIGHBOUR = "45.64.1.9", "36.70.2.7"


@pytest.fixture(autouse=True)
def looked_at(monkeypatch: pytest.MonkeyPatch) -> int:
    """After so many wrong ones nothing more is looked at from one address."""
    monkeypatch.setattr(patience, "WRONG_AT_ONCE", 2)
    return 2


async def sign_in(browser: httpx.AsyncClient, code: str, pin: str, **headers: str) -> httpx.Response:
    page = read_page("/masuk", (await browser.get("/masuk", headers=headers)).text)
    (form,) = [each for each in page.forms if each.action == "/masuk"]
    fields = {field.name: field.value for field in form.fields} | {"siapa": code, "pin": pin}
    return await browser.post("/masuk", data=fields, headers={"Origin": ORIGIN, **headers})


async def test_a_guesser_is_held_and_nobody_beside(site: Site, looked_at: int) -> None:
    guesser = site.browser(GUESSER)
    for number in range(looked_at):
        assert (await sign_in(guesser, f"NSB-90{number}", "000000")).status_code == 401
    held = await sign_in(guesser, MEMBER, PINS[MEMBER])
    assert held.status_code == 429
    assert "Terlalu banyak percobaan masuk yang salah dari jaringan internet ini" in held.text
    neighbour = await sign_in(site.browser(NEIGHBOUR), MEMBER, PINS[MEMBER])
    assert neighbour.status_code == 303


async def test_what_a_browser_says_of_its_address_itself_is_not_believed(site: Site, looked_at: int) -> None:
    guesser = site.browser(GUESSER)
    for number in range(looked_at):
        lie = {"X-Forwarded-For": f"36.70.9.{number}"}
        assert (await sign_in(guesser, f"NSB-90{number}", "000000", **lie)).status_code == 401
    lie = {"X-Forwarded-For": "36.70.9.99"}
    assert (await sign_in(guesser, MEMBER, PINS[MEMBER], **lie)).status_code == 429
    for number in range(looked_at + 1):
        blame = {"X-Forwarded-For": NEIGHBOUR}
        await sign_in(site.browser("36.70.3.3"), f"NSB-91{number}", "000000", **blame)
    assert (await sign_in(site.browser(NEIGHBOUR), MEMBER, PINS[MEMBER])).status_code == 303


async def test_a_tablet_behind_the_guessers_address_works(site: Site, looked_at: int) -> None:
    tablet = site.browser(GUESSER, **APP)
    answer = await tablet.post(f"{API}/tablet", json={"code": await site.enrolment_code()})
    assert answer.status_code == 200
    guesser = site.browser(GUESSER)
    for number in range(looked_at + 1):
        await sign_in(guesser, f"NSB-90{number}", "000000")
    operator = {"code": OPERATOR, "pin": PINS[OPERATOR]}
    assert (await tablet.post(f"{API}/masuk", json=operator)).status_code == 200
    stranger = await site.browser(GUESSER, **APP).post(f"{API}/masuk", json=operator)
    assert stranger.status_code != 200, "a browser without a tablet"
