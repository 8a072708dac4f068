"""`make rollout-check`: the rollout file is sound, and no phase changed without who, why and on which day."""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from shared.kernel.rollout import Change, Phase, PhaseEntry, Rollout, Subdistrict
from shared.runtime.rollout import load_rollout
from shared.runtime.written import WrittenFileError, parse_written

DEFAULT_PATH = Path("deploy/rollout/deli-serdang.yaml")
SCHEMA_PATH = Path("deploy/rollout/rollout.schema.json")


def main() -> int:
    """Print each thing that is wrong as file:line: reason, and return the exit status: 1 if there was one."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("path", nargs="?", type=Path, default=DEFAULT_PATH)
    arguments.add_argument(
        "--write-schema", action="store_true", help="write the JSON Schema beside the file"
    )
    chosen = arguments.parse_args()
    if chosen.write_schema:
        SCHEMA_PATH.write_text(schema_text(), encoding="utf-8")
        return 0
    try:
        now = load_rollout(chosen.path)
        before = committed(chosen.path)
    except WrittenFileError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    text = chosen.path.read_text(encoding="utf-8")
    wrong = [*unready(now), *([] if before is None else unexplained(before, now))]
    for code, reason in wrong:
        sys.stderr.write(f"{chosen.path}:{line_of(text, code)}: {reason}\n")
    if not wrong:
        open_now = sum(each.phases[-1].phase is Phase.OPEN for each in now.subdistricts)
        sys.stdout.write(f"{chosen.path}: {len(now.subdistricts)} sub-districts, {open_now} open; sound\n")
    return 1 if wrong else 0


def schema_text() -> str:
    """The JSON Schema of the rollout file, for editors and for anybody's checker."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Rollout.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def committed(path: Path) -> Rollout | None:
    """The file as the last commit has it, or None. Raises WrittenFileError if that one is malformed."""
    shown = subprocess.run(
        ["git", "show", f"HEAD:./{path.name}"],  # noqa: S607 - git is wherever the developer has it
        cwd=path.resolve().parent,
        capture_output=True,
        check=False,
    )
    if shown.returncode != 0:
        return None
    return parse_written(shown.stdout.decode(), Path(f"HEAD:{path}"), Rollout)


def unready(now: Rollout) -> Iterator[tuple[str, str]]:
    """Code and reason of each sub-district that is open, or is to open, without what that takes."""
    for each in now.subdistricts:
        opened = next((entry for entry in each.phases if entry.phase is Phase.OPEN), None)
        if opened is not None:
            for gate in each.gates:
                if gate.met_on is None or gate.met_on > opened.since_on:
                    yield each.kemendagri_code, f"{each.name} opens before its gate {gate.gate} is met"
        if (opened or each.planned_opening_on) and not each.targets:
            yield each.kemendagri_code, f"{each.name} has a day of opening but no target"


def unexplained(before: Rollout, now: Rollout) -> Iterator[tuple[str, str]]:
    """Code and reason of each difference that history does not allow or that nobody answers for."""
    new_changes = [change for change in now.changes if change not in before.changes]
    for old in before.changes:
        if old not in now.changes:
            yield (
                old.subdistrict or "changes",
                f"the change of {old.on} is gone; what was decided stays written down",
            )
    for was in before.subdistricts:
        current = now.subdistrict(was.kemendagri_code)
        if current is None:
            yield was.kemendagri_code, f"{was.name} is gone; close a sub-district instead of removing it"
            continue
        for bank in was.waste_banks:
            if now.waste_bank(bank.id) is None:
                yield was.kemendagri_code, f"waste bank {bank.id} is gone, and deposits name it"
        yield from _phases_without_a_change(was, current, new_changes)
    for added in now.subdistricts:
        if before.subdistrict(added.kemendagri_code) is None and added.phases[-1].phase is not Phase.PLANNED:
            yield from _missing(added, added.phases, new_changes)


def _phases_without_a_change(
    was: Subdistrict, current: Subdistrict, new_changes: list[Change]
) -> Iterator[tuple[str, str]]:
    different = [entry for entry in current.phases if entry not in was.phases]
    different += [entry for entry in was.phases if entry not in current.phases]
    yield from _missing(current, tuple(different), new_changes)


def _missing(
    subdistrict: Subdistrict, different: tuple[PhaseEntry, ...], new_changes: list[Change]
) -> Iterator[tuple[str, str]]:
    for entry in different:
        explained = any(
            change.subdistrict == subdistrict.kemendagri_code and change.phase in {None, entry.phase}
            for change in new_changes
        )
        if not explained:
            what = f"phase {entry.phase} since {entry.since_on}"
            yield (
                subdistrict.kemendagri_code,
                f"{subdistrict.name}: {what} changed without an entry in changes",
            )


def line_of(text: str, code: str) -> int:
    """The line on which a code is first written; 1 if it is nowhere."""
    return next((number for number, line in enumerate(text.splitlines(), 1) if code in line), 1)


if __name__ == "__main__":
    raise SystemExit(main())
