"""At the end of a start a person sees where everything is and as whom the system can be tried."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deploy.local.paths import Home

MEMBERS_SHOWN = 4
START_PAGE = "/mulai"


def announcement(home: Home, addresses: Mapping[str, str]) -> str:
    """Return the closing words of a start: addresses, demo people with their codes and PINs, where state is."""
    lines = [
        "",
        *_first(addresses),
        "Addresses",
        *(f"  {name:<10} {address}" for name, address in addresses.items()),
    ]
    people = _people(home)
    if people:
        lines += ["", "Demo people (role, code, PIN, name)", *map(_line, _shown(people))]
        rest = len(people) - len(_shown(people))
        if rest:
            lines.append(f"  and {rest} more members in {home.people}")
    lines += ["", f"State, logs and ready.json are in {home.run}.", "Ctrl-C stops everything.", ""]
    return "\n".join(lines) + "\n"


def _first(addresses: Mapping[str, str]) -> list[str]:
    """Where a person begins."""
    return [f"Open {addresses['web']}{START_PAGE} in a browser", ""] if "web" in addresses else []


def _people(home: Home) -> list[dict[str, Any]]:
    try:
        found = json.loads(home.people.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _shown(people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    staff = [person for person in people if person.get("role") != "member"]
    members = [person for person in people if person.get("role") == "member"]
    return staff + members[:MEMBERS_SHOWN]


def _line(person: Mapping[str, Any]) -> str:
    places = person.get("waste_bank_ids") or [person["waste_bank_id"] if person.get("waste_bank_id") else ""]
    words = (person.get("role", ""), person.get("code", ""), person.get("pin", ""), person.get("name", ""))
    return "  {:<10} {:<8} {:<7} {:<24} {}".format(*words, ", ".join(places)).rstrip()
