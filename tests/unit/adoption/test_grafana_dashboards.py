"""The dashboards' JSON is what the code makes, and holds on a real Grafana as far as that can be read from it."""

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.__main__ import rendered
from deploy.grafana.regency import build

GRAFANA = Path(__file__).resolve().parents[3] / "deploy" / "grafana"
BOARDS = {
    path.name: json.loads(path.read_text(encoding="utf-8"))
    for path in (GRAFANA / "dashboards").glob("*.json")
}
# Those that were seen drawing data on a real server; an unknown type is accepted without a word.
PANEL_TYPES = {"stat", "table", "timeseries", "bargauge", "gauge", "barchart", "piechart", "geomap"}
UNITS = {"short", "string", "masskg", "percent", "s", "currencyIDR"}


def drawn(name: str) -> list[dict[str, Any]]:
    """The panels of a dashboard without the titles of its rows."""
    return [panel for panel in BOARDS[name]["panels"] if panel["type"] != "row"]


def provisioned() -> dict[str, dict[str, Any]]:
    content = yaml.safe_load(
        (GRAFANA / "provisioning" / "datasources" / "timbang.yaml").read_text(encoding="utf-8")
    )
    return {source["uid"]: source for source in content["datasources"]}


def test_the_committed_json_is_what_the_code_makes() -> None:
    made = rendered()
    assert {path.name for path in made} == set(BOARDS)
    for path, text in made.items():
        assert path.read_text(encoding="utf-8") == text, "run `python -m deploy.grafana`"


def test_the_json_survives_the_sdk() -> None:
    text = JSONEncoder(sort_keys=True).encode(build())
    again = JSONEncoder(sort_keys=True).encode(Dashboard.from_json(json.loads(text)))
    assert json.loads(again) == json.loads(text)


@pytest.mark.parametrize("name", BOARDS)
def test_a_dashboard_answers_one_question_and_nobody_edits_it(name: str) -> None:
    board = BOARDS[name]
    assert board["title"]
    assert board["uid"].startswith("timbang-")
    assert board["editable"] is False
    assert board["timezone"] == "Asia/Jakarta"
    assert board["schemaVersion"] == 42
    assert "apiVersion" not in board, "the classic form; file provisioning refuses the other"
    assert 1 <= len(board["panels"]) <= 24
    for panel in board["panels"]:
        # Panels inside a row are drawn only while it is folded.
        assert panel["type"] != "row" or (panel["title"], panel["collapsed"]) == ("Layanan", False)
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


@pytest.mark.parametrize("name", BOARDS)
def test_every_panel_explains_itself_and_asks_what_is_there(name: str) -> None:
    sources = provisioned()
    for panel in drawn(name):
        assert panel["title"]
        assert panel["description"], panel["title"]
        assert panel["type"] in PANEL_TYPES
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS
        assert panel["fieldConfig"]["defaults"]["noValue"], panel["title"]
        assert panel["datasource"]["uid"] in sources
        for target in panel["targets"]:
            source = sources[target["datasource"]["uid"]]
            assert target["datasource"]["type"] == source["type"]
            assert "reporting." in target["rawSql"]
        if panel["type"] == "timeseries":
            assert panel["options"]["legend"]["showLegend"] is True


@pytest.mark.parametrize("name", BOARDS)
def test_no_panel_covers_another(name: str) -> None:
    places = [(panel["title"], panel["gridPos"]) for panel in BOARDS[name]["panels"]]
    for title, place in places:
        assert place["x"] + place["w"] <= 24, title
    for (one, a), (other, b) in combinations(places, 2):
        apart = (
            a["x"] + a["w"] <= b["x"]
            or b["x"] + b["w"] <= a["x"]
            or a["y"] + a["h"] <= b["y"]
            or b["y"] + b["h"] <= a["y"]
        )
        assert apart, f"{one} and {other}"


def test_the_sql_source_has_its_database_and_password_where_every_grafana_reads_them() -> None:
    source = provisioned()["timbang-sql"]
    assert source["type"] == "postgres"
    assert source["user"] == "grafana_reader"
    assert source["jsonData"]["database"] == "adoption"
    assert "database" not in source
    assert source["secureJsonData"]["password"].startswith("$")
    assert "password" not in source


def test_dashboards_are_provisioned_read_only() -> None:
    content = yaml.safe_load(
        (GRAFANA / "provisioning" / "dashboards" / "timbang.yaml").read_text(encoding="utf-8")
    )
    (provider,) = content["providers"]
    assert provider["type"] == "file"
    assert provider["allowUiUpdates"] is False
