"""Who knocks: of each role the person whom a record is about, a colleague of the same area, a stranger."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from deploy.docs.areas import WHO
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from tests.builders import TokenMint

OWN, SAME_AREA, OTHER_AREA = WHO
BANK, SUBDISTRICT = "lubuk-pakam-induk", "12.07.28"
OTHER_BANK, OTHER_SUBDISTRICT = "batang-kuis-pekan", "12.07.27"


@dataclass
class Person:
    """Somebody with a token. `member_id` is a member's own."""

    role: Role
    who: str
    header: dict[str, str]
    id: UUID
    session_id: UUID
    tablet_id: UUID | None = None


@dataclass
class People:
    """All of them, made anew for each scene."""

    mint: TokenMint = field(default_factory=TokenMint)
    by_key: dict[tuple[Role, str], Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Everybody gets an id and a token."""
        for who in WHO:
            away = who == OTHER_AREA
            area = (OTHER_SUBDISTRICT,) if away else (SUBDISTRICT,)
            for role in Role:
                self.by_key[role, who] = self._person(role, who, area, (OTHER_BANK,) if away else (BANK,))

    def _person(self, role: Role, who: str, area: tuple[str, ...], banks: tuple[str, ...]) -> Person:
        person, session, tablet = uuid7(), uuid7(), uuid7() if role is Role.OPERATOR else None
        header = self.mint.header(
            role,
            subject=person,
            waste_bank_ids=banks if role is Role.OPERATOR else (),
            subdistrict_codes=()
            if role in {Role.MEMBER, Role.SERVICE} or (role is not Role.OPERATOR and who == OWN)
            else area,
            # Who decided about the planted records is somebody of the whole regency.
            regency_codes=("12.07",) if role in {Role.PROGRAMME, Role.OFFICE} and who == OWN else (),
            member_id=person if role is Role.MEMBER else None,
            tablet_id=tablet,
            session_id=session,
            lifetime_seconds=3600,
        )
        return Person(role, who, header, person, session, tablet)

    def __getitem__(self, key: tuple[Role, str]) -> Person:
        """Of a role: the own one, the colleague or the stranger."""
        return self.by_key[key]

    @property
    def member(self) -> Person:
        """Whom the planted records are about."""
        return self[Role.MEMBER, OWN]

    @property
    def operator(self) -> Person:
        """Who made the planted records."""
        return self[Role.OPERATOR, OWN]

    @property
    def programme(self) -> Person:
        """Who decided what the planted records needed to be decided about."""
        return self[Role.PROGRAMME, OWN]

    def of(self, role: Role) -> Iterator[Person]:
        """The three of a role."""
        for who in WHO:
            yield self[role, who]
