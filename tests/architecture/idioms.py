"""House rules that imports cannot show, each a function from a root folder to what breaks it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import Source, called_name, docstrings, sources

# Both declared exceptions to the rooms keep their own ways: sandbox its own file, web its own pages.
OWN_WAYS = ("services/sandbox/", "services/web/")
SQL = re.compile(
    r"^\s*(select\b.*\bfrom\b|select\s+\w+\(|insert\s+into\b|update\s+\w+\s+set\b|delete\s+from\b"
    r"|truncate\b|with\s+\w+\s+as\s*\()",
    re.IGNORECASE | re.DOTALL,
)
QUERIES = {"execute", "executemany", "fetch", "fetchrow", "fetchval", "copy_records_to_table", "cursor"}
_BELONGS_TO = {"AIOKafkaProducer": "shared/runtime/relay.py", "KafkaBroker": "shared/runtime/listening.py"}
METRICS = {"Counter", "Gauge", "Histogram", "Summary"}
VAGUE_WORDS = {"util", "utils", "helper", "helpers", "manager", "managers", "data"}
# What asyncio calls in a protocol.
NAMED_BY_OTHERS = {"data_received"}
# A service, a route of its OpenAPI, an event class, an enum of the code, a line of the rollout file: closed sets.
CLOSED_LABELS = set(
    re.findall(
        r"\w+",
        "about account_kind code figure job kind meaning measure method outcome phase product_kind programme provider"
        " quarter rc reason route service state status subdistrict subdistrict_code target topic type"
        " view waste_class why",
    )
)


def subscribers_made_elsewhere(root: Path) -> list[str]:
    """Subscribers outside the one place that has the cure for every trap."""
    return _calls(root, {"subscriber"}, allowed={"shared/runtime/listening.py"})


def publishing_elsewhere(root: Path) -> list[str]:
    """Anything that could send to Kafka other than the relay."""
    found = _calls(
        root, {"publish_batch", "publisher", "send_batch", "send_and_wait"}, {"shared/runtime/relay.py"}
    )
    for source in sources(root, "services", "shared"):
        for node in source.nodes:
            if isinstance(node, ast.alias) and _BELONGS_TO.get(node.name, source.path) != source.path:
                found.append(f"{source.at(node)}: imports {node.name}; say(tx, events) is the way to publish")
    return found


def queries_outside_the_store(root: Path) -> list[str]:
    """SQL, or a query method, in a room that is not for it."""
    found = []
    for source in sources(root, "services"):
        parts = Path(source.path).parts
        room = parts[2].removesuffix(".py") if len(parts) > 2 else ""
        if source.path.startswith(OWN_WAYS) or room in {"store", "migrations", "models"}:
            continue
        spoken = docstrings(source)
        for node in source.nodes:
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in QUERIES
            ):
                found.append(f"{source.at(node)}: {node.func.attr}() belongs into the store")
            words = node.value if isinstance(node, ast.Constant) and id(node) not in spoken else None
            if isinstance(words, str) and SQL.match(words):
                found.append(f"{source.at(node)}: SQL belongs into the store")
    return found


def vague_names(root: Path) -> list[str]:
    """Modules, classes and functions whose name could stand for anything."""
    found = []
    for source in sources(root, "services", "shared"):
        names = [(source.at(source.tree), Path(source.path).stem)]
        names += [
            (source.at(node), node.name)
            for node in source.nodes
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name not in NAMED_BY_OTHERS
        ]
        found += [f"{where}: {name} says nothing" for where, name in names if VAGUE_WORDS & set(_words(name))]
    return found


def mocks_of_our_own_code(root: Path) -> list[str]:
    """Imports of unittest.mock: a test meets the real thing, or a small stand-in written for it."""
    found = []
    for source in sources(root, "tests"):
        for node in source.nodes:
            if isinstance(node, ast.ImportFrom) and node.module in {"unittest.mock", "mock"}:
                found.append(f"{source.at(node)}: a mock")
            if isinstance(node, ast.Import) and any(
                alias.name in {"unittest.mock", "mock"} for alias in node.names
            ):
                found.append(f"{source.at(node)}: a mock")
    return found


def open_metric_labels(root: Path) -> list[str]:
    """Labels that are not a closed set: a person, a device or an id would make a series each."""
    found = []
    for source, call in metrics(root):
        lists = [
            *call.args[2:3],
            *[keyword.value for keyword in call.keywords if keyword.arg == "labelnames"],
        ]
        for given in lists:
            labels = _constant(source, given.id) if isinstance(given, ast.Name) else given
            if not isinstance(labels, ast.List | ast.Tuple):
                found.append(f"{source.at(call)}: labels must be written out")
                continue
            for label in labels.elts:
                name = str(label.value) if isinstance(label, ast.Constant) else "?"
                if name not in CLOSED_LABELS:
                    found.append(f"{source.at(call)}: the label {name} is not a closed set")
    return found


def metrics(root: Path) -> Iterator[tuple[Source, ast.Call]]:
    """Where metrics are declared."""
    for source in sources(root, "services", "shared"):
        for node in source.nodes:
            if isinstance(node, ast.Call) and called_name(node) in METRICS and _is_text(node.args[:1]):
                yield source, node


def modules_without_a_promise(root: Path) -> list[str]:
    """Modules whose docstring is missing or does not begin with one sentence."""
    found = []
    for source in sources(root, "services", "shared", "deploy"):
        words = ast.get_docstring(source.tree) or ""
        if (
            not words.split("\n\n")[0].strip().endswith((".", ".)", "`.", "?"))
            and "/migrations/" not in source.path
        ):
            found.append(f"{source.path}: no sentence at its head")
    return found


def _is_text(first: list[ast.expr]) -> bool:
    return any(isinstance(node, ast.Constant) and isinstance(node.value, str) for node in first)


def _constant(source: Source, name: str) -> ast.expr | None:
    """What a name at the top of the module stands for."""
    for node in source.tree.body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == [name]:
            return node.value
    return None


def _calls(root: Path, names: set[str], allowed: set[str]) -> list[str]:
    return [
        f"{source.at(node)}: .{called_name(node)}() outside {', '.join(sorted(allowed))}"
        for source in sources(root, "services", "shared")
        if source.path not in allowed
        for node in source.nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names
    ]


def _words(name: str) -> list[str]:
    return re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name.replace("_", " ")) and [
        word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)
    ]
