"""Every page of every face, found by its links: legible, reachable, large enough, closed to others."""

from typing import Literal

import pytest
from playwright.async_api import ViewportSize

from tests.web.browsing import LAPTOP, PHONE, TABLET_UPRIGHT
from tests.web.chromium import Chromium
from tests.web.conftest import Handheld
from tests.web.crawling import Walker
from tests.web.inspecting import accessible, closed, enlargeable, fitting, large_enough, reachable
from tests.web.signing_in import make_known, sign_in_resident, sign_in_staff
from tests.web.town import Town

STAFF = ("/kantor",)
# Every size, every colour, and the small and the large one in the dark.
LOOKS: tuple[tuple[ViewportSize, Literal["light", "dark"]], ...] = (
    (PHONE, "light"),
    (PHONE, "dark"),
    (TABLET_UPRIGHT, "light"),
    (LAPTOP, "dark"),
)
OTHERS = ("/kantor", "/petugas", "/static", "/mulai", "/ui")


def of_residents(path: str) -> bool:
    return not path.startswith((*OTHERS, "/bahasa", "/healthz", "/metrics"))


def of_staff(path: str) -> bool:
    return path.startswith(STAFF)


async def test_what_a_stranger_can_read(resident_page: Handheld, chromium: Chromium) -> None:
    walker = Walker(resident_page.page, chromium, of_residents, "warga-tanpa-masuk")
    walk = await walker.walk_from(["/", "/masuk"])
    assert not walk.wrong, walk.report()
    assert len(walk.visited) >= 4, sorted(walk.visited)


async def test_every_page_of_a_resident(town: Town, resident_page: Handheld, chromium: Chromium) -> None:
    resident = await town.resident("Nurlela Uji", rupiah=60_000, phone=town.new_phone())
    await sign_in_resident(resident_page.page, resident)
    await make_known(resident_page.page, resident)
    walk = await Walker(resident_page.page, chromium, of_residents, "warga").walk_from(["/"])
    assert not walk.wrong, walk.report()
    assert len(walk.visited) >= 8, sorted(walk.visited)


@pytest.mark.parametrize("role", ["programme", "office"])
async def test_every_page_of_staff(town: Town, staff_page: Handheld, chromium: Chromium, role: str) -> None:
    person = town.programme() if role == "programme" else town.office()
    await sign_in_staff(staff_page.page, person)
    walk = await Walker(staff_page.page, chromium, of_staff, f"kantor-{role}").walk_from(["/kantor"])
    assert not walk.wrong, walk.report()
    assert len(walk.visited) >= 5, sorted(walk.visited)


@pytest.mark.parametrize("path", ["/mulai", "/ui"])
async def test_the_newcomer_and_the_design(resident_page: Handheld, chromium: Chromium, path: str) -> None:
    page = resident_page.page
    answer = await page.goto(path)
    assert answer is not None
    assert answer.status == 200
    wrong = closed(answer)
    for screen, colours in LOOKS:
        await page.set_viewport_size(screen)
        await page.emulate_media(color_scheme=colours)
        found = [
            *await accessible(page, chromium),
            *await large_enough(page),
            *await fitting(page),
            *await enlargeable(page),
        ]
        wrong += [f"{screen['width']} {colours}: {each}" for each in found]
    wrong += await reachable(page)
    assert not wrong, "\n".join(wrong)
