"""Every setting that a service reads, by the name of its environment variable."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from deploy.docs.built import EXCEPTIONS, service_names, settings_class
from deploy.local.settings import REPOSITORY, LocalSettings

_INTRODUCTION = (
    "Made by `make docs` from the `settings.py` of each service. All of them are environment variables; "
    "an empty default means that it must be set."
)


@dataclass(frozen=True)
class Setting:
    """One environment variable, what it is when it is not set, and what it is for."""

    variable: str
    default: str
    words: str
    required: bool
    shared: bool


def settings_of(declared: type[BaseSettings]) -> Iterator[Setting]:
    """The settings that a class declares, inherited ones included."""
    prefix = str(declared.model_config.get("env_prefix") or "")
    for name, field in declared.model_fields.items():
        alias = field.validation_alias
        shared = isinstance(alias, AliasChoices)
        variable = str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"{prefix}{name}".upper()
        yield Setting(variable, _default(field), _words(declared, name), field.is_required(), shared)


def all_settings() -> dict[str, list[Setting]]:
    """The settings of every service, those that are built another way included."""
    return {name: list(settings_of(settings_class(name))) for name in [*service_names(), *sorted(EXCEPTIONS)]}


def page() -> str:
    """docs/settings.md."""
    lines = [
        "# Settings",
        "",
        _INTRODUCTION,
    ]
    by_service = all_settings()
    shared = {s.variable: s for found in by_service.values() for s in found if s.shared}
    sections = [("Every service", list(shared.values()))]
    sections += [(name, [s for s in found if not s.shared]) for name, found in by_service.items()]
    sections += [("The embedded stack (`make run`)", list(settings_of(LocalSettings)))]
    for title, found in sections:
        lines += ["", f"## {title}", "", "| variable | default | what for |", "|---|---|---|"]
        lines += [f"| `{s.variable}` | {s.default} | {s.words} |" for s in found]
    return "\n".join(lines) + "\n"


def _words(declared: type[BaseSettings], name: str) -> str:
    """What a setting is for: its own description, or that of the class whose default it only changes."""
    kinds = (
        kind for kind in declared.__mro__ if issubclass(kind, BaseSettings) and name in kind.model_fields
    )
    return next((words for kind in kinds if (words := kind.model_fields[name].description)), "")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return ""
    value: Any = field.get_default(call_default_factory=True)
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, Path) and value.is_relative_to(REPOSITORY):
        value = value.relative_to(REPOSITORY)
        return "the repository" if value == Path() else f"`{value}`"
    if isinstance(value, tuple):
        value = ",".join(f"{part.total_seconds():.0f}" for part in value)
    return "none" if value in (None, "") else f"`{value}`"
