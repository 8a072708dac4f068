"""The colours of ui.css can be read in sunlight and in the dark; the file is small; its pictures are whole."""

import gzip
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from services.web.pages.ui import ICONS
from shared.kernel.waste_classes import WasteClass

ASSETS = Path("services/web/assets")
CSS = (ASSETS / "ui.css").read_text(encoding="utf-8")
BYTES_MAX = 6_000
TEXT, LARGE, BORDER = 7.0, 4.5, 3.0

_LIGHT = r':root, \[data-warna="terang"\] \{(.*?)\}'
_DARK = r'\n  \[data-warna="gelap"\] \{(.*?)\}'
_DARK_BY_PREFERENCE = r"prefers-color-scheme: dark\) \{\s*:root:not\(\[data-warna\]\) \{(.*?)\}"
_TOKEN = re.compile(r"--([a-z0-9-]+): (#[0-9a-f]{6});")

# What is written on what. Text, in the order of the page; every pair holds in both schemes.
ON_PAPER = ("alas", "muka", "cekung", "pucat")
TEXTS = [
    *[("tinta", ground) for ground in (*ON_PAPER, "beres-alas", "tunggu-alas", "gagal-alas", "kabar-alas")],
    *[("tinta-2", ground) for ground in ON_PAPER],
    *[("utama", ground) for ground in ("alas", "muka", "pucat")],
    ("gagal", "alas"),
    ("gagal", "muka"),
    *[(state, f"{state}-alas") for state in ("beres", "tunggu", "gagal", "kabar")],
    ("di-utama", "utama"),
    ("muka", "tinta"),
]
LARGES = [("di-utama", "utama-2"), ("di-pijar", "pijar"), ("utama", "cekung")]
BORDERS = [
    *[
        (line, ground)
        for line in ("garis-2", "utama", "gagal", "tinta")
        for ground in ("alas", "muka", "pucat")
    ],
    ("garis-2", "cekung"),
    *[(state, "alas") for state in ("beres", "tunggu", "gagal", "kabar")],
]


def _tokens(block: str) -> dict[str, str]:
    found = re.search(block, CSS, re.DOTALL)
    assert found is not None, block
    return dict(_TOKEN.findall(found[1]))


SCHEMES = {"light": _tokens(_LIGHT), "dark": _tokens(_DARK)}


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def too_faint(tokens: dict[str, str]) -> list[str]:
    """Every pair that falls short, in words."""
    wanted = [
        (pair, least)
        for pairs, least in ((TEXTS, TEXT), (LARGES, LARGE), (BORDERS, BORDER))
        for pair in pairs
    ]
    return [
        f"{front} on {ground}: {ratio:.2f} < {least}"
        for (front, ground), least in wanted
        if (ratio := contrast(tokens[front], tokens[ground])) < least
    ]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_colour_can_be_read_on_its_ground(scheme: str) -> None:
    assert too_faint(SCHEMES[scheme]) == []


def test_a_planted_faint_colour_is_found() -> None:
    assert too_faint({**SCHEMES["light"], "tinta-2": "#777777"})


def test_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_dark_by_preference_is_the_same_dark() -> None:
    assert _tokens(_DARK_BY_PREFERENCE) == SCHEMES["dark"]
    assert SCHEMES["light"].keys() == SCHEMES["dark"].keys()


def test_colours_stand_in_tokens_alone() -> None:
    rest = re.sub(f"{_LIGHT}|{_DARK}|{_DARK_BY_PREFERENCE}", "", CSS, flags=re.DOTALL)
    # A QR code is black on white wherever it is, or no camera reads it; paper is white.
    assert sorted(set(re.findall(r"#[0-9a-fA-F]{3,8}\b", rest))) == ["#000", "#fff"]


def test_every_token_that_is_used_is_defined() -> None:
    defined = set(re.findall(r"(--[a-z0-9-]+):", CSS))
    assert set(re.findall(r"var\((--[a-z0-9-]+)", CSS)) - defined == set()


def test_the_style_sheet_is_small() -> None:
    assert len(gzip.compress(CSS.encode(), 9)) <= BYTES_MAX


def test_nothing_is_loaded_from_anywhere() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS


def test_the_sprite_has_every_picture_once_on_one_grid() -> None:
    symbols = ET.parse(ASSETS / "icons" / "icons.svg").getroot().findall("{http://www.w3.org/2000/svg}symbol")
    names = [symbol.get("id", "") for symbol in symbols]
    assert sorted(set(names)) == sorted(names)
    assert set(names) == {*ICONS, *(f"kelas-{each.value}" for each in WasteClass)}
    assert {symbol.get("viewBox") for symbol in symbols} == {"0 0 24 24"}


# How pictures are named in templates, in Python's menus and in the operator's app.
_NAMED = (
    r"""\bicon\(['"]([a-z_-]+[a-z])['"]\s*[,)]""",
    r"""\bicon(?:_name)?=['"]([a-z_-]*[a-z])['"]""",
    r"""<Icon name=['"]([a-z_-]+)['"]""",
    r"""['"]?icon['"]?: ['"]([a-z_-]+)['"]""",
)


def test_every_picture_that_is_named_is_in_the_sprite() -> None:
    names = {*ICONS, *(f"kelas-{each.value}" for each in WasteClass)}
    sources = [file for file in Path("services/web").rglob("*") if file.suffix in {".html", ".tsx", ".py"}]
    named = {
        name: str(file)
        for file in sources
        if "node_modules" not in file.parts
        for pattern in _NAMED
        for name in re.findall(pattern, file.read_text(encoding="utf-8"))
    }
    assert len(named) > 30
    assert {name: where for name, where in named.items() if name not in names} == {}
