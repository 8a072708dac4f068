"""Weights and times of pages: what a browser really fetches, as the server sends it, and how long people wait."""

import json
import statistics
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.async_api import Request

from deploy.local.settings import REPOSITORY

BUDGETS = REPOSITORY / "build" / "web-budgets.json"
RUNS = 5
# What is met once is met: a machine that does something else for a moment is asked again, so many times in all.
TRIES = 3
LIMITS = {
    "operator_js_gz": 45_000,
    "operator_install_gz": 120_000,
    "resident_first_page_gz": 20_000,
    "resident_js_gz": 8_000,
    "resident_lcp_ms": 1_500,
    "operator_cold_start_ms": 1_500,
    "operator_save_ms": 100,
    # Not asked for: what a tablet six times slower than this machine would take, so that it does not creep up.
    "operator_save_6x_ms": 500,
    "operator_taps_an_item": 4,
}


def paths_of(requests: Iterable[Request], origin: str) -> dict[str, str]:
    """What was fetched of one origin with GET: its kind (document, script, ...) by path."""
    found: dict[str, str] = {}
    for request in requests:
        parts = urlsplit(request.url)
        if request.method == "GET" and f"{parts.scheme}://{parts.netloc}" == origin:
            found.setdefault(parts.path, request.resource_type)
    return found


async def gz_bytes(address: str, paths: Iterable[str]) -> dict[str, int]:
    """The bytes of each body as the server sends it to a browser that takes gzip and nothing better."""
    sizes: dict[str, int] = {}
    async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
        for path in paths:
            async with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
                answer.raise_for_status()
                sizes[path] = sum([len(part) async for part in answer.aiter_raw()])
    return sizes


def note(**figures: float) -> None:
    """Write figures into build/web-budgets.json beside those that are there, and refuse what is over its limit."""
    _write({name: round(value, 1) for name, value in figures.items()})
    print("\n" + ", ".join(f"{name} {value:.0f} of {LIMITS[name]}" for name, value in figures.items()))
    over = {name: value for name, value in figures.items() if value > LIMITS[name]}
    assert not over, f"over the budget: {over}"


async def note_quickest(measure: Callable[[], Awaitable[dict[str, list[float]]]]) -> None:
    """Times of five runs by the name of their bar, measured again while a median misses it: the best median counts.

    Every median is written down (`..._medians`), so that a bar that is only just met can be seen.
    """
    medians: dict[str, list[float]] = {}
    for _ in range(TRIES):
        for name, times in (await measure()).items():
            medians.setdefault(name, []).append(round(median(name, times), 1))
        if all(min(found) <= LIMITS[name] for name, found in medians.items()):
            break
    _write({f"{name}_medians": found for name, found in medians.items()})
    note(**{name: min(found) for name, found in medians.items()})


def median(name: str, times: Sequence[float]) -> float:
    """The middle one of five."""
    assert len(times) == RUNS
    found = statistics.median(times)
    print(f"{name}: {', '.join(f'{each:.0f}' for each in sorted(times))}: {found:.0f} of {LIMITS[name]}")
    return found


def _write(figures: dict[str, Any]) -> None:
    known = json.loads(BUDGETS.read_text(encoding="utf-8")) if BUDGETS.exists() else {}
    BUDGETS.parent.mkdir(parents=True, exist_ok=True)
    BUDGETS.write_text(json.dumps(dict(sorted((known | figures).items())), indent=2) + "\n", encoding="utf-8")


def forget_figures(file: Path = BUDGETS) -> None:
    """Begin anew: a figure of an earlier run is no figure of this one."""
    file.unlink(missing_ok=True)
