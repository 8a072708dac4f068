"""Whom the session belongs to: what identity tells members about themselves."""

from dataclasses import dataclass
from typing import Any

from services.web.clients import Door


@dataclass(frozen=True, slots=True)
class Member:
    """A member as they see themselves."""

    member_id: str
    code: str
    kind: str
    name: str
    phone: str | None
    address: str | None
    village: str | None
    waste_bank_id: str
    subdistrict_code: str
    card_id: str | None
    card_number: str | None


async def read_member(door: Door, member_id: str) -> Member:
    """The member of a session."""
    told: dict[str, Any] = await door.get("identity", f"/v1/members/{member_id}")
    return Member(**{field: told[field] for field in Member.__slots__})
