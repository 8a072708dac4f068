"""People as the rules see them: plain values, names in clear only while somebody is looking at them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.identity.domain.areas import Area
from shared.kernel.roles import Role

MemberKind = Literal["person", "household", "group", "waste_bank_unit"]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may deposit. `phone` is canonical or None; what names them never leaves this service unasked.

    `merged_into_id` is set once it was found that another member is the same person.
    """

    id: UUID
    code: str
    kind: MemberKind
    waste_bank_id: str
    subdistrict_code: str
    enrolled_at: datetime
    enrolled_by: UUID
    name: str = field(repr=False)
    phone: str | None = field(repr=False)
    address: str | None = field(default=None, repr=False)
    village: str | None = field(default=None, repr=False)
    merged_into_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member belongs and whether they are still there, without anything that names them."""

    id: UUID
    code: str
    waste_bank_id: str
    subdistrict_code: str
    merged_into_id: UUID | None
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class Move:
    """A member went from one waste bank to another."""

    member_id: UUID
    from_waste_bank_id: str
    from_subdistrict_code: str
    waste_bank_id: str
    subdistrict_code: str
    moved_at: datetime
    moved_by: UUID
    why: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was done to a member, by whom as far as their role."""

    at: datetime
    action: str
    actor_role: str


@dataclass(frozen=True, slots=True)
class Staff:
    """An operator, or somebody of the programme or of the environment office, and where they may work."""

    id: UUID
    code: str
    role: Role
    area: Area
    name: str = field(repr=False)
    made_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tablet:
    """A tablet stands at one waste bank. One that has a secret must show it; a revoked one opens nothing."""

    id: UUID
    label: str
    waste_bank_id: str
    secret_hash: bytes | None = field(default=None, repr=False)
    registered_at: datetime | None = None
    enrolled_at: datetime | None = None
    revoked_at: datetime | None = None
    last_seen_at: datetime | None = None
    # What proves its weighings, once it was enrolled with one.
    public_key: bytes | None = None

    @property
    def is_of_first_days(self) -> bool:
        """Whether it was there before tablets had secrets: nobody registered it, and it never got one."""
        return self.secret_hash is None and self.registered_at is None


@dataclass(frozen=True, slots=True)
class Credential:
    """What a sign-in is checked against, and for whom. A member has a sub-district of their own, staff have an area.

    `wrong_tries` and `locked_until` count those who show nothing that is known: they all share one counter.
    """

    code: str
    role: Role
    subject_id: UUID
    pin_hash: str = field(repr=False)
    wrong_tries: int
    locked_until: datetime | None
    area: Area
    own_subdistrict_code: str | None
