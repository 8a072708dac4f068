"""What a newer schema of an event may do to an older one: add optional fields, and nothing else."""

from typing import Any

# Words for people may be put better at any time.
_WORDS = {"description", "title", "$schema", "$id"}


def breaks(published: dict[str, Any], today: dict[str, Any]) -> list[str]:
    """Why readers or writers of the published schema would not understand today's; empty if they would."""
    return _object(published, today, published.get("$defs", {}), today.get("$defs", {}), "event")


def _object(
    old: dict[str, Any], new: dict[str, Any], old_parts: dict[str, Any], new_parts: dict[str, Any], where: str
) -> list[str]:
    found = []
    before, after = old.get("properties", {}), new.get("properties", {})
    required = set(new.get("required", ()))
    found += [f"{where}.{name}: removed" for name in before if name not in after]
    found += [
        f"{where}.{name}: new and required" for name in after if name not in before and name in required
    ]
    for name, field in before.items():
        if name not in after:
            continue
        if (name in old.get("required", ())) != (name in required):
            found.append(f"{where}.{name}: {'required' if name in required else 'optional'} now")
        found += _field(field, after[name], old_parts, new_parts, f"{where}.{name}")
    return found


def _field(old: Any, new: Any, old_parts: dict[str, Any], new_parts: dict[str, Any], where: str) -> list[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        old, new = _resolved(old, old_parts), _resolved(new, new_parts)
        if "properties" in old and "properties" in new:
            return _object(old, new, old_parts, new_parts, where)
        found = []
        for rule in sorted((old.keys() | new.keys()) - _WORDS):
            if rule not in old or rule not in new:
                found.append(f"{where}: {rule} {'dropped' if rule in old else 'added'}")
            else:
                found += _field(old[rule], new[rule], old_parts, new_parts, f"{where} {rule}")
        return found
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = zip(old, new, strict=True)
        return [line for a, b in pairs for line in _field(a, b, old_parts, new_parts, where)]
    return [] if old == new else [f"{where}: {old!r} became {new!r}"]


def _resolved(field: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    reference = field.get("$ref")
    part: dict[str, Any] = parts[reference.rpartition("/")[2]] if reference else field
    return part
