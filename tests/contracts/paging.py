"""Whether every list is read the same way, whichever service answers: what a door asks and answers, by its OpenAPI."""

from collections.abc import Iterator
from typing import Any

from shared.runtime.paging import LIMIT, LIMIT_MAX

Page = dict[str, Any]

# Words by which a list could be read in another way than the one.
_OTHER_WORDS = {
    "after",
    "before",
    "since",
    "page",
    "offset",
    "next",
    "next_page",
    "skip",
    "per_page",
    "items",
}
# What a tablet has against what is: a cursor of its own, and `more` instead of an end.
DELTAS = {
    "deposit /v1/morning",
    "identity /v1/members:changes",
    "valuation /v1/prices:changes",
}
# Lists that are answered whole, with what keeps them small.
WHOLE = {
    "adoption /v1/subdistricts": "the rollout file",
    "adoption /v1/summary": "the rollout file",
    "deposit /v1/buyers": "who buys from one waste bank",
    "deposit /v1/closings": "one bank's day",
    "deposit /v1/closings/preview": "one bank's day",
    "deposit /v1/deposits/{deposit_id}": "the steps of one deposit",
    "deposit /v1/members/{member_id}/own-data": "all of one member, bounded by its workflow",
    "deposit /v1/pickup-routes": "one bank's day, by its capacity",
    "deposit /v1/pickup-slots": "the rollout file",
    "deposit /v1/pickups": "one bank's day, or one member's, bounded by its workflow",
    "deposit /v1/stock": "the catalogue",
    "identity /v1/devices": "one member's browsers",
    "identity /v1/jwks": "the keys in use",
    "identity /v1/members/{member_id}/look-alikes": "who gave one phone",
    "identity /v1/members/{member_id}/own-data": "all of one member",
    "identity /v1/pin-resets": "those of the last 15 minutes",
    "identity /v1/revocations": "those of the last day",
    "identity /v1/sessions": "one person's",
    "identity /v1/tablets": "the tablets of an area, bounded by its workflow",
    "payout /v1/cash-boxes": "the rollout file",
    "payout /v1/cash-boxes/{waste_bank_id}/waiting": "the longest waiting 200 of one bank; handing over makes room",
    "payout /v1/float": "the billers",
    "payout /v1/members/{member_id}/own-data": "all of one member, bounded by its workflow",
    "payout /v1/operators": "the settings",
    "payout /v1/products": "the settings",
    "payout /v1/redemptions/{redemption_id}": "the steps of one redemption",
    "valuation /v1/catalogue": "the catalogue",
    "valuation /v1/price-list-drafts/{price_list_id}": "the catalogue",
    "valuation /v1/price-lists/current": "the catalogue",
    "valuation /v1/price-lists/{price_list_id}": "the catalogue",
    "valuation /v1/valuations/{deposit_id}": "the lines of one deposit",
    "wallet /v1/ledger/check": "what is wrong; nothing, as a rule",
    "wallet /v1/ledger/totals": "the kinds of accounts",
    "wallet /v1/members/{member_id}/own-data": "all of one member, bounded by its workflow",
    "wallet /v1/passbook-imports/{import_id}": "the rows of one file",
}


def answered_otherwise(documents: dict[str, Page]) -> list[str]:
    """Doors that answer with a list and neither page it in the one form nor stand among those that are whole."""
    found = []
    for door, operation, document in _reading_doors(documents):
        asked = {
            each["name"]: each["schema"] for each in operation.get("parameters", []) if each["in"] == "query"
        }
        answer = _resolved(_answer(operation), document)
        told = answer.get("properties", {})
        wrong = _OTHER_WORDS & (asked.keys() | _names_of_pages(told))
        if wrong:
            found.append(f"{door}: {', '.join(sorted(wrong))} is said otherwise elsewhere")
        if door in DELTAS:
            found += (
                []
                if {"cursor"} <= asked.keys() and {"next_cursor", "more"} <= told.keys()
                else [f"{door}: no delta"]
            )
        elif "cursor" in asked or "limit" in asked or "next_cursor" in told:
            found += [f"{door}: {words}" for words in _not_the_form(asked, told)]
        elif door not in WHOLE and _holds_a_list(answer):
            found.append(f"{door}: a list without `cursor`, `limit` and `next_cursor`")
    return found


def _names_of_pages(told: Page) -> set[str]:
    return set(told) if "next_cursor" in told or "next" in told else set()


def _not_the_form(asked: Page, told: Page) -> Iterator[str]:
    limit, cursor, following = asked.get("limit", {}), asked.get("cursor", {}), told.get("next_cursor", {})
    if (limit.get("minimum"), limit.get("maximum"), limit.get("default")) != (1, LIMIT_MAX, LIMIT):
        yield f"`limit` is not 1 to {LIMIT_MAX} with {LIMIT} unless said"
    for name, schema in (("cursor", cursor), ("next_cursor", following)):
        if [each.get("type") for each in schema.get("anyOf", [])] != ["string", "null"]:
            yield f"`{name}` is no opaque word that may be missing"
    if len([name for name, schema in told.items() if schema.get("type") == "array"]) != 1:
        yield "a page holds one list"


def _reading_doors(documents: dict[str, Page]) -> Iterator[tuple[str, Page, Page]]:
    for service, document in documents.items():
        for path, operations in document["paths"].items():
            if "get" in operations:
                yield f"{service} {path}", operations["get"], document


def _answer(operation: Page) -> Page:
    content: Page = operation["responses"].get("200", {}).get("content", {})
    schema: Page = content.get("application/json", {}).get("schema", {})
    return schema


def _resolved(schema: Page, document: Page) -> Page:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Page = document["components"]["schemas"][name] if name else schema
    return found


def _holds_a_list(answer: Page) -> bool:
    return answer.get("type") == "array" or any(
        each.get("type") == "array" for each in answer.get("properties", {}).values()
    )
