"""Weights and times of pages: what a browser really fetches, as the server sends it, and how long people wait."""

import json
import statistics
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from playwright.async_api import Request

from deploy.local.settings import REPOSITORY

BUDGETS = REPOSITORY / "build" / "web-budgets.json"
RUNS = 5
# The bars. A byte over is a failure anywhere; times are what a machine that does nothing else takes, so a test that may
# stand on a slower or busier one fails at twice as much, and says when the bar itself was not met.
TIMES_MAY_TAKE = 2
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
    """Write figures into build/web-budgets.json beside those that are there, and refuse what is far over its limit."""
    known = json.loads(BUDGETS.read_text(encoding="utf-8")) if BUDGETS.exists() else {}
    known |= {name: round(value, 1) for name, value in figures.items()}
    BUDGETS.parent.mkdir(parents=True, exist_ok=True)
    BUDGETS.write_text(json.dumps(dict(sorted(known.items())), indent=2) + "\n", encoding="utf-8")
    print("\n" + ", ".join(f"{name} {value:.0f} of {LIMITS[name]}" for name, value in figures.items()))
    late = [name for name, value in figures.items() if _is_time(name) and value > LIMITS[name]]
    if late:
        print(f"OVER THE BAR on this machine: {', '.join(late)}")
    over = {name: value for name, value in figures.items() if value > _bearable(name)}
    assert not over, f"over the budget: {over}"


def _is_time(name: str) -> bool:
    return name.endswith("_ms")


def _bearable(name: str) -> float:
    return LIMITS[name] * (TIMES_MAY_TAKE if _is_time(name) else 1)


def median(times: list[float]) -> float:
    """The middle one of five."""
    assert len(times) == RUNS
    print("times:", ", ".join(f"{each:.0f}" for each in sorted(times)))
    return statistics.median(times)


def forget_figures(file: Path = BUDGETS) -> None:
    """Begin anew: a figure of an earlier run is no figure of this one."""
    file.unlink(missing_ok=True)
