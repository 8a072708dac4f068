"""Every problem that a door can answer with, as a table."""

from shared.runtime.problem_catalogue import CATALOGUE

_INTRODUCTION = (
    "Made by `make docs` from `shared/runtime/problem_catalogue`. Answers are RFC 9457 "
    "`application/problem+json`; `code` is stable, `detail` is the sentence in the reader's language "
    "(Indonesian unless `Accept-Language` prefers English)."
)


def page() -> str:
    """docs/api/problems.md."""
    lines = [
        "# Problems",
        "",
        _INTRODUCTION,
        "",
        "| code | status | Indonesian | English |",
        "|---|---|---|---|",
    ]
    for code, entry in sorted(CATALOGUE.items()):
        lines.append(f"| `{code}` | {entry.status} | {entry.indonesian} | {entry.english} |")
    return "\n".join(lines) + "\n"
