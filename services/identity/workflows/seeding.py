"""Puts the invented people of a first start into the database; a second time changes nothing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.identity.domain.people import Member, Staff
from services.identity.domain.seeded import SeededPeople
from services.identity.domain.seeded_cards import seeded_card
from services.identity.store import cards, changes, credentials, people, staff, tablets
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
    await staff.add_staff(tx, sealer, seeded.staff)
    await tablets.seed_tablets(tx, seeded.tablets)
    new = await register(tx, sealer, seeded.members, now)
    # Who was merged or left in a rehearsal stays so.
    gone = await people.closed_ids(tx, [member.id for member in seeded.members])
    there = [member for member in seeded.members if member.id not in gone]
    await _give_cards(tx, sealer, there, now)
    ended = await staff.ended_ids(tx)
    owners = [(each.code, each.role, each.id) for each in seeded.staff if each.id not in ended]
    owners += [(each.code, Role.MEMBER, each.id) for each in there]
    await credentials.add_credentials(
        tx, [(code, role, subject, pin_hashes[code]) for code, role, subject in owners if code in pin_hashes]
    )
    return len(new)


async def _give_cards(tx: Tx, sealer: Sealer, members: Sequence[Member], now: datetime) -> None:
    """Every member's first card; one that was given before, or replaced since, stays as it is."""
    by_bank: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        by_bank[member.waste_bank_id].append(member)
    for bank, of_bank in by_bank.items():
        printed = {seeded_card(member).id: (seeded_card(member), member) for member in of_bank}
        new = await cards.add_cards(
            tx,
            sealer,
            [card for card, _ in printed.values()],
            waste_bank_id=bank,
            by=of_bank[0].enrolled_by,
            tablet_id=None,
            now=now,
        )
        pairs = [(card_id, printed[card_id][1].id) for card_id in new]
        await cards.bind_cards(tx, pairs, of_bank[0].enrolled_by, now)
        await changes.mark_changed(tx, [(bank, member_id, None) for _, member_id in pairs])


def people_file(seeded: SeededPeople) -> list[dict[str, Any]]:
    """What is written for people and for tests to sign in with, one entry a person; the role comes first."""
    at_bank: dict[str, list[UUID]] = defaultdict(list)
    for tablet in seeded.tablets:
        at_bank[tablet.waste_bank_id].append(tablet.id)
    people: list[dict[str, Any]] = []
    for worker in seeded.staff:
        entry = _entry(worker.role, worker, seeded)
        banks = sorted(worker.area.waste_bank_ids)
        if banks:
            tablet_id = at_bank[banks[0]].pop(0)
            entry["waste_bank_ids"] = banks
            entry["tablet_id"] = str(tablet_id)
            entry["tablet_secret"] = seeded.tablet_secrets[tablet_id]
        else:
            entry["subdistrict_codes"] = sorted(worker.area.subdistrict_codes)
            entry["regency_codes"] = sorted(worker.area.regency_codes)
        people.append(entry)
    for member in seeded.members:
        entry = _entry(Role.MEMBER, member, seeded)
        entry["kind"] = member.kind
        entry["waste_bank_id"] = member.waste_bank_id
        entry["subdistrict_code"] = member.subdistrict_code
        entry["phone"] = member.phone
        card = seeded_card(member)
        entry["card_number"] = card.number
        entry["card_secret"] = card.secret
        entry["card_code"] = card.code
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
