"""The door for cards: allotting blank ones, giving one to a member, replacing, blocking, finding whose one is."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response
from pydantic import AliasChoices, BaseModel, Field

from services.identity.api.means import CardNumber, Means, settled
from services.identity.domain.cards import BlockedReason, PrintedCard, ReplacedReason
from services.identity.domain.people import MemberKind
from services.identity.domain.phones import masked_phone
from services.identity.workflows import card_giving, cards
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.http import Asked, Slug
from shared.runtime.tokens import Caller

ALLOTTED_MAX = 100

Staff = Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))]
Owner = Annotated[Caller, Depends(allow(Role.MEMBER, Role.OPERATOR, Role.PROGRAMME))]
NumberInPath = Annotated[str, Path(pattern=r"^[0-9]{12}$")]


class Allotment(Asked):
    """How many blank cards, for which waste bank."""

    waste_bank_id: Slug
    count: Annotated[int, Field(ge=1, le=ALLOTTED_MAX)]


class Print(BaseModel):
    """What to print. `secret` and `code` are told this once and stored nowhere; `qr` is what the QR part holds."""

    card_id: UUID
    number: str
    secret: str
    code: str
    qr: str


class Prints(BaseModel):
    """Blank cards. Those of an answer that got lost stay blank for ever; ask for others."""

    cards: list[Print]


class Wanted(Asked):
    """A blank card by its number, or none: then one is made, and its secret told once."""

    card_number: CardNumber | None = None


class Replacement(Wanted):
    """Why the card is replaced, and by which one."""

    # Tablets keep a replacement until there is a signal: an older app wrote `why`.
    reason: Annotated[ReplacedReason, Field(validation_alias=AliasChoices("reason", "why"))]


class Blocking(Asked):
    """Why the card is blocked."""

    reason: ReplacedReason


class IssuedCard(BaseModel):
    """The card that the member has now. `printed` is there if it was made just now."""

    card_id: UUID
    number: str
    printed: Print | None


class BlockedCard(BaseModel):
    """A card that opens nothing any more."""

    card_id: UUID
    blocked_at: datetime | None
    reason: BlockedReason | None


class Holder(BaseModel):
    """Whose card it is."""

    card_id: UUID
    state: Literal["working"] = "working"
    member_id: UUID
    code: str
    kind: MemberKind
    name: str
    phone: str | None
    waste_bank_id: str


def router(means: Means) -> APIRouter:
    """The routes about cards."""
    routes = APIRouter(prefix="/v1", tags=["cards"])
    clock, database, sealer, watcher = means.clock, means.database, means.sealer, means.watcher

    @routes.post("/cards:allot", status_code=201)
    async def allot(asked: Allotment, who: Staff) -> Prints:
        """Blank cards that a tablet may give to members while it has no signal."""
        async with database.transaction() as tx:
            made = settled(
                await card_giving.allot_cards(
                    tx,
                    sealer,
                    asked.count,
                    waste_bank_id=asked.waste_bank_id,
                    by=who,
                    rollout=watcher.current,
                    now=clock.now(),
                )
            )
        return Prints(cards=[_print(each) for each in made])

    @routes.get("/cards/{number}")
    async def look_up(number: NumberInPath, who: Staff) -> Holder:
        """Whose card this is, for staff of the member's area; a blocked one is refused."""
        async with database.reading() as tx:
            card, member = settled(await cards.look_up(tx, sealer, number, by=who, rollout=watcher.current))
        return Holder(
            card_id=card.id,
            member_id=member.id,
            code=member.code,
            kind=member.kind,
            name=member.name,
            phone=member.phone and masked_phone(member.phone),
            waste_bank_id=member.waste_bank_id,
        )

    @routes.post(
        "/members/{member_id}:issue-card",
        status_code=201,
        responses={200: {"model": IssuedCard, "description": "Repeated"}},
    )
    async def issue(member_id: UUID, asked: Wanted, response: Response, who: Staff) -> IssuedCard:
        """Give a card to a member without a working one: 201; 200 if they have that very card already."""
        async with database.transaction() as tx:
            issued = settled(
                await cards.issue_card(
                    tx,
                    sealer,
                    member_id,
                    asked.card_number,
                    by=who,
                    rollout=watcher.current,
                    now=clock.now(),
                )
            )
        response.status_code = 201 if issued.is_new else 200
        return _issued(issued)

    @routes.post("/cards/{card_id}:replace", status_code=201)
    async def replace(card_id: UUID, asked: Replacement, who: Staff) -> IssuedCard:
        """Block a member's card and give them another, in one step."""
        async with database.transaction() as tx:
            issued = settled(
                await cards.replace_card(
                    tx,
                    sealer,
                    card_id,
                    asked.card_number,
                    asked.reason,
                    by=who,
                    rollout=watcher.current,
                    now=clock.now(),
                )
            )
        return _issued(issued)

    @routes.post("/cards/{card_id}:block")
    async def block(card_id: UUID, asked: Blocking, who: Owner) -> BlockedCard:
        """Block a card, one's own too. Blocking it again changes nothing."""
        async with database.transaction() as tx:
            card = settled(
                await cards.block_card(
                    tx, card_id, asked.reason, by=who, rollout=watcher.current, now=clock.now()
                )
            )
        return BlockedCard(card_id=card.id, blocked_at=card.blocked_at, reason=card.blocked_why)

    return routes


def _print(card: PrintedCard) -> Print:
    return Print(card_id=card.id, number=card.number, secret=card.secret, code=card.code, qr=card.qr)


def _issued(issued: cards.Issued) -> IssuedCard:
    return IssuedCard(
        card_id=issued.card.id,
        number=issued.card.number,
        printed=_print(issued.printed) if issued.printed else None,
    )
