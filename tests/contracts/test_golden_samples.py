"""Every event ever published is read by today's code, and a schema only grows by optional fields."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from aiokafka import ConsumerRecord
from pydantic import Field, create_model

from deploy.docs.events import schema
from shared.contracts import BY_TYPE, EVENTS, DepositRecorded, Event
from shared.runtime.envelope import Poison, common_headers, decode, event_class
from shared.runtime.outbox import EVENT_BYTES_MAX, encode
from tests.contracts.compatibility import breaks

HERE = Path(__file__).parent
GOLDEN = {
    file.stem: json.loads(file.read_text(encoding="utf-8")) for file in (HERE / "golden").glob("*.json")
}
PUBLISHED = {
    file.name.removesuffix(".schema.json"): json.loads(file.read_text(encoding="utf-8"))
    for file in (HERE / "published").glob("*.schema.json")
}
SAMPLES = [(name, number) for name, golden in GOLDEN.items() for number in range(len(golden["samples"]))]


def record(type_name: str, value: bytes) -> ConsumerRecord:
    headers = [
        ("ce_type", type_name.encode()),
        *common_headers("/timbang/x", "00-a-b-01", "2026-11-02T00:00:00Z"),
    ]
    return ConsumerRecord("t", 0, 0, 0, 0, b"k", value, None, 1, len(value), tuple(headers))


def test_every_event_has_a_sample_and_no_event_is_gone() -> None:
    assert GOLDEN.keys() == BY_TYPE.keys()
    assert PUBLISHED.keys() == BY_TYPE.keys()
    assert len(EVENTS) == len(BY_TYPE)


@pytest.mark.parametrize(("name", "number"), SAMPLES)
def test_a_sample_is_read_as_it_was_written(name: str, number: int) -> None:
    golden, sample = GOLDEN[name], GOLDEN[name]["samples"][number]["value"]
    heard = record(name, json.dumps(sample).encode())
    kind = event_class(heard)
    assert kind is BY_TYPE[name]
    event = decode(heard, BY_TYPE[name])
    assert isinstance(event, Event), event
    assert (event.TOPIC, event.key) == (golden["topic"], golden["samples"][number]["key"])
    # Nothing of the sample is lost or read as something else; fields that were added since have their defaults.
    assert json.loads(encode(event)) | sample == json.loads(encode(event))
    assert decode(record(name, encode(event)), BY_TYPE[name]) == event


@pytest.mark.parametrize(("name", "number"), SAMPLES)
def test_a_sample_fits_its_published_schema(name: str, number: int) -> None:
    jsonschema.validate(
        GOLDEN[name]["samples"][number]["value"], PUBLISHED[name], cls=jsonschema.Draft202012Validator
    )


@pytest.mark.parametrize("name", GOLDEN)
def test_a_field_that_a_newer_sender_added_is_not_minded(name: str) -> None:
    sample = GOLDEN[name]["samples"][0]["value"] | {"of_tomorrow": {"x": [1]}}
    assert isinstance(decode(record(name, json.dumps(sample).encode()), BY_TYPE[name]), Event)


@pytest.mark.parametrize("name", GOLDEN)
def test_a_planted_lack_is_refused(name: str) -> None:
    lacking = copy.deepcopy(GOLDEN[name]["samples"][0]["value"])
    del lacking["event_id"]
    assert isinstance(decode(record(name, json.dumps(lacking).encode()), BY_TYPE[name]), Poison)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_a_schema_only_grows_by_optional_fields(event: type[Event]) -> None:
    assert breaks(PUBLISHED[event.TYPE], schema(event)) == []


def test_the_largest_event_may_travel() -> None:
    sample = copy.deepcopy(GOLDEN[DepositRecorded.TYPE]["samples"][0]["value"])
    sample["lines"] = sample["lines"][:1] * 60
    assert len(encode(DepositRecorded.model_validate(sample))) < EVENT_BYTES_MAX / 10


def _without(name: str) -> Callable[[dict[str, Any]], None]:
    def change(today: dict[str, Any]) -> None:
        del today["properties"][name]

    return change


def _with(path: list[str], value: Any) -> Callable[[dict[str, Any]], None]:
    def change(today: dict[str, Any]) -> None:
        place = today
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


PLANTED = {
    "a field is gone": _without("tablet_id"),
    "a field is renamed": _with(["properties"], {"device_id": {"type": "string"}}),
    "a field is of another type": _with(["properties", "member_id"], {"type": "integer"}),
    "an optional field is required": _with(["required"], ["replaces_deposit_id"]),
    "a bound is narrower": _with(["properties", "lines", "maxItems"], 50),
    "a word is added to a closed set": _with(
        ["properties", "channel", "enum"], ["self", "assisted", "pickup", "post"]
    ),
    "a line's field is of another type": _with(
        ["$defs", "DepositLine", "properties", "quantity", "type"], "number"
    ),
    "a line's field is gone": _with(["$defs", "DepositLine", "properties", "grade"], {"type": "null"}),
    "a new field is required": _with(["required"], [*schema(DepositRecorded)["required"], "weather"]),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_break_is_named(name: str) -> None:
    today = copy.deepcopy(schema(DepositRecorded))
    PLANTED[name](today)
    if name == "a new field is required":
        today["properties"]["weather"] = {"type": "string"}
    assert breaks(PUBLISHED[DepositRecorded.TYPE], today)


def test_a_new_optional_field_breaks_nothing() -> None:
    grown = create_model(
        "DepositRecorded", __base__=DepositRecorded, weather=(str | None, Field(default=None))
    )
    assert breaks(PUBLISHED[DepositRecorded.TYPE], schema(grown)) == []
