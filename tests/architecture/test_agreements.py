"""What must agree in two places does: topics, ports, settings, problems, migrations and the generated docs."""

import ast
import re
from pathlib import Path

import pytest

from deploy.docs import generate, settings
from deploy.docs.built import service_names, settings_class
from deploy.local.services import DEFAULT_PORTS
from deploy.local.topics import read_topics
from shared.contracts import EVENTS
from shared.runtime.migrate import script_directory
from shared.runtime.problem_catalogue import CATALOGUE
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
        name: settings_class(name).model_fields["port"].default for name in [*service_names(), "sandbox"]
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


@pytest.mark.parametrize("name", service_names())
def test_migrations_are_one_line_in_the_order_of_their_numbers(name: str) -> None:
    scripts = script_directory(name)
    assert len(scripts.get_heads()) == 1
    walked = [Path(revision.path).stem for revision in scripts.walk_revisions()][::-1]
    assert [stem[:4] for stem in walked] == [f"{number:04}" for number in range(1, len(walked) + 1)]


def problem_codes(root: Path) -> set[str]:
    """The codes that the doors raise, where they are written out."""
    return {
        node.args[0].value
        for source in sources(root, "services", "shared")
        for node in ast.walk(source.tree)
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
