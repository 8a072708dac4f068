"""Files that people write: YAML into a checked model, with file, line and reason for every mistake."""

import re
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # a PyYAML built without its C part: ten times slower, the same result
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

ModelT = TypeVar("ModelT", bound=BaseModel)
_NO_LINE = 1
_BOOL = "tag:yaml.org,2002:bool"


class _Loader(_SafeLoader):
    """YAML in which `on`, `off`, `yes` and `no` are words, as in YAML 1.2: `on:` is a key of ours."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOL]
    for first, resolvers in _SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|false)$"), ["t", "f"])


class WrittenFileError(Exception):
    """A file that a person wrote cannot be used: which one, at which line, and why."""

    def __init__(self, file: Path, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


def load_written(path: Path, model: type[ModelT]) -> ModelT:
    """Read a file as the model. Raises WrittenFileError for anything wrong with it, its absence included."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrittenFileError(path, _NO_LINE, f"cannot be read: {error}") from error
    return parse_written(text, path, model)


def parse_written(text: str, path: Path, model: type[ModelT]) -> ModelT:
    """The model of a file's text; `path` only names it in errors. Raises WrittenFileError."""
    node = _compose(text, path)
    _refuse_repeated_keys(node, path)
    loader = _Loader("")
    try:
        content = loader.construct_document(node)
    except yaml.constructor.ConstructorError as error:
        raise WrittenFileError(path, _line_of_mark(error), str(error.problem)) from error
    except ValueError as error:  # such as the 31st of February
        raise WrittenFileError(path, _NO_LINE, str(error)) from error
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise WrittenFileError(
            path,
            _line_of_location(node, first["loc"]),
            f"{where}: {reason}{more}" if where else reason + more,
        ) from error


def _compose(text: str, path: Path) -> yaml.Node:
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        reason = " ".join(part for part in (error.context, error.problem) if part)
        raise WrittenFileError(path, _line_of_mark(error), f"not YAML: {reason}") from error
    except yaml.YAMLError as error:
        raise WrittenFileError(path, _NO_LINE, f"not YAML: {error}") from error
    if node is None:
        raise WrittenFileError(path, _NO_LINE, "the file is empty")
    return node


def _refuse_repeated_keys(node: yaml.Node, path: Path) -> None:
    """YAML lets the last of two equal keys win without a word; here it is a mistake."""
    if isinstance(node, yaml.SequenceNode):
        for child in node.value:
            _refuse_repeated_keys(child, path)
    elif isinstance(node, yaml.MappingNode):
        seen: set[Any] = set()
        for key, value in node.value:
            if key.value in seen:
                raise WrittenFileError(path, key.start_mark.line + 1, f"{key.value} stands twice")
            seen.add(key.value)
            _refuse_repeated_keys(value, path)


def _line_of_mark(error: yaml.MarkedYAMLError) -> int:
    mark = error.problem_mark or error.context_mark
    return _NO_LINE if mark is None else mark.line + 1


def _line_of_location(node: yaml.Node, location: tuple[int | str, ...]) -> int:
    """The line of a pydantic error's location, as deep as the file goes."""
    line = node.start_mark.line
    for step in location:
        child = _child(node, step)
        if child is None:
            break
        node, line = child
    return line + 1


def _child(node: yaml.Node, step: int | str) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        child: yaml.Node = node.value[step]
        return child, child.start_mark.line
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, key.start_mark.line
    return None
