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
