"""Phones, codes, locks and the seeded people, as rules without a database."""

from datetime import timedelta

import pytest

from services.identity.domain.codes import canonical_code, member_code
from services.identity.domain.locks import lock_after
from services.identity.domain.phones import canonical_phone, masked_phone
from services.identity.domain.seeded import seeded_people
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role


@pytest.mark.parametrize(
    "typed",
    [
        "081234567890",
        "0812-3456-7890",
        "62 812 3456 7890",
        "+6281234567890",
        "+62 (812) 3456.7890",
        "81234567890",
    ],
)
def test_a_phone_is_found_however_it_was_typed(typed: str) -> None:
    assert canonical_phone(typed) == "+6281234567890"


@pytest.mark.parametrize(
    "typed", ["", "0611234567", "08123", "0812345678901234", "nol delapan", "+6581234567890"]
)
def test_what_is_no_mobile_number_is_none(typed: str) -> None:
    assert canonical_phone(typed) is None


def test_a_masked_phone_shows_head_and_tail() -> None:
    assert masked_phone("+6281234567890") == "+62812*****890"


def test_a_members_code_is_the_same_for_ever_and_another_for_another() -> None:
    ids = [uuid7() for _ in range(2000)]
    codes = {member_code(each) for each in ids}
    assert len(codes) == 2000
    assert {len(code) for code in codes} == {11}
    assert member_code(ids[0]) == member_code(ids[0])
    assert canonical_code(f" {member_code(ids[0]).lower()} ") == member_code(ids[0])


def test_the_lock_grows_and_stops_growing() -> None:
    locks = [lock_after(tries) for tries in range(1, 40)]
    assert locks[:4] == [None] * 4
    assert locks[4:7] == [timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1)]
    assert locks[-1] == timedelta(hours=24)


def test_the_seed_is_the_same_every_time_and_has_everybody() -> None:
    people = seeded_people()
    assert people == seeded_people()
    assert len(people.members) == 40
    assert sum(member.phone is None for member in people.members) == 4
    assert {member.kind for member in people.members} == {"person", "household", "group", "waste_bank_unit"}
    assert any("Kelas" in member.name for member in people.members)
    roles = [person.role for person in people.staff]
    assert roles.count(Role.OPERATOR) >= 4
    assert roles.count(Role.OFFICE) >= 2
    assert roles.count(Role.PROGRAMME) >= 2
    banks = [bank for person in people.staff for bank in person.area.waste_bank_ids]
    assert banks.count("lubuk-pakam-induk") == 2
    ids = [member.id for member in people.members] + [person.id for person in people.staff]
    ids += [tablet.id for tablet in people.tablets]
    assert len(set(ids)) == len(ids)
    assert {each.version for each in ids} == {7}
    assert len(set(people.pins)) == len(people.pins) == 51
