"""What identity says about people: ids only, never a name, a phone or an address."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from shared.contracts.base import Code, MemberEvent

PEOPLE_TOPIC = "timbang.people.v1"

MemberKind = Literal["person", "household", "group", "waste_bank_unit"]


class MemberRegistered(MemberEvent):
    """Somebody may deposit from now on. Enrolment may have happened offline, before the server heard of it."""

    TYPE: ClassVar[str] = "id.timbang.people.member_registered.v1"
    TOPIC: ClassVar[str] = PEOPLE_TOPIC

    kind: MemberKind
    waste_bank_id: Code
    subdistrict_code: Code
    enrolled_at: AwareDatetime
    enrolled_by: UUID
    has_phone: bool


class MembersMerged(MemberEvent):
    """Two enrolments were one person: from now on `member_id` means `into_member_id`, and its credit is theirs.

    A second person decided it. The id that was given up stays good on tablets that have not heard of it.
    """

    TYPE: ClassVar[str] = "id.timbang.people.members_merged.v1"
    TOPIC: ClassVar[str] = PEOPLE_TOPIC

    into_member_id: UUID
    into_subdistrict_code: Code
    proposed_by: UUID
    merged_by: UUID
    merged_at: AwareDatetime


class MemberMoved(MemberEvent):
    """A member belongs to another waste bank from now on; what happened before stays where it happened."""

    TYPE: ClassVar[str] = "id.timbang.people.member_moved.v1"
    TOPIC: ClassVar[str] = PEOPLE_TOPIC

    from_waste_bank_id: Code
    from_subdistrict_code: Code
    waste_bank_id: Code
    subdistrict_code: Code
    moved_at: AwareDatetime
    moved_by: UUID


class CardReplaced(MemberEvent):
    """A member has a new card; the old one is blocked. Cards are named by ids, never by what is printed on them."""

    TYPE: ClassVar[str] = "id.timbang.people.card_replaced.v1"
    TOPIC: ClassVar[str] = PEOPLE_TOPIC

    card_id: UUID
    replaced_card_id: UUID
    why: Literal["lost", "stolen", "damaged", "secret_seen"]
    replaced_at: AwareDatetime
    replaced_by: UUID


class MemberErased(MemberEvent):
    """A member left: whoever keeps anything that tells who they were forgets it within a minute."""

    TYPE: ClassVar[str] = "id.timbang.people.member_erased.v1"
    TOPIC: ClassVar[str] = PEOPLE_TOPIC

    waste_bank_id: Code
    subdistrict_code: Code
    erased_at: AwareDatetime
    erased_by: UUID
