"""How often a guesser may try, counted at the real doors, against the numbers of docs/security/brute-force.md."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest

from deploy.docs import brute_force
from deploy.docs.brute_force import WAYS, Way
from deploy.local.settings import REPOSITORY
from services.identity.domain.locks import FIRST_LOCK, LONGEST_LOCK, lock_after, tries_within
from services.identity.domain.pin_rules import ALLOWED, is_common
from tests.services.identity.seeded_stage import (
    MEMBER,
    OPERATOR,
    PEOPLE,
    PINS,
    PROGRAMME,
    SECOND,
    SECOND_PROGRAMME,
    Place,
    bearer,
    refused,
)

Try = Callable[[int], Awaitable[httpx.Response]]
WRONG_PIN = f"{(int(PINS[MEMBER]) + 1) % 1_000_000:06}"


def way(beginning: str) -> Way:
    return next(each for each in WAYS if each.secret.startswith(beginning))


async def tries_until(attempt: Try, code: str, *, at_most: int = 12) -> int:
    """How many wrong tries are looked at before the answer is `code`."""
    for number in range(at_most):
        if (await attempt(number)).json()["code"] == code:
            return number
    raise AssertionError("never shut")


async def device(place: Place, code: str = MEMBER) -> dict[str, Any]:
    who = await place.header(code)
    made = (await place.post("devices:trust", who, **place.card(code))).json()
    return {"device_token": made["device_token"]}


async def test_the_page_says_what_the_rules_say() -> None:
    page = (REPOSITORY / "docs" / "security" / "brute-force.md").read_text(encoding="utf-8")
    assert page == brute_force.page(), "run `make docs` and read the difference"
    assert "| PIN, unknown browser | 964,215 | 5 |" in page


def test_the_locks_double_and_the_tries_of_a_year_are_few() -> None:
    locks = [lock_after(tries) for tries in range(1, 14)]
    assert locks[:4] == [None] * 4
    assert locks[4] == FIRST_LOCK
    assert all(
        later == min(2 * earlier, LONGEST_LOCK) for earlier, later in pairwise(locks[4:]) if earlier and later
    )
    assert [tries_within(timedelta(days=days)) for days in (0, 1, 30, 365)] == [5, 11, 40, 375]


def test_which_pins_are_refused() -> None:
    refusals = [pin for pin in map("{:06}".format, range(1_000_000)) if is_common(pin)]
    assert 1_000_000 - len(refusals) == ALLOWED
    for pin in (
        "000000", "111111", "121212", "123123", "123456", "654321", "890123", "111222", "112233", "123321", "246810",
        "147258", "170845", "311299", "290200",
    ):  # fmt: skip
        assert is_common(pin), pin
    for pin in ("837261", "482913", "320145", "171345", "300299", "170830"):
        assert not is_common(pin), pin


async def test_pin_from_an_unknown_browser(place: Place) -> None:
    counted = await tries_until(lambda _: place.sign_in(MEMBER, WRONG_PIN), "sign_in_locked")
    assert counted == way("PIN, unknown browser").tries == 5
    (act,) = await place.acts("pin_tries_used_up")
    assert act["subject_id"] == PEOPLE[MEMBER]["id"]
    by_card: dict[str, Any] = {"pin": WRONG_PIN, "card_number": place.card(MEMBER)["card_number"]}
    assert refused(await place.post("tokens", **by_card)) == (429, "sign_in_locked"), (
        "no second counter by number"
    )
    await place.rows("update credential set locked_until = now() - interval '1 s' where code = $1", MEMBER)
    warned = (await place.sign_in(MEMBER)).json()["warnings"]
    assert warned == [{"kind": "wrong_pins", "session_id": None, "at": None, "count": 5}]


async def test_a_stranger_cannot_shut_the_owner_out(place: Place) -> None:
    proof = await device(place)
    await tries_until(lambda _: place.sign_in(MEMBER, WRONG_PIN), "sign_in_locked")
    assert refused(await place.sign_in(MEMBER)) == (429, "sign_in_locked"), "the owner on a strange browser"
    assert (await place.sign_in(MEMBER, **proof)).status_code == 200, "the owner on the own phone"
    card = place.card(MEMBER)["card_secret"]
    assert (await place.sign_in(MEMBER, card_secret=card)).status_code == 200, "the owner at the counter"
    assert refused(await place.sign_in(MEMBER)) == (429, "sign_in_locked"), (
        "which opens nothing for the stranger"
    )
    await tries_until(lambda _: place.sign_in(OPERATOR, "000000"), "sign_in_locked")
    assert (await place.sign_in(OPERATOR, **place.tablet(OPERATOR))).status_code == 200


async def test_staff_without_a_tablet_are_known_by_their_browser(place: Place) -> None:
    first = (await place.sign_in(PROGRAMME)).json()
    known: dict[str, Any] = {"device_token": first["device_token"]}
    await tries_until(lambda _: place.sign_in(PROGRAMME, "000000"), "sign_in_locked")
    assert refused(await place.sign_in(PROGRAMME)) == (429, "sign_in_locked")
    again = (await place.sign_in(PROGRAMME, **known)).json()
    assert (again["device_known"], again["device_token"]) == (True, None)
    assert refused(await place.sign_in(SECOND_PROGRAMME, "000000", **known)) == (401, "wrong_code_or_pin")
    for _ in range(25):
        await place.rows("update credential set wrong_tries = 0, locked_until = null")
        assert (await place.sign_in(SECOND_PROGRAMME)).status_code == 200
    listed = (await place.get("devices", await place.header(SECOND_PROGRAMME))).json()["devices"]
    assert len(listed) == 20, "old ones are forgotten"
    who = bearer(again["access_token"])
    (device,) = (await place.get("devices", who)).json()["devices"]
    assert (await place.post(f"devices/{device['device_id']}:forget", who)).status_code == 204
    await tries_until(lambda _: place.sign_in(PROGRAMME, "000000"), "sign_in_locked")
    assert refused(await place.sign_in(PROGRAMME, **known)) == (429, "sign_in_locked")


@pytest.mark.parametrize("place_of_try", ["phone", "tablet", "card"])
async def test_pin_where_something_else_was_shown(place: Place, place_of_try: str) -> None:
    code = OPERATOR if place_of_try == "tablet" else MEMBER
    proof: dict[str, Any] = {"card_secret": place.card(MEMBER)["card_secret"]}
    if place_of_try == "phone":
        proof = await device(place)
    if place_of_try == "tablet":
        proof = place.tablet(OPERATOR)
    counted = await tries_until(lambda _: place.sign_in(code, "000000", **proof), "sign_in_locked")
    assert counted == way("PIN, on a trusted phone").tries == 5
    assert (await place.sign_in(code)).status_code == 200, "elsewhere the owner still signs in"
    assert refused(await place.sign_in(code, **proof)) == (429, "sign_in_locked")


async def test_changing_the_pin_is_no_way_around_the_counter(place: Place) -> None:
    who = await place.header(MEMBER)
    body: dict[str, Any] = {"old_pin": WRONG_PIN, "new_pin": "837261"}
    counted = await tries_until(lambda _: place.post("pins:change", who, **body), "sign_in_locked")
    assert counted == 5
    assert refused(await place.sign_in(MEMBER)) == (429, "sign_in_locked")


@pytest.mark.parametrize("door", ["trust", "sign-in"])
async def test_code_printed_on_a_card(place: Place, door: str) -> None:
    who = await place.header(MEMBER)
    card = place.card(MEMBER)
    printed = PEOPLE[MEMBER]["card_code"]

    async def show(code: str) -> httpx.Response:
        if door == "trust":
            return await place.post("devices:trust", who, card_number=card["card_number"], card_secret=code)
        return await place.sign_in(MEMBER, card_secret=code)

    shut = "card_locked" if door == "trust" else "sign_in_locked"
    counted = await tries_until(lambda _: show("WRONGWRN"), shut)
    assert counted == way("Code printed on a card").tries == 5
    answer = await show(printed)
    assert (refused(answer), answer.json()["parameters"]) == ((429, shut), {"minutes": 15})
    assert (await place.sign_in(MEMBER)).status_code == 200, "the PIN alone still opens the balance"
    (act,) = await place.acts("card_tries_used_up")
    assert act["subject_id"] == PEOPLE[MEMBER]["id"]
    await place.rows("update guess set locked_until = now() - interval '1 s'")
    assert (await show("WRONGWRN")).json()["code"] in {"wrong_card_secret", "wrong_code_or_pin"}
    assert (await show(printed)).json()["parameters"] == {"minutes": 30}
    assert (await show(card["card_secret"])).status_code in {200, 201}, (
        "whoever scans the card is never shut out"
    )


async def test_a_stranger_with_wrong_card_codes_shuts_no_owner_out(place: Place) -> None:
    who = await place.header(MEMBER)
    await tries_until(lambda _: place.sign_in(MEMBER, "000000", card_secret="WRONGWRN"), "sign_in_locked")
    answer = await place.post(
        "devices:trust",
        who,
        card_number=PEOPLE[MEMBER]["card_number"],
        card_secret=PEOPLE[MEMBER]["card_code"],
    )
    assert answer.status_code == 201
    assert (await place.sign_in(MEMBER, card_secret=PEOPLE[MEMBER]["card_secret"])).status_code == 200


async def test_wrong_secrets_of_a_cards_qr_part_shut_nothing(place: Place) -> None:
    for number in range(8):
        answer = await place.sign_in(MEMBER, card_secret=f"{number:026}")
        assert refused(answer) == (401, "wrong_code_or_pin")
    assert way("Secret in a card").tries is None


async def test_refresh_token(place: Place) -> None:
    signed_in = (await place.sign_in(MEMBER)).json()
    for number in range(30):
        answer = await place.post("tokens:refresh", refresh_token=f"{number:043}")
        assert refused(answer) == (401, "session_over")
    newer = (await place.post("tokens:refresh", refresh_token=signed_in["refresh_token"])).json()
    assert newer["refresh_token"], "guesses of others shut nobody out"
    await place.post("tokens:refresh", refresh_token=newer["refresh_token"])
    stolen = await place.post("tokens:refresh", refresh_token=signed_in["refresh_token"])
    assert refused(stolen) == (401, "token_reused")
    assert way("Refresh token, stolen").tries == 0
    assert (await place.get("revocations")).json()["sessions"] == [signed_in["session_id"]]


async def test_enrolment_code_of_a_tablet(place: Place) -> None:
    who = await place.header(PROGRAMME)
    made = (await place.post("tablets", who, name="TAB-88", waste_bank_id="lubuk-pakam-induk")).json()
    head = made["enrolment_code"][:4]
    for number in range(5):
        answer = await place.post("tablets:enrol", code=f"{head}-00000-0000{number}")
        assert refused(answer) == (403, "wrong_tablet_code")
    assert way("Enrolment code").tries == 5
    assert refused(await place.post("tablets:enrol", code=made["enrolment_code"])) == (
        403,
        "wrong_tablet_code",
    )


async def test_the_fifth_code_of_a_tablet_may_still_be_right(place: Place) -> None:
    who = await place.header(PROGRAMME)
    made = (await place.post("tablets", who, name="TAB-88", waste_bank_id="lubuk-pakam-induk")).json()
    for number in range(4):
        await place.post("tablets:enrol", code=f"{made['enrolment_code'][:4]}-00000-0000{number}")
    assert (await place.post("tablets:enrol", code=made["enrolment_code"])).status_code == 200


async def test_one_time_code_for_a_pin(place: Place) -> None:
    first, second = await place.header(PROGRAMME), await place.header(SECOND_PROGRAMME)
    opened = (await place.post("pin-resets", first, code=SECOND, reason="Lupa")).json()
    made = (await place.post(f"pin-resets/{opened['reset_id']}:confirm", second)).json()
    choice: dict[str, Any] = {"code": SECOND, "pin": "837261"}
    for number in range(5):
        answer = await place.post("pins:choose", **choice, one_time_code=f"00000-0000{number}")
        assert refused(answer) == (403, "wrong_one_time_code")
    right = await place.post("pins:choose", **choice, one_time_code=made["one_time_code"])
    assert refused(right) == (403, "wrong_one_time_code")
    assert way("One-time code").tries == 5
    assert (await place.sign_in(SECOND)).status_code == 200, "the old PIN still holds"


async def test_the_counters_survive_a_change_of_process(place: Place) -> None:
    signed_in = (await place.sign_in(MEMBER)).json()
    await tries_until(lambda _: place.sign_in(MEMBER, WRONG_PIN), "sign_in_locked")
    (row,) = await place.rows("select wrong_tries, locked_until from credential where code = $1", MEMBER)
    assert row["wrong_tries"] == 5
    assert row["locked_until"] is not None
    assert (await place.get("sessions", bearer(signed_in["access_token"]))).status_code == 200
