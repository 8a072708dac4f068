"""What the doors are built from, and the shapes that several of them read."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Query
from pydantic import Field

from services.deposit.domain.stock import Kinds
from services.deposit.workflows.morning import Owners
from services.deposit.workflows.tablet_keys import TabletKeys
from shared.kernel.clock import Clock
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.database import Database
from shared.runtime.http import Slug
from shared.runtime.other_doors import OtherDoor
from shared.runtime.rollout import RolloutWatcher
from shared.runtime.sealing import Sealer
from shared.runtime.tokens import Caller

_FIRST, _LAST = date(2020, 1, 1), date(2100, 1, 1)
Staff = Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))]
Programme = Annotated[Caller, Depends(allow(Role.PROGRAMME))]
Member = Annotated[Caller, Depends(allow(Role.MEMBER))]
Everybody = Annotated[Caller, Depends(allow(Role.MEMBER, Role.OPERATOR, Role.PROGRAMME))]
BankAsked = Annotated[Slug, Query(description="The waste bank")]
GivenDay = Annotated[date, Field(ge=_FIRST, le=_LAST, description="A day by the clock of WIB")]
DayAsked = Annotated[date | None, Query(ge=_FIRST, le=_LAST, description="A day by the clock of WIB")]
Grams = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)]
SomeGrams = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]


@dataclass(frozen=True, slots=True)
class Means:
    """Everything concrete that a door needs."""

    database: Database
    rollout: RolloutWatcher
    clock: Clock
    sealer: Sealer
    kinds: Kinds
    payout: OtherDoor
    owners: Owners
    keys: TabletKeys
