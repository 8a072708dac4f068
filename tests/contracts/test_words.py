"""The same question has the same answer in every service: one word for a reason, one for what became of a record."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contracts.test_paging import DOCUMENTS

# What is good to know and decides nothing; see `note` in docs/glossary.md.
NOTES = {"deposit ClosingGiven", "deposit ClosingView", "deposit Doorstep"}
FIELDS_OF_A_REASON = {
    "reason",
    "reasons",
    "cancel_reason",
    "decided_reason",
    "ended_reason",
    "blocked_reason",
    "end_reason",
    "void_reason",
}
# What may become of one record of many, whoever takes it in.
BECAME = {"recorded", "repeated", "conflict", "waiting", "quarantined", "refused"}
FEWEST_REASONS, FEWEST_BATCHES = 25, 4


def otherwise(documents: dict[str, Any]) -> list[str]:
    """Shapes that call a reason by another word, and batches that answer in another form."""
    return [*_other_reasons(documents), *_other_batches(documents)]


def _other_reasons(documents: dict[str, Any]) -> Iterator[str]:
    for service, page in documents.items():
        for shape, schema in page["components"]["schemas"].items():
            for name in schema.get("properties", {}):
                note = name == "note" and f"{service} {shape}" not in NOTES
                if note or name == "why" or name.endswith(("_why", "_note")):
                    yield f"{service} {shape}.{name}: a reason is called `reason`"


def batches(documents: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each door that takes many records at once, and the shape of its answer."""
    for service, page in documents.items():
        for path, operations in page["paths"].items():
            if path.endswith((":batch", ":carried")):
                content = operations["post"]["responses"]["200"]["content"]["application/json"]
                yield f"{service} {path}", _shape(content["schema"], page)


def _other_batches(documents: dict[str, Any]) -> Iterator[str]:
    for door, answer in batches(documents):
        page = documents[door.split()[0]]
        if list(answer["properties"]) != ["results"]:
            yield f"{door}: a batch answers `results`"
            continue
        each = _shape(answer["properties"]["results"]["items"], page)["properties"]
        if not {"status", "code", "detail"} <= each.keys():
            yield f"{door}: a record of a batch has `status`, and `code` and `detail` of a problem"
        elif not set(each["status"]["enum"]) <= BECAME:
            yield f"{door}: {set(each['status']['enum']) - BECAME} is said otherwise elsewhere"


def _shape(schema: dict[str, Any], page: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = page["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def test_a_reason_and_an_answer_have_one_word() -> None:
    said = [
        name
        for page in DOCUMENTS.values()
        for schema in page["components"]["schemas"].values()
        for name in schema.get("properties", {})
        if name in FIELDS_OF_A_REASON
    ]
    assert len(said) >= FEWEST_REASONS
    assert len(list(batches(DOCUMENTS))) >= FEWEST_BATCHES
    assert otherwise(DOCUMENTS) == []


def test_the_notes_exist() -> None:
    for name in NOTES:
        service, shape = name.split()
        assert "note" in DOCUMENTS[service]["components"]["schemas"][shape]["properties"]


@pytest.mark.parametrize(
    ("shape", "old", "new"),
    [
        ("Review", "reason", "note"),
        ("Review", "reason", "why"),
        ("RedemptionView", "reason", "failed_why"),
        ("DisputeView", "words", "answer_note"),
    ],
)
def test_a_planted_reason_of_another_name_is_found(shape: str, old: str, new: str) -> None:
    documents = copy.deepcopy(DOCUMENTS)
    fields = documents["payout"]["components"]["schemas"][shape]["properties"]
    fields[new] = fields.pop(old)
    assert otherwise(documents) == [f"payout {shape}.{new}: a reason is called `reason`"]


def test_a_planted_batch_of_another_form_is_found() -> None:
    documents = copy.deepcopy(DOCUMENTS)
    shapes = documents["identity"]["components"]["schemas"]
    results = shapes["BatchAnswer"]["properties"].pop("results")
    shapes["BatchAnswer"]["properties"]["items"] = results
    assert otherwise(documents) == ["identity /v1/members:batch: a batch answers `results`"]
    documents = copy.deepcopy(DOCUMENTS)
    each = documents["identity"]["components"]["schemas"]["MemberAnswer"]["properties"]
    each["status"]["enum"].append("rejected")
    (found,) = otherwise(documents)
    assert "rejected" in found
    del each["status"]
    (found,) = otherwise(documents)
    assert "`status`" in found
