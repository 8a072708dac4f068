"""People as the rules see them: plain values, names in clear only while somebody is looking at them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.kernel.roles import Role

MemberKind = Literal["person", "household", "group", "waste_bank_unit"]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may deposit. `phone` is canonical or None; `name` and `phone` never leave this service unasked."""

    id: UUID
    code: str
    kind: MemberKind
    waste_bank_id: str
    subdistrict_code: str
    enrolled_at: datetime
    enrolled_by: UUID
    name: str = field(repr=False)
    phone: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Staff:
    """An operator, or somebody of the programme or of the environment office. Banks only for operators."""

    id: UUID
    code: str
    role: Role
    waste_bank_ids: tuple[str, ...]
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tablet:
    """A tablet stands at one waste bank."""

    id: UUID
    label: str
    waste_bank_id: str


@dataclass(frozen=True, slots=True)
class Credential:
    """What a sign-in is checked against, and for whom. A member has a sub-district of their own, staff have banks."""

    code: str
    role: Role
    subject_id: UUID
    pin_hash: str = field(repr=False)
    wrong_tries: int
    locked_until: datetime | None
    waste_bank_ids: tuple[str, ...]
    own_subdistrict_code: str | None
