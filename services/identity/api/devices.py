"""The door for one's own phones and browsers: trusting one, listing them, forgetting one."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.identity.api.means import CardNumber, CardSecret, Means, refuse_locked
from services.identity.api.sessions import PEOPLE, Token, token_words
from services.identity.domain.refusals import Refusal
from services.identity.workflows import devices
from services.identity.workflows.guessing import Locked
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.http import Asked
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller


class Trust(Asked):
    """What stands on the member's own card."""

    card_number: CardNumber
    card_secret: CardSecret


class TrustedDevice(BaseModel):
    """The device's token, to be kept on the device and shown at every sign-in, and an access token that may spend.

    The refresh token stays the same.
    """

    device_id: UUID
    device_token: str
    token: Token


class DeviceWords(BaseModel):
    """A trusted device."""

    device_id: UUID
    trusted_at: datetime
    last_used_at: datetime


class DeviceList(BaseModel):
    """The newest first."""

    devices: list[DeviceWords]


def router(means: Means) -> APIRouter:
    """The routes of trusted devices."""
    routes = APIRouter(prefix="/v1", tags=["devices"])
    clock, database = means.clock, means.database

    @routes.post("/devices:trust", status_code=201)
    async def trust(asked: Trust, who: Annotated[Caller, Depends(allow(Role.MEMBER))]) -> TrustedDevice:
        """Trust this device. Wrong card secrets are counted, and shut the card for longer and longer."""
        now = clock.now()
        async with database.transaction() as tx:
            outcome = await devices.trust_device(
                tx, means.issuing(), who, asked.card_number, asked.card_secret, now
            )
        if isinstance(outcome, Locked):
            raise refuse_locked(Refusal.CARD_LOCKED, outcome, now)
        if isinstance(outcome, Refusal):
            raise Problem(outcome.value)
        return TrustedDevice(
            device_id=outcome.device_id,
            device_token=outcome.device_token,
            token=token_words(outcome.signed_in),
        )

    @routes.get("/devices")
    async def list_devices(who: Annotated[Caller, Depends(allow(*PEOPLE))]) -> DeviceList:
        """One's own known devices: a member's trusted phones, the browsers of staff."""
        async with database.reading() as tx:
            found = await devices.list_own(tx, who)
        return DeviceList(
            devices=[
                DeviceWords(device_id=each.id, trusted_at=each.trusted_at, last_used_at=each.last_used_at)
                for each in found
            ]
        )

    @routes.post("/devices/{device_id}:forget", status_code=204)
    async def forget(device_id: UUID, who: Annotated[Caller, Depends(allow(*PEOPLE))]) -> None:
        """Trust a device no longer, such as a lost or sold phone; its sessions end."""
        async with database.transaction() as tx:
            refused = await devices.forget_device(tx, who, device_id, clock.now())
        if refused is not None:
            raise Problem(refused.value)

    return routes
