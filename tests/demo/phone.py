"""A resident's phone: signs in, asks a price, redeems, follows what becomes of it."""

from typing import Any, Self
from uuid import UUID

from httpx import Response

from tests.demo.cast import Resident
from tests.demo.hands import print_card, trusted_token
from tests.demo.stage import Stage


class Phone:
    """One resident's own doors."""

    def __init__(self, resident: Resident, stage: Stage, token: str) -> None:
        """Use `Phone.signed_in`."""
        self.resident = resident
        self._payout = stage.door("payout", token)
        self._wallet = stage.door("wallet", token)

    @classmethod
    async def signed_in(cls, resident: Resident, stage: Stage) -> Self:
        """Sign in with code and PIN, and type the card's secret once, so that the phone may spend."""
        card = await print_card(stage, resident.bank, resident.id)
        return cls(resident, stage, await trusted_token(stage, resident.code, resident.pin, card))

    async def ask_price(self, product: str, target: str) -> Response:
        """A quote, or the refusal."""
        return await self._payout.ask("POST", "/v1/quotes", json={"product": product, "target": target})

    async def redeem(self, quote_id: str, key: str) -> Response:
        """Redeem a quote under a key: the same key is the same purchase."""
        return await self._payout.ask(
            "POST",
            "/v1/redemptions",
            # The stand-in biller's numbers with a will of their own are few: every run buys for them again.
            json={"quote_id": quote_id, "repeat_confirmed": True},
            headers={"Idempotency-Key": key},
        )

    async def look(self, redemption_id: UUID) -> dict[str, Any]:
        """How a redemption stands."""
        found: dict[str, Any] = await self._payout.get(f"/v1/redemptions/{redemption_id}")
        return found

    async def look_at_anothers(self, redemption_id: UUID) -> int:
        """The HTTP status of looking at what is not one's own."""
        return (await self._payout.ask("GET", f"/v1/redemptions/{redemption_id}")).status_code

    async def balance(self) -> dict[str, Any]:
        """Posted, held and available rupiah."""
        found: dict[str, Any] = await self._wallet.get(f"/v1/members/{self.resident.id}/balance")
        return found
