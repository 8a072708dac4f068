"""What must agree in two places does: topics, ports, settings, migrations, alerts and the generated docs."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema
from pydantic import create_model

import services
from deploy.docs import generate, settings
from deploy.docs.built import EXCEPTIONS, service_names, settings_class
from deploy.local.services import DEFAULT_PORTS
from deploy.local.settings import LocalSettings
from deploy.local.topics import read_topics
from shared.contracts import EVENTS
from shared.runtime.migrate import script_directory
from tests.architecture.idioms import metrics
from tests.architecture.tree import REPOSITORY, plant


def test_every_topic_is_in_the_file_and_every_topic_of_the_file_is_spoken() -> None:
    assert {event.TOPIC for event in EVENTS} == {topic.name for topic in read_topics()}
    assert {topic.owner for topic in read_topics()} <= set(service_names())


def test_a_planted_topic_is_found(tmp_path: Path) -> None:
    text = "defaults: {partitions: 1, replication_factor: 1, config: {}}\ntopics: [{name: timbang.x.v1, owner: payout}]"
    (planted,) = read_topics(plant(tmp_path, {"topics.yaml": text}) / "topics.yaml")
    assert planted.name not in {event.TOPIC for event in EVENTS}


def wrong_ports(expected: Mapping[str, int]) -> set[str]:
    """The services whose port is another one than expected, or that only one side knows."""
    names = [*service_names(), *EXCEPTIONS]
    own = {name: settings_class(name).model_fields["port"].default for name in names}
    return {name for name, _ in own.items() ^ expected.items()}


def test_every_service_has_the_port_that_the_runner_expects() -> None:
    assert wrong_ports(DEFAULT_PORTS) == set()


def test_planted_ports_that_differ_are_found() -> None:
    assert wrong_ports(DEFAULT_PORTS | {"wallet": 1, "lottery": 2}) == {"wallet", "lottery"}


def wrong_addresses(ports: Mapping[str, int]) -> set[str]:
    """The variables by which one service finds another at a port where that one is not."""
    wanted = {f"{name.upper()}_URL": f"`http://127.0.0.1:{port}`" for name, port in ports.items()}
    wanted["JWKS_URL"] = f"`http://127.0.0.1:{ports['identity']}/v1/jwks`"
    every = [setting for found in settings.all_settings().values() for setting in found]
    return {each.variable for each in every if wanted.get(each.variable, each.default) != each.default}


def test_every_service_looks_for_the_others_where_they_are() -> None:
    assert wrong_addresses(DEFAULT_PORTS) == set()


def test_a_planted_service_that_is_elsewhere_is_found() -> None:
    assert wrong_addresses(DEFAULT_PORTS | {"wallet": 1, "identity": 2}) == {
        "WALLET_URL",
        "IDENTITY_URL",
        "JWKS_URL",
    }


def test_every_setting_says_what_it_is_for() -> None:
    found = {setting.variable: setting.words for each in settings.all_settings().values() for setting in each}
    found |= {setting.variable: setting.words for setting in settings.settings_of(LocalSettings)}
    assert [variable for variable, words in found.items() if not words] == []


def test_a_planted_setting_without_words_is_found() -> None:
    planted = create_model("Planted", __base__=LocalSettings, moon=(int, 1))
    assert [s.variable for s in settings.settings_of(planted) if not s.words] == ["TIMBANG_MOON"]


@pytest.fixture(scope="module")
def wanted() -> dict[str, str]:
    return generate.pages()


def test_the_generated_docs_say_what_the_code_says(wanted: dict[str, str]) -> None:
    assert generate.differences(generate.DOCS, wanted) == [], "run `make docs` and read the difference"


def test_a_planted_drift_is_named_and_mended(wanted: dict[str, str], tmp_path: Path) -> None:
    generate.write(tmp_path, wanted)
    assert generate.differences(tmp_path, wanted) == []
    (tmp_path / "settings.md").unlink()
    (tmp_path / "api" / "roles.csv").write_text("service,method,path,roles\n", encoding="utf-8")
    (tmp_path / "events" / "id.timbang.lottery.v1.schema.json").write_text("{}", encoding="utf-8")
    assert [line.partition(":")[0] for line in generate.differences(tmp_path, wanted)] == [
        "api/roles.csv",
        "events/id.timbang.lottery.v1.schema.json",
        "settings.md",
    ]
    generate.write(tmp_path, wanted)
    assert generate.differences(tmp_path, wanted) == []


def crooked_migrations(name: str) -> list[str]:
    """Why a service's migrations are not one line in the order of their numbers; empty if they are."""
    scripts = script_directory(name)
    if len(scripts.get_heads()) != 1:
        return [f"{name}: {len(scripts.get_heads())} heads"]
    walked = [Path(revision.path).stem for revision in scripts.walk_revisions()][::-1]
    wanted = [f"{number:04}" for number in range(1, len(walked) + 1)]
    return [
        f"{name}: {stem} is not {number}"
        for stem, number in zip(walked, wanted, strict=True)
        if stem[:4] != number
    ]


@pytest.mark.parametrize("name", service_names())
def test_migrations_are_one_line_in_the_order_of_their_numbers(name: str) -> None:
    assert crooked_migrations(name) == []


@pytest.mark.parametrize(
    ("second", "after"), [("0002_b", "None"), ("0003_b", "'0001_a'")], ids=["two heads", "a number left out"]
)
def test_planted_crooked_migrations_are_found(
    second: str, after: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "revision = '{}'\ndown_revision = {}\ndef upgrade(): ...\n"
    folder = "planted/migrations"
    plant(
        tmp_path,
        {
            f"{folder}/0001_a.py": text.format("0001_a", None),
            f"{folder}/{second}.py": text.format(second, after),
        },
    )
    monkeypatch.setattr(services, "__path__", [str(tmp_path)])
    assert len(crooked_migrations("planted")) == 1


PROMETHEUS = REPOSITORY / "deploy" / "prometheus"


def unasked_doors(words: str) -> set[str]:
    """The doors that a configuration of Prometheus does not ask for their metrics."""
    groups = [group for job in yaml.safe_load(words)["scrape_configs"] for group in job["static_configs"]]
    wanted = {f"{name}:{DEFAULT_PORTS[name]}" for name in [*service_names(), "web"]}
    return wanted - {target for group in groups for target in group["targets"]}


def test_prometheus_asks_every_service() -> None:
    assert unasked_doors((PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8")) == set()


def test_a_planted_service_that_prometheus_forgets_is_found() -> None:
    words = (PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8")
    assert unasked_doors(words.replace("wallet:8404", "moon:8404")) == {"wallet:8404"}


METRIC = re.compile(r"\b((?:timbang|wallet)_\w+)")
SUFFIXES = ("", "_total", "_bucket", "_sum", "_count", "_created")


def metric_names(root: Path) -> set[str]:
    """The names under which what the code declares is published."""
    declared = {
        str(call.args[0].value) for _, call in metrics(root) if isinstance(call.args[0], ast.Constant)
    }
    return {name + suffix for name in declared for suffix in SUFFIXES}


def asked_metrics(words: str) -> set[str]:
    """The names of ours that a rule file or a dashboard asks for."""
    return set(METRIC.findall(words)) - {"timbang_prometheus", "timbang_sql"}


ASKING = [
    PROMETHEUS / "alerts.yml",
    *sorted((REPOSITORY / "deploy" / "grafana" / "dashboards").glob("*.json")),
]


@pytest.mark.parametrize("file", ASKING, ids=lambda file: file.name)
def test_alerts_and_dashboards_ask_for_metrics_that_exist(file: Path) -> None:
    assert asked_metrics(file.read_text(encoding="utf-8")) <= metric_names(REPOSITORY)


def test_a_planted_alert_on_a_metric_that_nobody_publishes_is_found() -> None:
    assert asked_metrics("rate(timbang_moons_total[5m]) > 1") - metric_names(REPOSITORY) == {
        "timbang_moons_total"
    }


def alerts_without_a_page(words: str) -> list[str]:
    """Alerts whose runbook is not there."""
    rules = [rule for group in yaml.safe_load(words)["groups"] for rule in group["rules"]]
    return [rule["alert"] for rule in rules if not (REPOSITORY / rule["annotations"]["runbook"]).is_file()]


def test_every_alert_has_its_runbook() -> None:
    assert alerts_without_a_page((PROMETHEUS / "alerts.yml").read_text(encoding="utf-8")) == []


def test_a_planted_alert_without_a_runbook_is_found() -> None:
    planted = {"alert": "MoonIsFull", "annotations": {"runbook": "docs/runbooks/moon.md"}}
    assert alerts_without_a_page(yaml.safe_dump({"groups": [{"rules": [planted]}]})) == ["MoonIsFull"]


def pages(root: Path) -> Iterator[Path]:
    """The README, its neighbours and docs."""
    yield from root.glob("*.md")
    yield from (root / "docs").rglob("*.md")


def broken_links(root: Path) -> list[str]:
    """Links of pages to files that are not there."""
    return [
        f"{page.relative_to(root)}: {target}"
        for page in pages(root)
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]


def test_no_page_links_to_what_is_not_there() -> None:
    assert broken_links(REPOSITORY) == []


def test_a_planted_broken_link_is_found(tmp_path: Path) -> None:
    plant(tmp_path, {"README.md": "[x](docs/moon.md) [y](README.md) [z](https://example.org)"})
    assert broken_links(tmp_path) == ["README.md: docs/moon.md"]


def unknown_targets(root: Path) -> set[str]:
    """What pages tell people to make, as code, and the Makefile does not know."""
    told = {
        target
        for page in pages(root)
        for target in re.findall(r"(?:`|^)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    return told - set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


def test_pages_tell_only_what_make_knows() -> None:
    assert unknown_targets(REPOSITORY) == set()


def test_a_planted_target_that_make_does_not_know_is_found(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {"Makefile": "run: setup\n", "README.md": "```\nmake run # x\n```\nSo make it: `make full-moon`"},
    )
    assert unknown_targets(tmp_path) == {"full-moon"}


def dangling(document: dict[str, Any], folder: Path) -> list[str]:
    """References of an AsyncAPI document to what is neither in it nor beside it."""
    found = []
    for reference in re.findall(r'"\$ref": "([^"]+)"', json.dumps(document)):
        file, _, inside = reference.partition("#")
        place: Any = document if not file else json.loads((folder / file).read_text(encoding="utf-8"))
        for step in filter(None, inside.split("/")):
            place = place.get(step) if isinstance(place, dict) else None
        if place is None:
            found.append(reference)
    return found


def test_the_asyncapi_document_is_one_and_refers_to_what_is_there() -> None:
    folder = REPOSITORY / "docs" / "events"
    document = json.loads((folder / "asyncapi.json").read_text(encoding="utf-8"))
    ApplicationSchema.model_validate(document)
    assert dangling(document, folder) == []
    assert document["channels"].keys() == {topic.name for topic in read_topics()}


def test_a_planted_dangling_reference_is_found(tmp_path: Path) -> None:
    planted = {
        "messages": [{"$ref": "#/components/messages/Moon"}, {"$ref": "#/components"}],
        "components": {},
    }
    assert dangling(planted, tmp_path) == ["#/components/messages/Moon"]
