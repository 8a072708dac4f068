"""One request of somebody of the staff: who asks, in which language, and what the doors tell about names."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Any

from fastapi import Request

from services.web.clients import Door, Refused, Silent, doors_of
from services.web.pages.common import now_of, rollout_of, words_of
from services.web.pages.staff.parts import Cell, Tone, link, moment
from services.web.session import Face, Session, need_session
from services.web.words import formats
from shared.kernel.rollout import Rollout

PROGRAMME = "programme"
# Of a list that is read to its end, such as the staff: beyond it names are drawn as ids.
_PAGES_MAX = 10
_LIMIT_MAX = 200
_AT_ONCE = 8
# Longer than any id, code or place in a list that a link of these pages carries.
_ASKED_MAX = 300
_UNREADABLE = 422
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400

Answer = dict[str, Any]


class Desk:
    """What every staff page works with. Made by `desk_at`; lives as long as the request."""

    def __init__(self, request: Request, session: Session, door: Door) -> None:
        self.request = request
        self.session = session
        self.door = door
        self.t = words_of(request)
        self.rollout: Rollout = rollout_of(request)
        self.now: datetime = now_of(request)
        self._people: dict[str, str] = {}
        self._items: dict[str, str] = {}
        self._turns = asyncio.Semaphore(_AT_ONCE)

    @property
    def decides(self) -> bool:
        """Whether this is the programme; the environment office reads."""
        return self.session.role == PROGRAMME

    def asked(self, name: str) -> str:
        """A parameter of the page's address, or nothing. Raises Refused (422) for what no link of ours carries."""
        given = self.request.query_params.get(name, "").strip()
        if len(given) > _ASKED_MAX or not given.isprintable():
            detail = self.t("kantor.alamat_rusak")
            raise Refused(_UNREADABLE, {"code": "unreadable", "detail": detail})
        return given

    def bank(self, waste_bank_id: str | None) -> str:
        """A waste bank's name; its id if the rollout file does not know it."""
        found = self.rollout.waste_bank(waste_bank_id) if waste_bank_id else None
        return found.name if found else waste_bank_id or ""

    def banks(self) -> list[tuple[str, str]]:
        """Id and name of every waste bank of the reader's area, as the options of a choice."""
        return [
            (bank.id, bank.name)
            for subdistrict in self.rollout.subdistricts
            if self.covers(subdistrict.kemendagri_code)
            for bank in subdistrict.waste_banks
        ]

    def subdistrict(self, code: str | None) -> str:
        """A sub-district's name, or its code."""
        found = self.rollout.subdistrict(code) if code else None
        return found.name if found else code or ""

    def area_words(self) -> list[str]:
        """The reader's own area by name: regencies whole, then single sub-districts."""
        area = self.session
        named = {each.kemendagri_code: each.name for each in self.rollout.regencies}
        whole = [named.get(each, each) for each in area.regency_codes]
        return whole + [self.subdistrict(each) for each in area.subdistrict_codes]

    def ago(self, instant: str | datetime | None) -> str:
        """For how long something has been so, in its largest unit."""
        at = moment(instant)
        return "" if at is None else self.span(max(0, int((self.now - at).total_seconds())))

    def span(self, seconds: int) -> str:
        """Seconds in words."""
        if seconds >= _DAY:
            return self.t("kantor.umur.hari", n=seconds // _DAY)
        if seconds >= _HOUR:
            return self.t("kantor.umur.jam", n=seconds // _HOUR)
        return self.t("kantor.umur.menit", n=max(1, seconds // _MINUTE))

    def until(self, due: str | datetime) -> tuple[str, Tone]:
        """A clock that runs: what is left, or by how much it is late, and how bad that is."""
        at = moment(due)
        left = 0 if at is None else int((at - self.now).total_seconds())
        if left <= 0:
            return self.t("kantor.tenggat.lewat", lama=self.span(-left)), "bahaya"
        tone: Tone = "awas" if left < 2 * _DAY else "baik"
        return self.t("kantor.tenggat.sisa", lama=self.span(left)), tone

    def amount(self, unit: str, quantity: int) -> str:
        """Grams, millilitres or pieces as the counter says them: 2,5 kg."""
        return formats.amount(quantity, unit, self.door.language)

    def when(self, instant: str | datetime) -> str:
        """An instant in words, for where no cell is drawn."""
        return formats.when(instant, self.door.language)

    def day(self, on: str) -> str:
        """A day in words."""
        return formats.day(on, self.door.language)

    def money(self, rupiah: int) -> str:
        """Rupiah in words, for where no cell is drawn."""
        return formats.money(rupiah)

    async def read(self, service: str, path: str, **params: Any) -> Answer:
        """What a door answers to a GET; parameters without a value are left out."""
        given = {name: value for name, value in params.items() if value not in {None, ""}}
        return await self.door.get(service, path, **given)

    async def pages(self, service: str, path: str, items: str, **params: Any) -> AsyncIterator[Answer]:
        """The items of a list, page after page, up to a bound."""
        asked = {"limit": _LIMIT_MAX, **params}
        for _ in range(_PAGES_MAX):
            page = await self.read(service, path, **asked)
            for each in page[items]:
                yield each
            following = page.get("next_cursor")  # a list that is answered whole says nothing of a next page
            if not following:
                return
            asked["cursor"] = following

    async def person(self, staff_id: str | None) -> str:
        """The code and name of one of the staff; the first letters of the id if they are not of this area."""
        if not staff_id:
            return ""
        if staff_id == str(self.session.subject_id):
            return self.t("kantor.orang.anda")
        if not self._people:
            try:
                async for each in self.pages("identity", "/v1/staff", "staff"):
                    self._people[each["staff_id"]] = f"{each['code']} {each['name']}"
            except (Refused, Silent):
                self._people[""] = ""
        return self._people.get(staff_id, short(staff_id))

    async def items(self) -> dict[str, str]:
        """The names of what is taken in, by code; a grade's stands under `P05 bersih`."""
        if not self._items:
            name = "name_en" if self.door.language == "en" else "name_id"
            for item in (await self.read("valuation", "/v1/catalogue"))["items"]:
                self._items[item["code"]] = item[name]
                self._items |= {f"{item['code']} {each['grade']}": each[name] for each in item["grades"]}
        return self._items

    async def members(self, member_ids: Iterable[str]) -> dict[str, Cell]:
        """How members are drawn in lists: code and name, leading to their page. Each is asked for once."""
        wanted = sorted(set(member_ids))
        found = await asyncio.gather(*[self._member(each) for each in wanted])
        return dict(zip(wanted, found, strict=True))

    async def _member(self, member_id: str) -> Cell:
        if not self.decides:
            return Cell(short(member_id), "code")
        async with self._turns:
            try:
                known = await self.read("identity", f"/v1/members/{member_id}")
            except (Refused, Silent):
                return Cell(short(member_id), "code")
        return link(known["name"], f"/kantor/nasabah/{member_id}", under=known["code"])

    def covers(self, code: str) -> bool:
        """Whether a sub-district lies in the reader's area."""
        area = self.session
        return code in area.subdistrict_codes or any(
            code.startswith(each + ".") for each in area.regency_codes
        )


def short(any_id: str) -> str:
    """The end of an id, which differs where the beginning is the same hour."""
    return "…" + any_id[-8:]


async def desk_at(request: Request) -> Desk:
    """The desk of a signed-in member of staff. Raises what leads to the sign-in page, if nobody is."""
    session = await need_session(request, Face.STAFF)
    return Desk(request, session, doors_of(request).of(session))
