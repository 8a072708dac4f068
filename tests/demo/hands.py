"""One person's hands on every door; residents of the field's day, each with a card and an own phone that may spend."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from shared.kernel.ids import uuid7
from tests.demo.cast import Kind, hard_to_guess
from tests.demo.doors import Door
from tests.demo.stage import Stage

CREATED = {200, 201}


class Hands:
    """The doors of all services for one token."""

    def __init__(self, stage: Stage, token: str) -> None:
        """Doors are closed with the stage."""
        self.identity: Door = stage.door("identity", token)
        self.deposit: Door = stage.door("deposit", token)
        self.valuation: Door = stage.door("valuation", token)
        self.wallet: Door = stage.door("wallet", token)
        self.payout: Door = stage.door("payout", token)


async def print_card(stage: Stage, bank: str, member_id: UUID) -> dict[str, Any]:
    """Issue a card at the counter of a bank; what is printed on it is told this once."""
    async with Door(stage.addresses["identity"], stage.tokens[bank]) as identity:
        issued = await identity.post(f"/v1/members/{member_id}:issue-card", {}, expect=CREATED)
    printed: dict[str, Any] = issued["printed"]
    return printed


async def trusted_token(stage: Stage, code: str, pin: str, card: dict[str, Any]) -> str:
    """Sign in on a phone that was not seen before, and show it the card: from then on it may spend."""
    signed_in = await stage.identity.post("/v1/tokens", {"code": code, "pin": pin})
    async with Door(stage.addresses["identity"], signed_in["access_token"]) as own:
        shown = {"card_number": card["number"], "card_secret": card["secret"]}
        trusted = await own.post("/v1/devices:trust", shown, expect=201)
    return str(trusted["token"]["access_token"])


@dataclass
class Neighbour:
    """A resident of the field's day. `card` is what is printed on it."""

    name: str
    bank: str
    pin: str = field(repr=False)
    phone: str | None = field(default=None, repr=False)
    kind: Kind = "person"
    id: UUID = field(default_factory=uuid7)
    code: str = ""
    card: dict[str, Any] = field(default_factory=dict, repr=False)

    async def enrol(self, stage: Stage, enrolled_at: datetime, **more: str) -> Self:
        """Enrol them at the counter of their bank and print a card."""
        enrolment = {
            "member_id": str(self.id),
            "kind": self.kind,
            "name": self.name,
            "phone": self.phone,
            "waste_bank_id": self.bank,
            "enrolled_at": enrolled_at.isoformat(),
            "pin": self.pin,
            **more,
        }
        async with Door(stage.addresses["identity"], stage.tokens[self.bank]) as identity:
            answer = await identity.post("/v1/members", enrolment, expect=CREATED)
        self.code = answer["code"]
        self.card = await print_card(stage, self.bank, self.id)
        return self

    async def hands(self, stage: Stage) -> Hands:
        """Their own phone."""
        return Hands(stage, await trusted_token(stage, self.code, self.pin, self.card))


def neighbour(dice: Any, name: str, bank: str, phone: str | None = None, kind: Kind = "person") -> Neighbour:
    """Somebody whom no service knows yet."""
    return Neighbour(name, bank, hard_to_guess(dice), phone, kind)
