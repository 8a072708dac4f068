"""A flood of sign-ins with codes of nobody: the owner still comes in, and nobody learns which codes exist."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY

from services.identity.domain.cards import numbered
from services.identity.domain.locks import FREE_TRIES
from services.identity.workflows import patience
from services.identity.workflows.turns import AGAIN_SECONDS, WAITING_MAX
from tests.services.identity.seeded_stage import MEMBER, OPERATOR, PEOPLE, PINS, PROGRAMME, Place, refused

WRONG_PIN = f"{(int(PINS[MEMBER]) + 1) % 1_000_000:06}"
# Documentation's own addresses are no places of the Internet: these are.
FLOODER, OWNER = "45.64.1.9", "36.70.2.7"
# A single sign-in waits for two checks, and more pass only while a loaded machine is slow to take it in. A room without
# rotation would take WAITING_MAX, or turn it away.
CHECKS_WAITED_MAX = WAITING_MAX // 2


def checks() -> int:
    """How many PINs were checked in this process."""
    return int(REGISTRY.get_sample_value("timbang_pin_check_seconds_count") or 0)


def counted(outcome: str) -> int:
    return int(REGISTRY.get_sample_value("timbang_sign_ins_total", {"outcome": outcome}) or 0)


@asynccontextmanager
async def flood(place: Place, address: str = FLOODER) -> AsyncIterator[list[int]]:
    """More at once than can wait, each again and again, with a code of nobody every time; gives the answers."""
    at, over, answers = place.at(address), asyncio.Event(), list[int]()

    async def one(number: int) -> None:
        tries = 0
        while not over.is_set():
            tries += 1
            answer = await at.sign_in(f"NSB-{number}-{tries}", WRONG_PIN)
            answers.append(answer.status_code)
            if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                await asyncio.sleep(0.05)

    tasks = [asyncio.create_task(one(number)) for number in range(WAITING_MAX + 8)]
    try:
        async with asyncio.timeout(60):
            while answers.count(401) < 3 or 429 not in answers:
                await asyncio.sleep(0.01)
        yield answers
    finally:
        over.set()
        await asyncio.gather(*tasks)
        await at.door.aclose()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place may be wrong as often as it likes: only the rooms hold the flood."""
    monkeypatch.setattr(patience, "WRONG_AT_ONCE", 1_000_000)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> int:
    """After so many wrong ones nothing more is looked at from one place."""
    monkeypatch.setattr(patience, "WRONG_AT_ONCE", 3)
    return 3


@pytest.mark.usefixtures("patient")
async def test_during_a_flood_the_owner_waits_for_a_few_checks_only(place: Place) -> None:
    elsewhere = place.at(OWNER)
    async with flood(place) as answers:
        assert set(answers) == {401, 429}
        for _ in range(3):
            before = checks()
            answer = await elsewhere.sign_in(MEMBER)
            assert answer.status_code == 200, answer.text
            assert checks() - before <= CHECKS_WAITED_MAX
    await elsewhere.door.aclose()


@pytest.mark.usefixtures("patient")
async def test_a_tablet_behind_the_address_of_a_flood_is_not_kept_waiting(place: Place) -> None:
    beside = place.at(FLOODER)
    trusted = (await place.post("devices:trust", await place.header(MEMBER), **place.card(MEMBER))).json()
    proofs: list[tuple[str, dict[str, Any]]] = [
        (OPERATOR, place.tablet(OPERATOR)),
        (MEMBER, {"device_token": trusted["device_token"]}),
        (MEMBER, {**place.tablet(OPERATOR), "card_secret": PEOPLE[MEMBER]["card_secret"]}),
    ]
    async with flood(place):
        for code, proof in proofs:
            before = checks()
            answer = await beside.sign_in(code, **proof)
            assert answer.status_code == 200, answer.text
            assert checks() - before <= CHECKS_WAITED_MAX
    await beside.door.aclose()


@pytest.mark.usefixtures("patient")
async def test_who_is_turned_away_hears_when_to_come_back_and_loses_no_try(place: Place) -> None:
    before = counted("busy")
    async with flood(place):
        beside, answer = place.at(FLOODER), httpx.Response(200)
        async with asyncio.timeout(60):
            while answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                answer = await beside.sign_in(MEMBER)
        await beside.door.aclose()
    assert refused(answer) == (429, "sign_in_busy")
    assert answer.headers["retry-after"] == str(AGAIN_SECONDS)
    assert "tidak dihitung salah" in answer.json()["detail"]
    assert counted("busy") > before
    (row,) = await place.rows("select wrong_tries from credential where code = $1", MEMBER)
    assert row["wrong_tries"] == 0


async def test_one_place_is_looked_at_so_often_and_no_more(place: Place, impatient: int) -> None:
    flooder, owner = place.at(FLOODER), place.at(OWNER)
    trusted = (await place.post("devices:trust", await place.header(MEMBER), **place.card(MEMBER))).json()
    for number in range(impatient):
        answer = await flooder.sign_in(f"NSB-{number}X", WRONG_PIN)
        assert refused(answer) == (401, "wrong_code_or_pin")
    before, barred = checks(), counted("barred")
    for code in (MEMBER, "NSB-777"):
        answer = await flooder.sign_in(code, PINS[MEMBER])
        assert refused(answer) == (429, "too_many_wrong_sign_ins"), "whatever the code, nothing is looked at"
        assert 0 < int(answer.headers["retry-after"]) <= patience.WRONG_EVERY_SECONDS
        assert f"{answer.headers['retry-after']} detik" in answer.json()["detail"]
    assert (checks(), counted("barred")) == (before, barred + 2)
    proof: dict[str, Any] = {"device_token": trusted["device_token"]}
    assert (await flooder.sign_in(MEMBER, **proof)).status_code == 200, (
        "the owner's phone behind that address"
    )
    assert (await owner.sign_in(MEMBER)).status_code == 200, "the owner elsewhere"
    (row,) = await place.rows("select wrong_tries from credential where code = $1", MEMBER)
    assert row["wrong_tries"] == 0
    for at in (flooder, owner):
        await at.door.aclose()


async def test_a_known_device_that_guesses_codes_is_held_by_itself(place: Place, impatient: int) -> None:
    trusted = (await place.post("devices:trust", await place.header(MEMBER), **place.card(MEMBER))).json()
    guesser: dict[str, Any] = {"device_token": trusted["device_token"]}
    for number in range(impatient):
        assert (await place.sign_in(f"NSB-{number}X", WRONG_PIN, **guesser)).status_code == 401
    held = await place.sign_in("NSB-888", WRONG_PIN, **guesser)
    assert refused(held) == (429, "too_many_wrong_sign_ins")
    assert (await place.sign_in(OPERATOR, **place.tablet(OPERATOR))).status_code == 200
    assert (await place.sign_in(MEMBER)).status_code == 200


@pytest.mark.parametrize("address", ["127.0.0.1", "172.18.0.5", "fd00::1", ""])
async def test_an_address_that_may_speak_for_everybody_is_not_shut(
    place: Place, impatient: int, address: str
) -> None:
    proxy = place.at(address)
    for number in range(impatient + 2):
        assert refused(await proxy.sign_in(f"NSB-{number}X", WRONG_PIN)) == (401, "wrong_code_or_pin")
    assert (await proxy.sign_in(MEMBER)).status_code == 200
    await proxy.door.aclose()


async def test_all_addresses_of_one_household_are_one_place(place: Place, impatient: int) -> None:
    house = [place.at(f"2404:8000:1004:77::{number:x}") for number in range(1, impatient + 2)]
    for number in range(impatient):
        assert (await house[number].sign_in("NSB-0X", WRONG_PIN)).status_code == 401
    assert refused(await house[-1].sign_in(MEMBER)) == (429, "too_many_wrong_sign_ins")
    next_door = place.at("2404:8000:1004:78::1")
    assert (await next_door.sign_in(MEMBER)).status_code == 200
    for at in (*house, next_door):
        await at.door.aclose()


async def seen(place: Place, body: dict[str, Any], tries: int) -> list[tuple[int, str, Any, list[str], int]]:
    """What somebody outside sees of so many tries: status, code, words, headers, and how much work it was."""
    found = []
    for _ in range(tries):
        before = checks()
        answer = await place.post("tokens", **body)
        told = answer.json()
        headers = sorted(set(answer.headers) - {"traceparent"})
        found.append((answer.status_code, told["code"], told["detail"], headers, checks() - before))
    return found


NOBODYS_CARD, NOBODYS_PHONE = numbered(7_000_000_001), "0812-9999-8888"
SECRET, PRINTED = "0" * 26, "WRNG-WRNG"


@pytest.mark.parametrize(
    ("somebody", "nobody"),
    [
        ({"code": MEMBER}, {"code": "NSB-999"}),
        ({"code": OPERATOR}, {"code": "PTG-99"}),
        ({"card_number": PEOPLE[MEMBER]["card_number"]}, {"card_number": NOBODYS_CARD}),
        ({"phone": PEOPLE[MEMBER]["phone"]}, {"phone": NOBODYS_PHONE}),
        ({"code": MEMBER, "card_secret": PRINTED}, {"code": "NSB-999", "card_secret": PRINTED}),
        ({"code": MEMBER, "card_secret": SECRET}, {"code": "NSB-999", "card_secret": SECRET}),
        ({"code": PROGRAMME, "card_secret": PRINTED}, {"code": "PRG-99", "card_secret": PRINTED}),
        ({"code": PROGRAMME, "card_secret": SECRET}, {"code": "PRG-99", "card_secret": SECRET}),
    ],
    ids=["code", "staff", "card", "phone", "printed code", "secret", "staff and printed", "staff and secret"],
)
async def test_a_name_of_nobody_is_answered_counted_and_locked_as_one_of_somebody(
    place: Place, somebody: dict[str, str], nobody: dict[str, str]
) -> None:
    pin = {"pin": "000000"}
    tries = FREE_TRIES + 3
    told = await seen(place, {**somebody, **pin}, tries)
    assert told == await seen(place, {**nobody, **pin}, tries)
    work = [each[-1] for each in told]
    if somebody.get("card_secret") == SECRET:
        assert work == [1] * tries
    else:
        assert [each[0] for each in told] == [401] * (FREE_TRIES + 1) + [429] * 2
        assert work == [1] * (FREE_TRIES + 1) + [0] * 2
    # A lock that is over doubles for both.
    passed = datetime.now(UTC) - timedelta(seconds=1)
    for table in ("credential", "guess", "stray_guess"):
        await place.rows(f"update {table} set locked_until = $1 where locked_until is not null", passed)
    assert await seen(place, {**somebody, **pin}, 2) == await seen(place, {**nobody, **pin}, 2)


async def test_what_strangers_typed_is_kept_unreadable_and_not_for_long(place: Place) -> None:
    before = counted("unknown")
    for number in range(3):
        await place.sign_in(f"BUKAN-{number}", WRONG_PIN)
    assert counted("unknown") == before + 3
    rows = await place.rows("select * from stray_guess")
    assert [row["wrong_tries"] for row in rows] == [1, 1, 1]
    assert not any(b"BUKAN" in row["mark"] for row in rows)
    await place.rows("update stray_guess set tried_at = tried_at - interval '49 hours'")
    await place.sign_in("BUKAN-9", WRONG_PIN)
    assert len(await place.rows("select * from stray_guess")) == 1
