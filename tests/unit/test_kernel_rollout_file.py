"""The rollout file of Deli Serdang, its schema, its check, and how an edit of it is taken up."""

import asyncio
import csv
import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import jsonschema
import pytest
import yaml
from prometheus_client import REGISTRY

from deploy.rollout.check import DEFAULT_PATH, SCHEMA_PATH, schema_text
from shared.kernel.rollout import Phase, Region, Rollout
from shared.runtime.rollout import RolloutError, RolloutWatcher, load_rollout
from shared.runtime.written import _Loader

TODAY = date(2026, 11, 22)
LUBUK_PAKAM, BATANG_KUIS = "12.07.28", "12.07.27"


@pytest.fixture(scope="module")
def rollout() -> Rollout:
    return load_rollout(DEFAULT_PATH)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copy(DEFAULT_PATH, tmp_path))


def refused_edits() -> float:
    return REGISTRY.get_sample_value("timbang_rollout_refused_total") or 0.0


def test_lubuk_pakam_is_open_batang_kuis_has_a_date_and_twenty_are_planned(rollout: Rollout) -> None:
    phases = {each.kemendagri_code: each.phase_on(TODAY) for each in rollout.subdistricts}
    assert len(phases) == 22
    assert [code for code, phase in phases.items() if phase is Phase.OPEN] == [LUBUK_PAKAM]
    assert set(phases.values()) == {Phase.OPEN, Phase.PLANNED}
    banks = {each.kemendagri_code: len(each.waste_banks) for each in rollout.subdistricts if each.waste_banks}
    assert banks == {BATANG_KUIS: 1, LUBUK_PAKAM: 3}
    for each in rollout.subdistricts:
        assert bool(each.targets) == (each.kemendagri_code in {LUBUK_PAKAM, BATANG_KUIS})


def test_figures_of_the_regency_come_out(rollout: Rollout) -> None:
    regions = [each.region for each in rollout.subdistricts]
    assert {region: regions.count(region) for region in Region} == {
        Region.COAST: 4,
        Region.LOWLAND: 11,
        Region.MOUNTAIN: 7,
    }
    assert sum(each.villages for each in rollout.subdistricts) == 394
    assert sum(each.population is not None for each in rollout.subdistricts) == 8
    assert sum(each.households is not None for each in rollout.subdistricts) == 1


def test_codes_of_the_two_registers_are_never_derived_from_each_other(rollout: Rollout) -> None:
    assert any(each.bps_code[4:6] != each.kemendagri_code[-2:] for each in rollout.subdistricts)
    assert len({each.bps_code for each in rollout.subdistricts}) == len(rollout.subdistricts)


def test_the_schema_beside_the_file_is_that_of_the_model_and_accepts_the_file() -> None:
    assert SCHEMA_PATH.read_text() == schema_text(), "run: python -m deploy.rollout.check --write-schema"
    content = json.loads(json.dumps(yaml.load(DEFAULT_PATH.read_text(), Loader=_Loader), default=str))
    jsonschema.validate(content, json.loads(schema_text()))


@pytest.mark.parametrize(
    ("old", "new", "line_has", "reason"),
    [
        ("region: coast", "region: sea", "region: sea", "Input should be 'coast'"),
        (
            "phase: open, since_on: 2026-10-01}",
            "phase: opened, since_on: 2026-10-01}",
            "opened",
            "Input should be",
        ),
        ("since_on: 2026-10-01", "since_on: 2026-13-01", "", "month must be in"),
        ("name: Galang", "name: Galang\n        name: Galang", "name: Galang", "stands twice"),
        ("regencies:", "regencies: [", "", "not YAML"),
        ('"12.07.28"', '"12.7.28"', '"12.7.28"', "pattern"),
        ("population: {count: 91858", "population: {count: 0", "count: 0", "greater than 0"),
    ],
)
def test_a_malformed_edit_names_file_line_and_reason(
    copy: Path, old: str, new: str, line_has: str, reason: str
) -> None:
    text = copy.read_text().replace(old, new, 1)
    copy.write_text(text)
    with pytest.raises(RolloutError) as caught:
        load_rollout(copy)
    assert caught.value.file == copy
    assert reason in caught.value.reason
    assert line_has in text.splitlines()[caught.value.line - 1]
    assert str(caught.value).startswith(f"{copy}:{caught.value.line}: ")


def test_a_missing_or_empty_file_is_refused_too(tmp_path: Path) -> None:
    with pytest.raises(RolloutError, match="cannot be read"):
        load_rollout(tmp_path / "nowhere.yaml")
    (tmp_path / "empty.yaml").touch()
    with pytest.raises(RolloutError, match="empty"):
        load_rollout(tmp_path / "empty.yaml")


def rewrite(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text().replace(old, new, 1))


def open_batang_kuis(path: Path) -> None:
    text = path.read_text()
    opened = "- {phase: planned, since_on: 2026-06-01}\n          - {phase: open, since_on: 2026-11-22}\n"
    marker = "- {phase: planned, since_on: 2026-06-01}\n        planned_opening_on"
    assert marker in text
    path.write_text(text.replace(marker, opened + "        planned_opening_on", 1))


def test_an_edit_is_taken_up_whole_and_a_malformed_one_leaves_the_state(copy: Path) -> None:
    watcher = RolloutWatcher(copy)
    heard: list[Phase] = []

    async def hear(rollout: Rollout) -> None:
        found = rollout.subdistrict(BATANG_KUIS)
        assert found is not None
        heard.append(found.phase_on(TODAY))

    async def story() -> None:
        watcher.subscribe(hear)
        assert not await watcher.look()
        open_batang_kuis(copy)
        assert await watcher.look()
        before, refused = watcher.current, refused_edits()
        rewrite(copy, "region: coast", "region: sea")
        assert not await watcher.look()
        assert watcher.current is before
        assert refused_edits() == refused + 1
        assert watcher.refused is not None
        assert "region" in watcher.refused.reason
        rewrite(copy, "region: sea", "region: coast")
        assert not await watcher.look()  # sound again, and nothing is different
        assert watcher.refused is None

    asyncio.run(story())
    assert heard == [Phase.PLANNED, Phase.OPEN]


def test_a_subscriber_that_failed_is_told_again(copy: Path) -> None:
    watcher = RolloutWatcher(copy)
    calls: list[Rollout] = []

    async def fail_once(rollout: Rollout) -> None:
        calls.append(rollout)
        if len(calls) == 1:
            message = "the database is away"
            raise ConnectionError(message)

    async def story() -> None:
        watcher.subscribe(fail_once)
        for _ in range(3):
            await watcher.look()

    asyncio.run(story())
    assert len(calls) == 2


def test_nothing_starts_on_a_malformed_file(copy: Path) -> None:
    copy.write_text("price_list_max_age_days: often\n")
    with pytest.raises(RolloutError):
        RolloutWatcher(copy)


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture
def committed_copy(copy: Path) -> Path:
    run("git", "init", "-q", cwd=copy.parent)
    run("git", "add", copy.name, cwd=copy.parent)
    identity = ("-c", "user.name=Timbang", "-c", "user.email=timbang@example.org")
    committed = run("git", *identity, "commit", "-q", "-m", "as it stands", cwd=copy.parent)
    assert committed.returncode == 0, committed.stderr
    return copy


def check(path: Path) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-m", "deploy.rollout.check", str(path), cwd=Path.cwd())


CHANGE = """  - {on: 2026-11-22, who: Dinas, why: Ready, subdistrict: "12.07.27", phase: open}\n"""


def test_the_committed_file_passes_its_check() -> None:
    checked = check(DEFAULT_PATH)
    assert checked.returncode == 0, checked.stderr


def test_a_phase_that_nobody_answers_for_does_not_pass(committed_copy: Path) -> None:
    open_batang_kuis(committed_copy)
    checked = check(committed_copy)
    assert checked.returncode == 1
    assert "Batang Kuis: phase open since 2026-11-22 changed without an entry in changes" in checked.stderr
    assert "opens before its gate scale_verified is met" in checked.stderr


def test_with_gates_met_and_an_entry_it_passes(committed_copy: Path) -> None:
    open_batang_kuis(committed_copy)
    lines = [
        line[:-1] + ", met_on: 2026-11-20}" if "gate:" in line and "met_on" not in line else line
        for line in committed_copy.read_text().splitlines()
    ]
    committed_copy.write_text("\n".join(lines) + "\n" + CHANGE)
    checked = check(committed_copy)
    assert checked.returncode == 0, checked.stderr


def test_history_cannot_be_taken_away(committed_copy: Path) -> None:
    text = committed_copy.read_text().splitlines(keepends=True)
    committed_copy.write_text("".join(line for line in text if "on: 2026-08-03" not in line))
    checked = check(committed_copy)
    assert checked.returncode == 1
    assert "what was decided stays written down" in checked.stderr


def test_a_malformed_file_fails_the_check_with_its_line(committed_copy: Path) -> None:
    committed_copy.write_text(committed_copy.read_text().replace("region: coast", "region: sea", 1))
    checked = check(committed_copy)
    assert checked.returncode == 1
    assert checked.stderr.startswith(f"{committed_copy}:")
    assert "region" in checked.stderr


def test_the_file_agrees_with_the_table_that_it_was_made_from(rollout: Rollout) -> None:
    table = Path("tests/unit/subdistricts.csv").read_text(encoding="utf-8")
    rows = {row["kemendagri_code"]: row for row in csv.DictReader(table.splitlines())}
    assert set(rows) == {each.kemendagri_code for each in rollout.subdistricts}
    for each in rollout.subdistricts:
        row = rows[each.kemendagri_code]
        assert (each.bps_code, each.name, str(each.villages)) == (
            row["bps_code"],
            row["name"],
            row["villages"],
        )
        assert row["population"] == ("" if each.population is None else str(each.population.count))
        assert row["households"] == ("" if each.households is None else str(each.households.count))
        assert row["area_km2"] == "" if each.area_km2 is None else float(row["area_km2"]) == each.area_km2
        assert (each.latitude, each.longitude) == (float(row["latitude"]), float(row["longitude"]))
