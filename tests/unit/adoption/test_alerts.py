"""Alerts watch metrics that exist, link a page that exists, and are tried by promtool where there is one."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.payout.domain.redemption import State

REPOSITORY = Path(__file__).resolve().parents[3]
PROMETHEUS = REPOSITORY / "deploy" / "prometheus"
RULES = [
    rule
    for group in yaml.safe_load((PROMETHEUS / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
TESTS = yaml.safe_load((PROMETHEUS / "alerts_test.yml").read_text(encoding="utf-8"))["tests"]
METRIC = re.compile(r"\b((?:timbang|wallet)_[a-z0-9_]+)\b")
DECLARED = re.compile(r"\b(Counter|Gauge|Histogram)\(\s*\"([a-z0-9_]+)\"")


def published() -> set[str]:
    """Sample names of everything that the code declares."""
    names = set()
    for folder in ("shared", "services"):
        for path in (REPOSITORY / folder).rglob("*.py"):
            for kind, name in DECLARED.findall(path.read_text(encoding="utf-8")):
                names.add(f"{name}_total" if kind == "Counter" else name)
    return names


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_an_alert_watches_what_is_published_and_says_what_to_do(rule: dict[str, Any]) -> None:
    watched = set(METRIC.findall(rule["expr"]))
    assert watched <= published(), watched - published()
    assert watched or "up{" in rule["expr"]
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"]["summary"]
    page = REPOSITORY / rule["annotations"]["runbook"]
    assert rule["alert"] in page.read_text(encoding="utf-8"), f"{page} does not speak of it"


def unknown_states(words: str) -> set[str]:
    """The states of redemptions that words ask Prometheus for and that no redemption is ever in."""
    named = re.findall(r"timbang_redemptions_in_state\{state=~?\"([^\"]+)\"", words)
    return {state for each in named for state in each.split("|")} - set(State)


def test_alerts_and_their_cases_ask_for_states_as_they_are_written() -> None:
    files = [PROMETHEUS / "alerts.yml", PROMETHEUS / "alerts_test.yml"]
    assert [unknown_states(file.read_text(encoding="utf-8")) for file in files] == [set(), set()]


def test_a_planted_state_that_is_written_otherwise_is_found() -> None:
    words = 'sum(timbang_redemptions_in_state{state=~"review|SUSPECT"}) + timbang_redemptions_in_state{state="LOST"}'
    assert unknown_states(words) == {"SUSPECT", "LOST"}


def test_every_alert_has_a_case_that_fires_and_one_that_is_quiet() -> None:
    cases = [case for test in TESTS for case in test["alert_rule_test"]]
    for rule in RULES:
        mine = [bool(case["exp_alerts"]) for case in cases if case["alertname"] == rule["alert"]]
        assert set(mine) == {True, False}, rule["alert"]


def test_every_service_is_scraped() -> None:
    content = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8"))
    ours = next(job for job in content["scrape_configs"] if job["job_name"] == "timbang")
    scraped = {target.split(":")[0] for config in ours["static_configs"] for target in config["targets"]}
    services = {path.parent.name for path in (REPOSITORY / "services").glob("*/main.py")}
    assert scraped == services - {"sandbox"}


def test_promtool_agrees() -> None:
    promtool = os.environ.get("PROMTOOL") or shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian: prometheus); PROMTOOL=<path> names another one")
    for arguments in (["check", "config", "prometheus.yml"], ["test", "rules", "alerts_test.yml"]):
        done = subprocess.run(
            [promtool, *arguments], cwd=PROMETHEUS, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
