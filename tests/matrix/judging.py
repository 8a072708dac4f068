"""Compares what callers met with what docs/api/areas.csv says that they must meet."""

from collections.abc import Iterable, Mapping

from deploy.docs.areas import UNJUDGED, WHO, Line
from deploy.docs.roles import ANYONE
from tests.matrix.asking import SIGN_IN
from tests.matrix.walking import Answer


def complaints(answers: Iterable[Answer], judged: Mapping[Line, Line]) -> list[str]:
    """What is wrong, in words; empty if every answer is the one that was judged right."""
    found = []
    for answer in answers:
        name = f"{answer.operation.name} as {answer.role or 'nobody'} ({answer.who})"
        if answer.role is None and answer.kind != ANYONE:
            if answer.kind != SIGN_IN:
                found.append(f"{name}: {answer.kind}, not {SIGN_IN}: {answer.words}")
            continue
        outcomes = judged.get(answer.line)
        if outcomes is None:
            found.append(f"{name}: no line in docs/api/areas.csv; run `make docs`, then judge it")
            continue
        expected = outcomes[WHO.index(answer.who)]
        if expected == UNJUDGED:
            found.append(f"{name}: nobody has judged it yet; it answers {answer.kind}: {answer.words}")
        elif answer.kind != expected:
            found.append(f"{name}: {answer.kind}, not {expected}: {answer.words}")
    return found
