"""A tablet shows the key it signs with once; who may read it; and what seals the people kept on a tablet."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.identity.domain.tablet_keys import text_of
from services.identity.workflows.tablet_keys import point_of
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from tests.builders import TokenMint
from tests.services.identity.people_stage import People
from tests.services.identity.seeded_stage import (
    CEMARA_OPERATOR,
    MEMBER,
    OFFICE,
    OPERATOR,
    PAKAM_PROGRAMME,
    PROGRAMME,
    SECOND,
    Place,
    refused,
)

NEW = {"name": "TAB-77", "waste_bank_id": "lubuk-pakam-induk"}


def new_point(curve: ec.EllipticCurve | None = None) -> bytes:
    """The public half of a fresh key pair, as a browser exports it."""
    key = ec.generate_private_key(curve or ec.SECP256R1()).public_key()
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def moved(point: bytes) -> bytes:
    """Beside the curve."""
    return point[:40] + bytes([point[40] ^ 1]) + point[41:]


async def enrolled(place: Place, public_key: str | None = None) -> dict[str, Any]:
    registered = await place.post("tablets", await place.header(PROGRAMME), **NEW)
    more: dict[str, Any] = {} if public_key is None else {"public_key": public_key}
    answer = await place.post("tablets:enrol", code=registered.json()["enrolment_code"], **more)
    assert answer.status_code == 200, answer.text
    return {name: answer.json()[name] for name in ("tablet_id", "tablet_secret")}


async def test_the_key_is_read_by_who_works_there_before_and_after_the_tablet_is_lost(place: Place) -> None:
    key = text_of(new_point())
    tablet_id = (await enrolled(place, key))["tablet_id"]
    path = f"tablets/{tablet_id}/key"
    found = (await place.get(path, await place.header(OPERATOR))).json()
    assert found.pop("enrolled_at")
    assert found == {
        "tablet_id": tablet_id,
        "waste_bank_id": "lubuk-pakam-induk",
        "public_key": key,
        "revoked_at": None,
    }
    programme = await place.header(PROGRAMME)
    await place.post(f"tablets/{tablet_id}:revoke", programme, reason="Hilang")
    for who in (PAKAM_PROGRAMME, PROGRAMME):
        lost = (await place.get(path, await place.header(who))).json()
        assert lost["public_key"] == key
        assert lost["revoked_at"]
    for who, code in ((OFFICE, "not_allowed"), (MEMBER, "not_allowed")):
        assert refused(await place.get(path, await place.header(who))) == (403, code)
    for far in (
        await place.get(path, await place.header(CEMARA_OPERATOR)),
        await place.get(f"tablets/{uuid7()}/key", programme),
    ):
        assert refused(far) == (404, "unknown_tablet_here")
    assert refused(await place.get("tablets/bukan-id/key", programme)) == (422, "invalid_request")
    assert (await place.get(path)).status_code == 401
    (act,) = await place.acts("tablet_enrolled")
    assert act["after"] == '{"signs": true}'


async def test_a_tablet_without_a_key_signs_nothing(place: Place) -> None:
    tablet_id = (await enrolled(place))["tablet_id"]
    found = (await place.get(f"tablets/{tablet_id}/key", await place.header(OPERATOR))).json()
    assert (found["public_key"], found["revoked_at"]) == (None, None)


async def test_another_service_reads_any_key(people: People) -> None:
    registered = await people.post("tablets", people.programme(), **NEW)
    path = f"tablets/{registered.json()['tablet_id']}/key"
    assert (await people.get(path, people.mint.header(Role.SERVICE))).status_code == 200
    assert refused(await people.get(path, people.abroad())) == (404, "unknown_tablet_here")
    assert refused(await people.get(path, TokenMint().header(Role.OPERATOR))) == (401, "sign_in_needed")


GOOD = new_point()


@pytest.mark.parametrize(
    "wrong",
    [
        text_of(moved(GOOD)),
        text_of(GOOD[:64]),
        text_of(GOOD + b"x"),
        text_of(bytes([2]) + GOOD[1:33]),
        text_of(bytes([5]) + GOOD[1:]),
        text_of(bytes([4]) + bytes(64)),
        text_of(bytes([4]) + b"\xff" * 64),
        text_of(GOOD) + "=",
        text_of(new_point(ec.SECP384R1())),
        text_of(new_point(ec.SECP256K1())),
        "bukan-kunci",
    ],
)
async def test_what_is_no_point_of_the_curve_is_refused_and_the_code_stays_good(
    place: Place, wrong: str
) -> None:
    registered = await place.post("tablets", await place.header(PROGRAMME), **NEW)
    code = registered.json()["enrolment_code"]
    answer = await place.post("tablets:enrol", code=code, public_key=wrong)
    assert refused(answer) == (422, "wrong_tablet_key")
    assert "kode tablet masih berlaku" in answer.json()["detail"]
    good = await place.post("tablets:enrol", code=code, public_key=text_of(GOOD))
    assert good.status_code == 200


@pytest.mark.parametrize("wrong", ["", "kunci dengan spasi", "k\x00", "x" * 401, 5, ["x"]])
async def test_what_is_no_text_of_a_key_is_refused(place: Place, wrong: Any) -> None:
    answer = await place.post("tablets:enrol", code="8ZP3-K7Q2F-94WMA", public_key=wrong)
    assert refused(answer) == (422, "invalid_request")


def test_every_point_reads_as_it_is_written() -> None:
    for _ in range(20):
        point = new_point()
        assert point_of(text_of(point)) == point
        assert point_of(text_of(moved(point))) is None


async def test_the_vault_key_belongs_to_the_tablet_and_only_its_operators_get_it(place: Place) -> None:
    one, two = await enrolled(place), await enrolled(place)
    signed_in = (await place.sign_in(OPERATOR, **one)).json()
    key = signed_in["vault_key"]
    assert len(key) == 43
    assert (await place.sign_in(SECOND, **one)).json()["vault_key"] == key
    assert (await place.sign_in(OPERATOR, **two)).json()["vault_key"] not in {key, None}
    again = await place.post(
        "tokens:refresh", refresh_token=signed_in["refresh_token"], tablet_secret=one["tablet_secret"]
    )
    assert again.json()["vault_key"] == key
    await place.seed_again()
    assert (await place.sign_in(OPERATOR, **one)).json()["vault_key"] == key
    assert (await place.sign_in(OPERATOR)).json()["vault_key"] is None, "in a browser"
    assert (await place.sign_in(PROGRAMME)).json()["vault_key"] is None
    assert (await place.sign_in(MEMBER)).json()["vault_key"] is None
    card = {"card_secret": place.card(MEMBER)["card_secret"]}
    at_counter = await place.sign_in(MEMBER, **one, **card)
    assert at_counter.status_code == 200, at_counter.text
    assert at_counter.json()["vault_key"] is None
    everything = str([tuple(row) for row in await place.rows("select * from tablet")])
    assert key not in everything


async def test_a_tablet_of_the_first_days_has_no_vault(place: Place) -> None:
    tablet = place.tablet(OPERATOR)["tablet_id"]
    await place.rows("update tablet set secret_hash = null")
    signed_in = await place.sign_in(OPERATOR, tablet_id=tablet)
    assert signed_in.status_code == 200
    assert signed_in.json()["vault_key"] is None
