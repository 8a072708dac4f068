"""What waits for somebody in the office: how much, for how long, and where it is done."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from services.web.pages.staff.desk import Desk
from services.web.pages.staff.parts import Tone, moment
from shared.kernel import wib

HEARING: Final = ("deposit", "valuation", "wallet", "payout", "adoption")
# Work that nobody touched for two days is told by colour; a tablet that said nothing for a day is silent.
OLD = timedelta(days=2)
SILENT = timedelta(hours=24)
FLOAT_DAYS_FEW = 7
FLOAT_OVER_DAYS = 14
_PAGE = 200
_YEAR = 365


@dataclass(frozen=True, slots=True)
class Work:
    """One line of the list. `count` is None if a door did not answer; `more` if there are more than were counted."""

    title: str
    href: str
    count: int | None
    more: bool = False
    oldest: str = ""
    words: str = ""
    tone: Tone = ""


Source = Callable[[Desk], Awaitable[Work]]


async def flags(desk: Desk) -> Work:
    """Deposits out of the ordinary."""
    page = await desk.read("valuation", "/v1/flags", limit=_PAGE)
    since = [each["flag"]["flagged_at"] for each in page["flags"]]
    return _work(
        desk, desk.t("kantor.kerja.periksa"), "/kantor/periksa", since, more=bool(page["next_cursor"])
    )


async def quarantine(desk: Desk) -> Work:
    """Deposits that were set aside."""
    page = await desk.read("deposit", "/v1/quarantine", limit=_PAGE)
    since = [each["state_since"] for each in page["deposits"]]
    return _work(
        desk, desk.t("kantor.kerja.ditahan"), "/kantor/ditahan", since, more=bool(page["next_cursor"])
    )


async def suspicions(desk: Desk) -> Work:
    """Deposits that look alike."""
    page = await desk.read("deposit", "/v1/suspicions", limit=_PAGE)
    since = [each["found_at"] for each in page["suspicions"]]
    return _work(desk, desk.t("kantor.kerja.kembar"), "/kantor/kembar", since, more=bool(page["next_cursor"]))


async def deposit_disputes(desk: Desk) -> Work:
    """Disputes about deposits, with their clock."""
    page = await desk.read("deposit", "/v1/disputes", open_only=True, limit=_PAGE)
    found = page["disputes"]
    title = desk.t("kantor.kerja.aduan_setoran")
    return _disputed(desk, title, "/kantor/pengaduan", found, more=bool(page["next_cursor"]))


async def redemption_disputes(desk: Desk) -> Work:
    """Disputes about redemptions, with their clock."""
    page = await desk.read("payout", "/v1/disputes", open_only=True, limit=_PAGE)
    found = page["disputes"]
    title = desk.t("kantor.kerja.aduan_penukaran")
    address = "/kantor/pengaduan-penukaran"
    return _disputed(desk, title, address, found, more=bool(page["next_cursor"]))


async def reviews(desk: Desk) -> Work:
    """Redemptions that no machine could judge."""
    page = await desk.read("payout", "/v1/reviews", limit=_PAGE)
    since = [each["redemption"]["changed_at"] for each in page["reviews"]]
    more = bool(page["next_cursor"])
    return _work(desk, desk.t("kantor.kerja.penukaran"), "/kantor/penukaran", since, more=more)


async def exceptions(desk: Desk) -> Work:
    """Price exceptions that wait for the programme."""
    page = await desk.read("valuation", "/v1/price-exceptions", state="proposed", limit=_PAGE)
    since = [each["proposed_at"] for each in page["exceptions"]]
    title = desk.t("kantor.kerja.pengecualian")
    return _work(
        desk, title, "/kantor/pengecualian?keadaan=proposed", sorted(since), more=bool(page["next_cursor"])
    )


async def merges(desk: Desk) -> Work:
    """Members who were said to be one person."""
    page = await desk.read("identity", "/v1/merges", limit=_PAGE)
    since = [each["proposed_at"] for each in page["merges"]]
    more = bool(page["next_cursor"])
    return _work(desk, desk.t("kantor.kerja.gabung"), "/kantor/gabung", since, more=more)


async def resets(desk: Desk) -> Work:
    """Forgotten PINs that wait for a second person; they are over after 15 minutes."""
    found = (await desk.read("identity", "/v1/pin-resets"))["pin_resets"]
    since = sorted(each["opened_at"] for each in found)
    return _work(desk, desk.t("kantor.kerja.pin"), "/kantor/pin", since)


async def imports(desk: Desk) -> Work:
    """Passbooks that wait for a second person."""
    since = [
        each["proposed_at"]
        async for each in desk.pages("wallet", "/v1/passbook-imports", "imports", limit=100)
        if each["state"] == "proposed"
    ]
    return _work(desk, desk.t("kantor.kerja.buku"), "/kantor/buku", sorted(since))


async def letters(desk: Desk) -> Work:
    """Facts that a service could not take in."""
    pages = await asyncio.gather(*[desk.read(each, "/v1/dead-letters", limit=_PAGE) for each in HEARING])
    since = sorted(each["heard_at"] for page in pages for each in page["dead_letters"])
    more = any(page["next_cursor"] for page in pages)
    return _work(desk, desk.t("kantor.kerja.surat"), "/kantor/surat-mati", since, more=more)


async def float_days(desk: Desk) -> Work:
    """For how many days the float lasts at the pace of the last two weeks."""
    floats = (await desk.read("payout", "/v1/float"))["items"]
    today = wib.day(desk.now)
    first = today - timedelta(days=FLOAT_OVER_DAYS - 1)
    sums = await desk.read("adoption", "/v1/summary", first_day=first.isoformat(), last_day=today.isoformat())
    left = sum(each["balance_rupiah"] for each in floats)
    spent = sum(each["redeemed_rupiah"] for each in sums["subdistricts"])
    title = desk.t("kantor.kerja.dana")
    if spent <= 0:
        return Work(title, "/kantor/dana", 0, words=desk.t("kantor.kerja.dana_belum_terpakai"))
    days = left * FLOAT_OVER_DAYS // spent
    few = days < FLOAT_DAYS_FEW
    words = desk.t("kantor.kerja.dana_hari", n=days) if days <= _YEAR else desk.t("kantor.kerja.dana_setahun")
    return Work(title, "/kantor/dana", 1 if few else 0, words=words, tone="bahaya" if few else "baik")


async def silent_tablets(desk: Desk) -> Work:
    """Tablets from which nothing was heard for a day."""
    since = [
        each["last_seen_at"]
        async for each in desk.pages("deposit", "/v1/tablets", "tablets", limit=_PAGE)
        if desk.now - heard(each) > SILENT
    ]
    return _work(desk, desk.t("kantor.kerja.tablet"), "/kantor/tablet", sorted(since))


def heard(tablet: dict[str, Any]) -> Any:
    """When a tablet was last heard of."""
    return moment(tablet["last_seen_at"])


# What the environment office may read; the programme does the rest as well.
FOR_ALL: Final[tuple[Source, ...]] = (flags, exceptions)
FOR_PROGRAMME: Final[tuple[Source, ...]] = (
    flags,
    quarantine,
    suspicions,
    deposit_disputes,
    redemption_disputes,
    reviews,
    exceptions,
    merges,
    resets,
    imports,
    letters,
    float_days,
    silent_tablets,
)


def _work(desk: Desk, title: str, href: str, since: list[str], *, more: bool = False) -> Work:
    """A line about things that wait, the longest first."""
    first = moment(since[0]) if since else None
    old = first is not None and desk.now - first > OLD
    tone: Tone = "awas" if old else ""
    oldest = desk.t("kantor.kerja.terlama", lama=desk.ago(first)) if first else ""
    return Work(title, href, len(since), more=more, oldest=oldest, tone=tone)


def _disputed(desk: Desk, title: str, href: str, found: list[dict[str, Any]], *, more: bool) -> Work:
    """A line about disputes: how many are late, or when the next one is due."""
    late_ones = sum(1 for each in found if each["late"])
    if not found:
        return Work(title, href, 0)
    words, tone = desk.until(min(each["due_at"] for each in found))
    if late_ones:
        words = desk.t("kantor.kerja.lewat", n=late_ones)
    return Work(title, href, len(found), more=more, words=words, tone=tone)
