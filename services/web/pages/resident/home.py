"""The first page: for strangers the way in; for members what they have, what is under way and what is new."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request, Response

from services.web.means import Means
from services.web.pages.common import render
from services.web.pages.resident.reading.asking import or_none
from services.web.pages.resident.reading.complaints import Complaint, read_complaints
from services.web.pages.resident.reading.deposits import (
    read_all_valued,
    read_deposits,
    read_expected,
    weighing_of,
)
from services.web.pages.resident.reading.money import (
    Balance,
    credited_in,
    read_balance,
    read_statement_since,
)
from services.web.pages.resident.reading.people import read_member
from services.web.pages.resident.reading.redemptions import Redemption, read_redemptions
from services.web.pages.resident.rules.courses import Course
from services.web.pages.resident.rules.provisional import (
    NOT_RECORDED,
    Provisional,
    Reason,
    explained,
    not_yet_credited,
    provisional_rupiah,
)
from services.web.pages.resident.signing import SignInPage, sign_in_page
from services.web.pages.resident.visiting import ResidentRoute, Visit, visit
from services.web.session import Face, find_session

_LATELY_SECONDS = 3 * 86_400
REASONS = {
    Reason.JUST_RECEIVED: "warga.sementara.baru",
    Reason.BEING_CREDITED: "warga.sementara.dihitung",
    Reason.BEING_CHECKED: "warga.sementara.diperiksa",
    Reason.WAITS_FOR_MEMBER: "warga.sementara.menunggu_nasabah",
    Reason.PLACE_NOT_OPEN: "warga.sementara.kecamatan",
    Reason.SET_ASIDE: "warga.sementara.ditahan",
}
REMINDERS = {"token_reused": "warga.ingat.dipakai_dua", "wrong_pins": "warga.ingat.pin_salah"}


@dataclass(frozen=True, slots=True)
class Purse:
    """What somebody has: certain, and provisional with its reasons. None where a service was silent."""

    balance: Balance | None
    provisional: list[Provisional] | None

    @property
    def provisional_rupiah(self) -> int:
        """What will probably be credited."""
        return provisional_rupiah(self.provisional or [])


@dataclass(frozen=True, slots=True)
class News:
    """What somebody should know without looking for it; `whole` is false if a service was silent."""

    complaints: list[Complaint]
    redemptions: list[Redemption]
    whole: bool


def router(means: Means) -> APIRouter:
    """`/` and `/saldo`."""
    del means
    pages = APIRouter(route_class=ResidentRoute)

    @pages.get("/")
    async def first_page(request: Request) -> Response:
        if await find_session(request, Face.RESIDENT) is None:
            return sign_in_page(request, SignInPage())
        here = await visit(request, known=False)
        member, purse, news = await asyncio.gather(
            or_none(read_member(here.door, here.member_id)), read_purse(here), read_news(here)
        )
        return render(
            request,
            "resident/home.html",
            member=member,
            purse=purse,
            news=news,
            may_spend=here.session.may_spend,
            reminders=[
                REMINDERS[kind] for kind in request.query_params.get("ingat", "").split() if kind in REMINDERS
            ],
        )

    @pages.get("/saldo")
    async def show_balance(request: Request) -> Response:
        here = await visit(request, known=False)
        return render(
            request,
            "resident/balance.html",
            purse=await read_purse(here),
            reasons=REASONS,
            bank_name=here.bank_name,
            may_spend=here.session.may_spend,
        )

    return pages


async def read_purse(here: Visit) -> Purse:
    """The balance, and the deposits that are not in it yet."""
    balance, provisional = await asyncio.gather(
        or_none(read_balance(here.door, here.member_id)), or_none(_provisional(here))
    )
    return Purse(balance, provisional)


async def _provisional(here: Visit) -> list[Provisional]:
    # What is set aside stays in sight however much was brought since.
    latest, *aside = await asyncio.gather(
        read_deposits(here.door), *(read_deposits(here.door, state=state) for state in NOT_RECORDED)
    )
    weighings = [weighing_of(each) for each in latest]
    if not weighings:
        return []
    seen = {each.deposit_id for each in weighings}
    held = [weighing_of(told) for found in aside for told in found if told["deposit_id"] not in seen]
    since: datetime = min(each.received_at for each in weighings)
    statement = await read_statement_since(here.door, here.member_id, since)
    waiting = not_yet_credited(weighings, credited_in(statement))
    valued = await read_all_valued(
        here.door, [each.deposit_id for each in waiting if each.state == "recorded"]
    )
    told = {each["deposit_id"]: each for found in (latest, *aside) for each in found}
    shown = [*waiting, *held]
    expected = await read_expected(here.door, [told[each.deposit_id] for each in shown], valued)
    return explained(shown, {key: each.state for key, each in valued.items()}, expected)


async def read_news(here: Visit) -> News:
    """Complaints that wait or were answered lately, and redemptions that are under way or just ended badly."""
    if not here.session.may_spend:
        return News([], [], whole=True)
    complaints, redemptions = await asyncio.gather(
        read_complaints(here.door), or_none(read_redemptions(here.door))
    )
    found = [] if redemptions is None else redemptions[0]
    return News(
        [each for each in complaints.found if each.is_open or each.answered_lately(here.now)],
        [each for each in found if _is_news(each, here.now)],
        whole=complaints.whole and redemptions is not None,
    )


def _is_news(redemption: Redemption, now: datetime) -> bool:
    if redemption.course in {Course.PROCESSING, Course.RETURNING, Course.FETCH}:
        return True
    lately = (now - redemption.changed_at).total_seconds() < _LATELY_SECONDS
    return lately and redemption.course is Course.RETURNED
