"""What the operator's app can reach, what it is told, and what it never sees."""

import base64
import json
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from services.web.gateway.allowed import COUNTER, OPERATOR, Operation, is_allowed
from services.web.session.faces import Face, Kept
from services.web.session.keepsakes import MARK
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from tests.services.identity.seeded_stage import MEMBER, PEOPLE, PINS, refused
from tests.services.identity.seeded_stage import OPERATOR as CODE
from tests.services.web.conftest import OpenSite
from tests.services.web.web_stage import API, APP, Site, card, speaking
from tests.signing import SigningTablet

DOCS = Path("docs/api")
ROLES = {
    tuple(line.split(",")[:3]): set(line.split(",")[3].split())
    for line in (DOCS / "roles.csv").read_text(encoding="utf-8").splitlines()
}


@pytest.mark.parametrize("operation", [*OPERATOR, *COUNTER], ids=str)
def test_every_allowed_operation_exists(operation: Operation) -> None:
    page = json.loads((DOCS / f"{operation.service}.json").read_text(encoding="utf-8"))
    assert operation.method.lower() in page["paths"].get(operation.path, {})


@pytest.mark.parametrize(("operations", "role"), [(OPERATOR, Role.OPERATOR), (COUNTER, Role.MEMBER)])
def test_nothing_is_allowed_that_the_role_could_not_do_anyway(
    operations: tuple[Operation, ...], role: Role
) -> None:
    wrong = [
        each
        for each in operations
        if not {role.value, "anyone"} & ROLES[each.service, each.method, each.path]
    ]
    assert wrong == []


def test_what_a_stolen_tablet_could_harm_most_is_not_there() -> None:
    some = str(uuid7())
    for path in (f"members/{some}:move", f"members/{some}:propose-merge", f"merges/{some}:confirm", "audit"):
        for method in ("GET", "POST"):
            assert not is_allowed(OPERATOR, "identity", method, f"/v1/{path}")


@pytest.mark.parametrize(
    "path",
    ["/v1/deposits/../audit", "/v1/cards/..", "/v1/members/x", "/v1/deposits:batch/", "/v1/deposits%3Abatch"],
)
def test_a_path_that_only_looks_allowed_is_not(path: str) -> None:
    for service in ("identity", "deposit"):
        assert not any(is_allowed(OPERATOR, service, method, path) for method in ("GET", "POST"))


async def test_a_tablet_is_set_up_and_its_operator_signs_in(site: Site) -> None:
    tablet = site.browser(**APP)
    assert refused(await tablet.post(f"{API}/masuk", json={"code": CODE, "pin": PINS[CODE]})) == (
        401,
        "tablet_unknown",
    )
    set_up = await tablet.post(f"{API}/tablet", json={"code": await site.enrolment_code()})
    assert set_up.json().keys() == {"tablet_id", "name", "waste_bank_id", "waste_bank_name", "keepsake"}
    assert set_up.json()["waste_bank_name"] == "Bank Sampah Induk Lubuk Pakam"
    # It showed no key of its own to bind a keepsake to.
    assert set_up.json()["keepsake"] is None
    assert refused(await tablet.get(f"{API}/saya")) == (401, "sign_in_needed")
    signed = await tablet.post(f"{API}/masuk", json={"code": CODE, "pin": PINS[CODE]})
    assert signed.json().keys() == {
        "operator_id",
        "code",
        "role",
        "waste_bank_ids",
        "waste_bank_names",
        "expires_at",
        "session_expires_at",
        "vault_key",
    }
    assert len(base64.urlsafe_b64decode(signed.json()["vault_key"] + "=")) == 32
    assert signed.json()["waste_bank_names"].keys() == set(signed.json()["waste_bank_ids"])
    assert signed.json()["waste_bank_names"]["lubuk-pakam-induk"] == "Bank Sampah Induk Lubuk Pakam"
    here = await tablet.get(f"{API}/saya")
    assert here.json() == {
        name: value
        for name, value in signed.json().items()
        if name not in {"vault_key", "expires_at", "session_expires_at"}
    } | {name: here.json()[name] for name in ("expires_at", "session_expires_at")}


async def test_no_secret_and_no_token_is_ever_in_an_answer(site: Site) -> None:
    tablet = site.browser(**APP)
    keys = SigningTablet()
    set_up = {"code": await site.enrolment_code(), "public_key": keys.public_key}
    told = [await tablet.post(f"{API}/tablet", json=set_up)]
    told.append(await tablet.post(f"{API}/tablet/tanya"))
    told.append(await _come_back(tablet, keys, told[0].json()["keepsake"]))
    told.append(await tablet.post(f"{API}/masuk", json={"code": CODE, "pin": PINS[CODE]}))
    told.append(await tablet.post(f"{API}/loket/masuk", json=card()))
    told += [await tablet.get(f"{API}/saya"), await tablet.get(f"{API}/tablet")]
    assert {answer.status_code for answer in told} == {200}
    for answer in told:
        assert not re.search(r"eyJ[A-Za-z0-9_-]{17,}\.|secret|refresh|access_token", answer.text)
    for cookie in tablet.cookies.jar:
        assert b"ey" not in base64.urlsafe_b64decode(str(cookie.value) + "==")[:2]


async def _come_back(
    tablet: httpx.AsyncClient, keys: SigningTablet, keepsake: str, **changed: str
) -> httpx.Response:
    """What the app does when its cookie is gone."""
    challenge = (await tablet.post(f"{API}/tablet/tanya")).json()["challenge"]
    signature = keys.sign(f"{MARK}.{challenge}")["signature"]
    shown = {"keepsake": keepsake, "challenge": challenge, "signature": signature, **changed}
    return await tablet.post(f"{API}/tablet/kembali", json=shown)


async def test_a_tablet_that_lost_its_cookie_is_known_again_by_its_signature(site: Site) -> None:
    tablet, keys = site.browser(**APP), SigningTablet()
    set_up = {"code": await site.enrolment_code(), "public_key": keys.public_key}
    made = (await tablet.post(f"{API}/tablet", json=set_up)).json()
    tablet.cookies.clear()
    assert refused(await tablet.get(f"{API}/tablet")) == (401, "tablet_unknown")
    back = await _come_back(tablet, keys, made["keepsake"])
    assert back.status_code == 200
    assert back.json() == {name: value for name, value in made.items() if name != "keepsake"}
    (line,) = back.headers.get_list("set-cookie")
    assert line.startswith("tablet=")
    assert "HttpOnly" in line
    assert "SameSite=Strict" in line
    signed = await tablet.post(f"{API}/masuk", json={"code": CODE, "pin": PINS[CODE]})
    assert signed.status_code == 200


async def test_a_keepsake_alone_opens_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    tablet, keys = site.browser(**APP), SigningTablet()
    set_up = {"code": await site.enrolment_code(), "public_key": keys.public_key}
    keepsake = (await tablet.post(f"{API}/tablet", json=set_up)).json()["keepsake"]
    cookie = str(tablet.cookies["tablet"])
    tablet.cookies.clear()
    old = (await tablet.post(f"{API}/tablet/tanya")).json()["challenge"]
    challenge = (await tablet.post(f"{API}/tablet/tanya")).json()["challenge"]
    # A key of the thief's own, a weighing's signature, one of another challenge, a cookie as a keepsake, a torn one.
    for shown in (
        {"signature": SigningTablet().sign(f"{MARK}.{challenge}")["signature"], "challenge": challenge},
        {"signature": keys.sign(challenge)["signature"], "challenge": challenge},
        {"signature": keys.sign(f"{MARK}.{old}")["signature"], "challenge": challenge},
        {"signature": "A" * 86},
        {"signature": "A"},
        {"keepsake": cookie},
        {"keepsake": challenge, "challenge": challenge},
        {"keepsake": keepsake[:8]},
        {"keepsake": keepsake[:-2]},
    ):
        answer = await _come_back(tablet, keys, **{"keepsake": keepsake, **shown})
        assert refused(answer) == (401, "tablet_unknown"), shown
        assert "set-cookie" not in answer.headers
    monkeypatch.setattr("services.web.session.keepsakes.CHALLENGE_LASTS", timedelta(seconds=-1))
    assert refused(await _come_back(tablet, keys, keepsake)) == (401, "tablet_unknown")


async def test_cookies_are_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    tablet = site.browser(**APP)
    lines = []
    for path, body in (
        ("tablet", {"code": await site.enrolment_code()}),
        ("masuk", {"code": CODE, "pin": PINS[CODE]}),
        ("loket/masuk", card()),
    ):
        lines += (await tablet.post(f"{API}/{path}", json=body)).headers.get_list("set-cookie")
    by_name = {line.partition("=")[0]: line for line in lines}
    assert by_name.keys() == {Kept.TABLET.value.cookie, Face.OPERATOR.value.cookie, Face.COUNTER.value.cookie}
    assert all("HttpOnly" in line and "SameSite=Strict" in line for line in lines)
    assert "Path=/petugas/api/loket" in by_name["loket"]
    assert re.search(r"Max-Age=(29\d|300)\b", by_name["loket"])


async def test_calls_pass_with_the_operators_token_and_come_back_unchanged(site: Site) -> None:
    tablet = await site.signed_in()
    near = next(each for each in PEOPLE.values() if each.get("waste_bank_id") == "lubuk-pakam-induk")
    found = await tablet.post(f"{API}/identity/v1/members:find", json={"code": near["code"]})
    assert [each["member_id"] for each in found.json()["members"]] == [near["id"]]
    unknown = await tablet.get(f"{API}/identity/v1/members/{uuid7()}", headers={"Accept-Language": "en"})
    assert unknown.status_code == 404
    assert unknown.headers["content-type"] == "application/problem+json"
    assert unknown.headers["content-language"] == "en"
    assert refused(await tablet.get(f"{API}/identity/v1/audit")) == (404, "not_found")
    assert refused(await tablet.get(f"{API}/sandbox/v1/members/{uuid7()}")) == (404, "not_found")


async def test_without_the_header_or_from_elsewhere_nothing_is_called(site: Site) -> None:
    tablet = await site.signed_in()
    for headers in (
        {"X-Timbang": ""},
        {"X-Timbang": "warga"},
    ):
        assert refused(await tablet.get(f"{API}/saya", headers=headers)) == (403, "not_from_here")
    for headers in ({"Origin": "https://example.org"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        answer = await tablet.post(f"{API}/keluar", headers=headers)
        assert refused(answer) == (403, "not_from_here")
    assert (await tablet.get(f"{API}/saya")).status_code == 200


async def test_the_counter_belongs_to_the_resident_and_ends(site: Site) -> None:
    tablet = await site.tablet()
    assert refused(await tablet.post(f"{API}/loket/masuk", json=card())) == (401, "sign_in_needed")
    tablet = await site.signed_in()
    wrong = await tablet.post(f"{API}/loket/masuk", json={**card(), "pin": "000000"})
    assert refused(wrong) == (401, "wrong_code_or_pin")
    here = await tablet.post(f"{API}/loket/masuk", json=card())
    assert here.json()["member_id"] == PEOPLE[MEMBER]["id"]
    assert here.json()["may_spend"] is True
    own = f"{API}/loket/identity/v1/members/{PEOPLE[MEMBER]['id']}"
    assert (await tablet.get(own)).status_code == 200
    assert refused(await tablet.post(f"{API}/loket/identity/v1/members:find", json={})) == (404, "not_found")
    assert (await tablet.post(f"{API}/loket/keluar")).status_code == 204
    assert refused(await tablet.get(own)) == (401, "sign_in_needed")
    assert (await tablet.get(f"{API}/saya")).status_code == 200


@pytest.mark.parametrize(
    "answer",
    [None, b"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" + b"x" * 70_000, b"", b"nonsense\r\n\r\n"],
)
async def test_a_door_that_says_nothing_sensible_is_told_as_try_again(
    open_site: OpenSite, answer: bytes | None
) -> None:
    async with (
        speaking(answer) as address,
        open_site(DEPOSIT_URL=address, door_seconds=0.5, answer_bytes_max=65_536) as site,
    ):
        tablet = await site.signed_in()
        told = await tablet.get(f"{API}/deposit/v1/bags")
        assert refused(told) == (503, "try_again")
        assert told.headers["retry-after"] == "2"


async def test_what_another_service_refuses_stays_its_own_words(open_site: OpenSite) -> None:
    body = b'{"code":"odd","status":409,"detail":"x"}'
    head = b"HTTP/1.1 409 Conflict\r\nContent-Type: application/problem+json\r\nSet-Cookie: a=b\r\nX-Inner: 1\r\n"
    raw = head + b"Retry-After: 7\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    async with speaking(raw) as address, open_site(DEPOSIT_URL=address) as site:
        tablet = await site.signed_in()
        told = await tablet.post(f"{API}/deposit/v1/deposits:batch", json={"deposits": []})
        assert (told.status_code, told.content) == (409, body)
        assert told.headers["retry-after"] == "7"
        assert not {"set-cookie", "x-inner"} & told.headers.keys()


async def test_a_request_that_is_too_large_is_refused_before_it_is_passed_on(open_site: OpenSite) -> None:
    async with open_site(REQUEST_BYTES_MAX=1_000) as site:
        tablet = await site.signed_in()
        told = await tablet.post(f"{API}/deposit/v1/deposits:batch", content=b"x" * 1_001)
        assert refused(told) == (413, "too_large")


async def test_nobody_signs_in_on_a_revoked_tablet(site: Site) -> None:
    tablet = await site.signed_in()
    tablet_id = (await tablet.get(f"{API}/tablet")).json()["tablet_id"]
    async with httpx.AsyncClient(base_url=site.identity, trust_env=False) as door:
        token = await door.post("/v1/tokens", json={"code": "PRG-01", "pin": PINS["PRG-01"]})
        revoked = await door.post(
            f"/v1/tablets/{tablet_id}:revoke",
            json={"reason": "hilang"},
            headers={"Authorization": f"Bearer {token.json()['access_token']}"},
        )
    assert revoked.status_code == 200, revoked.text
    answer = await tablet.post(f"{API}/masuk", json={"code": CODE, "pin": PINS[CODE]})
    assert refused(answer) == (403, "unknown_tablet")


def test_the_app_asks_for_nothing_that_it_is_not_allowed() -> None:
    folder = Path("services/web/assets/operator/src")
    sources = [file for file in folder.rglob("*.ts*") if file.parent.name != "types"]
    paths = {
        re.sub(r"\$\{[^}]*\}", str(uuid7()), path)
        for file in sources
        for path in re.findall(r'["`](/v1/[^"`?]+)', file.read_text(encoding="utf-8"))
    }
    assert len(paths) > 15
    known = [*OPERATOR, *COUNTER]
    assert [path for path in sorted(paths) if not any(each.leads_to(path) for each in known)] == []
