"""Every problem that a door answers with has one pair of sentences, and every pair is somebody's answer."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from shared.runtime import problem_catalogue
from shared.runtime.problem_catalogue import CATALOGUE, Entry, every_door, joined
from tests.architecture.tree import REPOSITORY, called_name, plant, sources

CATALOGUE_FOLDER = "shared/runtime/problem_catalogue/"
GOOD = Entry(404, "Tidak ada {apa}.", "There is no {apa}.")


def raised_codes(root: Path) -> set[str]:
    """The codes that the doors raise, where they are written out."""
    return {
        node.args[0].value
        for source in sources(root, "services", "shared")
        for node in source.nodes
        if isinstance(node, ast.Call) and called_name(node) == "Problem" and node.args
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    }


def written_words(root: Path) -> set[str]:
    """Every text of the code outside of the catalogue: a code is raised, or is the value of a refusal."""
    return {
        node.value
        for source in sources(root, "services", "shared")
        if not source.path.startswith(CATALOGUE_FOLDER)
        for node in source.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def crooked_entries(catalogue: Mapping[str, Entry]) -> list[str]:
    """Codes whose sentences do not end, name different parameters, or come with a status that is no error's."""
    ends = (".", "!", "?")
    return [
        code
        for code, entry in catalogue.items()
        if not (entry.indonesian.endswith(ends) and entry.english.endswith(ends))
        or set(re.findall(r"{(\w+)}", entry.indonesian)) != set(re.findall(r"{(\w+)}", entry.english))
        or not 400 <= entry.status < 600
    ]


def test_every_problem_that_a_door_raises_has_its_sentences() -> None:
    assert raised_codes(REPOSITORY) <= CATALOGUE.keys()


def test_a_planted_problem_without_a_sentence_is_found(tmp_path: Path) -> None:
    plant(tmp_path, {"services/wallet/api.py": "raise Problem('moon_is_full', phase=1)"})
    assert raised_codes(tmp_path) - CATALOGUE.keys() == {"moon_is_full"}


def test_every_code_is_somebodys_answer() -> None:
    assert CATALOGUE.keys() - written_words(REPOSITORY) == set()


def test_a_planted_code_that_nobody_answers_with_is_found(tmp_path: Path) -> None:
    entries = "ENTRIES = {'moon_is_full': GOOD, 'tide_is_high': GOOD}"
    refusals = "class Refusal(StrEnum):\n    TIDE = 'tide_is_high'"
    plant(tmp_path, {f"{CATALOGUE_FOLDER}wallet.py": entries, "services/wallet/domain/refusals.py": refusals})
    assert {"moon_is_full", "tide_is_high"} - written_words(tmp_path) == {"moon_is_full"}


def test_every_part_of_the_catalogue_is_in_it() -> None:
    names = [
        f"{problem_catalogue.__name__}.{module.name}"
        for module in pkgutil.iter_modules(problem_catalogue.__path__)
    ]
    parts = [getattr(importlib.import_module(name), "ENTRIES", {}) for name in names]
    assert sum(map(len, parts)) == len(CATALOGUE)
    assert joined(*parts) == CATALOGUE


def test_a_planted_code_that_stands_in_two_parts_is_refused() -> None:
    with pytest.raises(ValueError, match="not_found"):
        joined(every_door.ENTRIES, {"not_found": GOOD})


def test_every_sentence_is_said_in_both_languages_and_ends() -> None:
    assert crooked_entries(CATALOGUE) == []


@pytest.mark.parametrize(
    "planted",
    [
        GOOD._replace(indonesian="Tidak ada {apa}"),
        GOOD._replace(english="There is no {apa}"),
        GOOD._replace(english="There is nothing."),
        GOOD._replace(status=200),
    ],
    ids=["no end", "no end in English", "another parameter", "no error"],
)
def test_a_planted_crooked_entry_is_found(planted: Entry) -> None:
    assert crooked_entries({"good": GOOD, "planted": planted}) == ["planted"]
