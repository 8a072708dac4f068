"""What must agree in two places does: topics, ports, settings, problems, migrations and the generated docs."""

import ast
import json
import re
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
from shared.runtime.problem_catalogue import CATALOGUE
from tests.architecture.idioms import metrics
from tests.architecture.tree import REPOSITORY, called_name, plant, sources


def test_every_topic_is_in_the_file_and_every_topic_of_the_file_is_spoken() -> None:
    assert {event.TOPIC for event in EVENTS} == {topic.name for topic in read_topics()}
    assert {topic.owner for topic in read_topics()} <= set(service_names())


def test_a_planted_topic_is_found(tmp_path: Path) -> None:
    text = "defaults: {partitions: 1, replication_factor: 1, config: {}}\ntopics: [{name: timbang.x.v1, owner: payout}]"
    (planted,) = read_topics(plant(tmp_path, {"topics.yaml": text}) / "topics.yaml")
    assert planted.name not in {event.TOPIC for event in EVENTS}


def test_every_service_has_the_port_that_the_runner_expects() -> None:
    ports = {
        name: settings_class(name).model_fields["port"].default for name in [*service_names(), *EXCEPTIONS]
    }
    assert ports == DEFAULT_PORTS


def test_every_setting_is_documented() -> None:
    written = set(
        re.findall(
            r"^\| `([A-Z_]+)`",
            (REPOSITORY / "docs" / "settings.md").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )
    read = {setting.variable for found in settings.all_settings().values() for setting in found}
    assert read <= written


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


def problem_codes(root: Path) -> set[str]:
    """The codes that the doors raise, where they are written out."""
    return {
        node.args[0].value
        for source in sources(root, "services", "shared")
        for node in source.nodes
        if isinstance(node, ast.Call) and called_name(node) == "Problem" and node.args
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    }


def test_every_problem_that_a_door_raises_has_its_sentences() -> None:
    assert problem_codes(REPOSITORY) <= CATALOGUE.keys()


def test_a_planted_problem_without_a_sentence_is_found(tmp_path: Path) -> None:
    plant(tmp_path, {"services/wallet/api.py": "raise Problem('moon_is_full', phase=1)"})
    assert problem_codes(tmp_path) - CATALOGUE.keys() == {"moon_is_full"}


def test_every_sentence_is_said_in_both_languages_and_ends() -> None:
    for code, entry in CATALOGUE.items():
        assert entry.indonesian.endswith((".", "!", "?")), code
        assert entry.english.endswith((".", "!", "?")), code
        assert set(re.findall(r"{(\w+)}", entry.indonesian)) == set(re.findall(r"{(\w+)}", entry.english)), (
            code
        )
        assert 400 <= entry.status < 600, code


def test_prometheus_asks_every_service() -> None:
    scraped = yaml.safe_load(
        (REPOSITORY / "deploy" / "prometheus" / "prometheus.yml").read_text(encoding="utf-8")
    )
    asked = {
        t for job in scraped["scrape_configs"] for group in job["static_configs"] for t in group["targets"]
    }
    assert {f"{name}:{DEFAULT_PORTS[name]}" for name in [*service_names(), "web"]} <= asked


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


@pytest.mark.parametrize(
    "file", ["deploy/prometheus/alerts.yml", "deploy/grafana/dashboards/ringkasan-kabupaten.json"]
)
def test_alerts_and_dashboards_ask_for_metrics_that_exist(file: str) -> None:
    assert asked_metrics((REPOSITORY / file).read_text(encoding="utf-8")) <= metric_names(REPOSITORY)


def test_a_planted_alert_on_a_metric_that_nobody_publishes_is_found() -> None:
    assert asked_metrics("rate(timbang_moons_total[5m]) > 1") - metric_names(REPOSITORY) == {
        "timbang_moons_total"
    }


def test_every_alert_has_its_runbook() -> None:
    rules = yaml.safe_load((REPOSITORY / "deploy" / "prometheus" / "alerts.yml").read_text(encoding="utf-8"))
    pages = {
        rule["alert"]: rule["annotations"]["runbook"] for group in rules["groups"] for rule in group["rules"]
    }
    assert {alert: page for alert, page in pages.items() if not (REPOSITORY / page).is_file()} == {}


def broken_links(root: Path) -> list[str]:
    """Links of the README and of docs to files that are not there."""
    return [
        f"{page.relative_to(root)}: {target}"
        for page in [*root.glob("*.md"), *(root / "docs").rglob("*.md")]
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]


def test_no_page_links_to_what_is_not_there() -> None:
    assert broken_links(REPOSITORY) == []


def test_a_planted_broken_link_is_found(tmp_path: Path) -> None:
    plant(tmp_path, {"README.md": "[x](docs/moon.md) [y](README.md) [z](https://example.org)"})
    assert broken_links(tmp_path) == ["README.md: docs/moon.md"]


def test_the_readme_names_only_targets_that_make_knows() -> None:
    named = set(re.findall(r"`?make ([a-z]+)", (REPOSITORY / "README.md").read_text(encoding="utf-8")))
    known = set(
        re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert named <= known | {"is"}


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
