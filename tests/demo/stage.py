"""The running system as its users meet it: doors opened, staff signed in, a tablet at every waste bank."""

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from tests.demo.cast import BANKS, NOT_YET_OPEN
from tests.demo.doors import Door
from tests.demo.staff import Desk, Person, read_people, sign_in
from tests.demo.tablet import Tablet


class Stage:
    """Use `await Stage.set(ready, dice)`, and `await stage.leave()` at the end."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        """Nothing is opened yet."""
        self.addresses = addresses
        self.identity = Door(addresses["identity"])
        self.tablets: dict[str, Tablet] = {}
        self.operators: dict[str, Desk] = {}
        # Of operators by their waste bank, of the programme's people by their code.
        self.tokens: dict[str, str] = {}
        self._doors: list[Door] = [self.identity]
        self.desk: Desk
        self.second_desk: Desk

    @classmethod
    async def set(cls, ready: Path, dice: random.Random) -> Self:
        """Sign in the staff of the seed. Raises OSError if there is no ready.json, KeyError if somebody is missing."""
        facts = read_ready(ready)
        stage = cls(facts["addresses"])
        people = read_people(Path(facts["people_file"]))
        operators = {bank: _operator_of(bank, people["operator"]) for bank in (*BANKS, NOT_YET_OPEN)}
        for bank, person in operators.items():
            token = await sign_in(
                stage.identity, person.code, person.pin, person.tablet_id, person.tablet_secret
            )
            stage.tablets[bank] = Tablet(
                bank,
                stage.door("deposit", token),
                stage.door("identity", token),
                stage.door("valuation"),
                dice,
            )
            stage.operators[bank] = stage._desk(person, token)
            stage.tokens[bank] = token
        first, second = people["programme"][:2]
        for person in (first, second):
            stage.tokens[person.code] = await sign_in(stage.identity, person.code, person.pin)
        stage.desk = stage._desk(first, stage.tokens[first.code])
        stage.second_desk = stage._desk(second, stage.tokens[second.code])
        return stage

    def door(self, service: str, token: str | None = None) -> Door:
        """One service's door for one caller; it is closed with the stage."""
        opened = Door(self.addresses[service], token)
        self._doors.append(opened)
        return opened

    def _desk(self, person: Person, token: str) -> Desk:
        names = ("deposit", "valuation", "wallet", "payout")
        return Desk(person, *(self.door(name, token) for name in names))

    async def leave(self) -> None:
        """Close every door."""
        for door in self._doors:
            await door.close()


def read_ready(ready: Path) -> dict[str, Any]:
    """What the running system says about itself. Raises OSError while there is none."""
    facts: dict[str, Any] = json.loads(ready.read_text(encoding="utf-8"))
    return facts


def _operator_of(bank: str, operators: list[Person]) -> Person:
    return next(person for person in operators if bank in person.waste_bank_ids)
