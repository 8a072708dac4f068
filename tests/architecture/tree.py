"""The repository's own source, as syntax trees: of the real tree, or of a small one with a planted violation."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """One Python file: its path below the root, its syntax tree, and every node of that."""

    path: str
    tree: ast.Module
    nodes: tuple[ast.AST, ...]

    @property
    def module(self) -> str:
        """Its dotted name."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def at(self, node: ast.AST) -> str:
        """`path:line`, for a finding."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


def sources(root: Path, *folders: str) -> Iterator[Source]:
    """Every Python file in these folders of the root."""
    for folder in folders:
        for file in sorted((root / folder).rglob("*.py")):
            yield Source(str(file.relative_to(root)), *_parsed(file, file.stat().st_mtime_ns))


@cache
def _parsed(file: Path, changed_at: int) -> tuple[ast.Module, tuple[ast.AST, ...]]:
    del changed_at
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return tree, tuple(ast.walk(tree))


def plant(root: Path, files: Mapping[str, str]) -> Path:
    """Write the files below the root and return it."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def called_name(call: ast.Call) -> str:
    """The last part of what is called: `subscriber` for `broker.subscriber(...)`."""
    target = call.func
    return (
        target.attr
        if isinstance(target, ast.Attribute)
        else target.id
        if isinstance(target, ast.Name)
        else ""
    )


def docstrings(source: Source) -> set[int]:
    """The ids of the constants that are docstrings."""
    found = set()
    for node in source.nodes:
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.add(id(first.value))
    return found
