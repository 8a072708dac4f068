"""Puts the invented people of a first start into the database; a second time changes nothing."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.identity.domain.people import Member, Staff
from services.identity.domain.seeded import SeededPeople
from services.identity.store import credentials, people
from services.identity.workflows.enrolment import register
from shared.kernel.roles import Role
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer


async def missing_pins(tx: Tx, seeded: SeededPeople) -> dict[str, str]:
    """The PINs, by code, that were not stored yet: hashing them is slow and is not done twice."""
    present = await credentials.codes_present(tx, list(seeded.pins))
    return {code: pin for code, pin in seeded.pins.items() if code not in present}


async def seed_people(
    tx: Tx, sealer: Sealer, seeded: SeededPeople, pin_hashes: Mapping[str, str], now: datetime
) -> int:
    """Store everybody who is missing and announce the new members; returns how many those were."""
    await people.add_staff(tx, sealer, seeded.staff)
    await people.add_tablets(tx, seeded.tablets)
    new = await register(tx, sealer, seeded.members, now)
    owners = [(each.code, each.role, each.id) for each in seeded.staff]
    owners += [(each.code, Role.MEMBER, each.id) for each in seeded.members]
    await credentials.add_credentials(
        tx, [(code, role, subject, pin_hashes[code]) for code, role, subject in owners if code in pin_hashes]
    )
    return len(new)


def people_file(seeded: SeededPeople) -> list[dict[str, Any]]:
    """What is written for people and for tests to sign in with, one entry a person; the role comes first."""
    tablets: dict[str, list[str]] = defaultdict(list)
    for tablet in seeded.tablets:
        tablets[tablet.waste_bank_id].append(str(tablet.id))
    people: list[dict[str, Any]] = []
    for worker in seeded.staff:
        entry = _entry(worker.role, worker, seeded)
        if worker.waste_bank_ids:
            entry["waste_bank_ids"] = list(worker.waste_bank_ids)
            entry["tablet_id"] = tablets[worker.waste_bank_ids[0]].pop(0)
        people.append(entry)
    for member in seeded.members:
        entry = _entry(Role.MEMBER, member, seeded)
        entry["kind"] = member.kind
        entry["waste_bank_id"] = member.waste_bank_id
        entry["subdistrict_code"] = member.subdistrict_code
        entry["phone"] = member.phone
        people.append(entry)
    return people


def _entry(role: Role, person: Staff | Member, seeded: SeededPeople) -> dict[str, Any]:
    return {
        "role": role.value,
        "name": person.name,
        "code": person.code,
        "pin": seeded.pins[person.code],
        "id": str(person.id),
    }
