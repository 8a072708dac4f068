"""`python -m deploy.docs.generate`: write what stands in docs and comes from the code anew."""

import argparse
import json
import sys
from pathlib import Path

from deploy.docs import areas, brute_force, events, problems, roles, settings
from deploy.docs.built import applications
from deploy.local.settings import REPOSITORY

DOCS = REPOSITORY / "docs"
# Everything in these folders is made here; a file that nothing makes any more is removed.
MADE_FOLDERS = ("events", "api")


def pages() -> dict[str, str]:
    """Path below docs -> text of every page that is made from the code."""
    made = {f"events/{name}": text for name, text in events.pages().items()}
    for name, app in applications().items():
        made[f"api/{name}.json"] = json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"
    made["api/roles.csv"] = roles.matrix()
    made["api/areas.csv"] = areas.matrix()
    made["api/problems.md"] = problems.page()
    made["security/brute-force.md"] = brute_force.page()
    made["settings.md"] = settings.page()
    return made


def differences(folder: Path, wanted: dict[str, str]) -> list[str]:
    """What stands in the folder but should not, is missing, or says something else; sorted."""
    present = {
        str(file.relative_to(folder))
        for made in MADE_FOLDERS
        for file in (folder / made).rglob("*")
        if file.is_file()
    }
    stale = [f"{name}: nothing makes it any more" for name in present - wanted.keys()]
    for name, text in wanted.items():
        file = folder / name
        if not file.exists():
            stale.append(f"{name}: missing")
        elif file.read_text(encoding="utf-8") != text:
            stale.append(f"{name}: says something else than the code")
    return sorted(stale)


def write(folder: Path, wanted: dict[str, str]) -> None:
    """Make the folder say what the code says."""
    for line in differences(folder, wanted):
        name = line.partition(":")[0]
        if name not in wanted:
            (folder / name).unlink()
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(wanted[name], encoding="utf-8")


def main() -> int:
    """Write the pages, or with --check only say which are stale; the exit status is 1 if any is."""
    parser = argparse.ArgumentParser(prog="python -m deploy.docs.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; say what is stale")
    given = parser.parse_args()
    wanted = pages()
    stale = differences(DOCS, wanted)
    print("\n".join(stale) or "docs say what the code says")
    if given.check:
        return 1 if stale else 0
    write(DOCS, wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
