"""The first page that a browser sees carries its style in itself; the policy names that style and no other."""

import base64
import re
from hashlib import sha256

import pytest

from tests.services.web.web_stage import Site

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_SHEET = re.compile(r'<link rel="stylesheet" href="(/static/ui\.[^"]+\.css)"( media="print")?>')


@pytest.mark.parametrize("path", ["/", "/masuk", "/bank-sampah", "/bantuan", "/tidak-ada"])
async def test_a_browser_that_was_never_here_waits_for_no_sheet(site: Site, path: str) -> None:
    browser = site.browser()
    page = await browser.get(path)
    (style,) = _STYLE.findall(page.text)
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'self' 'sha256-{digest}';" in page.headers["content-security-policy"]
    ((sheet, beside),) = _SHEET.findall(page.text)
    assert beside
    assert (await browser.get(sheet)).text.strip() == style


async def test_a_browser_that_was_here_has_the_sheet(site: Site) -> None:
    browser = site.browser()
    first = await browser.get("/")
    assert _STYLE.search(first.text)
    assert browser.cookies
    for path in ("/", "/bank-sampah", "/tidak-ada"):
        page = await browser.get(path)
        assert not _STYLE.search(page.text), path
        ((_, beside),) = _SHEET.findall(page.text)
        assert not beside
        assert "style-src 'self';" in page.headers["content-security-policy"]


async def test_only_residents_come_on_such_lines(site: Site) -> None:
    for path in ("/kantor/masuk", "/petugas"):
        page = await site.browser().get(path)
        assert page.status_code == 200
        assert "<style" not in page.text
        assert "style-src 'self';" in page.headers["content-security-policy"]
