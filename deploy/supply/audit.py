"""`python -m deploy.supply.audit` (`make audit`): writes build/sbom.json, and asks whether a dependency is vulnerable.

The bill of materials is made from the lock file alone and needs nobody. Whether something in it is known to be
vulnerable only an index can say: if none answers, this says so and fails with status 3, because not to know is not to
be safe. Status 1: something was found. Status 2: the lock file itself could not be read.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from deploy.local.settings import REPOSITORY

TOOLS = REPOSITORY / ".state" / "audit" / "bin"
LOCK = REPOSITORY / "requirements.lock"
BUILD = REPOSITORY / "build"
# Two databases of advisories, asked in this order; the second one only if the first does not answer.
SERVICES = ("pypi", "osv")
SAFE, VULNERABLE, BROKEN, UNKNOWN = 0, 1, 2, 3
SECONDS = 300
Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]


def run_tool(command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    """Run one of the tools; TimeoutExpired after five minutes."""
    return subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, timeout=SECONDS, check=False
    )


def write_sbom(run: Run, lock: Path = LOCK, out: Path = BUILD / "sbom.json") -> int:
    """CycloneDX of everything that the lock file pins; returns how many components. RuntimeError with the reason."""
    out.parent.mkdir(parents=True, exist_ok=True)
    done = run(
        [
            str(TOOLS / "cyclonedx-py"),
            "requirements",
            str(lock),
            "--of",
            "JSON",
            "--output-reproducible",
            "-o",
            str(out),
        ]
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip() or "cyclonedx-py failed")
    return len(json.loads(out.read_text(encoding="utf-8"))["components"])


def look_for_vulnerabilities(run: Run, lock: Path = LOCK) -> tuple[int, list[str]]:
    """The status, and what to tell: findings by package, or why nothing is known."""
    silent = []
    for service in SERVICES:
        try:
            done = run(
                [
                    str(TOOLS / "pip-audit"),
                    *("--requirement", str(lock), "--require-hashes", "--disable-pip"),
                    *("--vulnerability-service", service, "--format", "json", "--progress-spinner", "off"),
                ]
            )
        except subprocess.TimeoutExpired:
            silent.append(f"{service}: no answer within {SECONDS} s")
            continue
        try:
            report = json.loads(done.stdout)
        except ValueError:
            silent.append(f"{service}: {_last_line(done.stderr)}")
            continue
        if all("skip_reason" in each for each in report["dependencies"]):
            silent.append(
                f"{service}: answers, but knows none of our packages (a mirror without advisories?)"
            )
            continue
        return _judge(report, service)
    return UNKNOWN, [*silent, "No index answered: it is NOT known whether a dependency is vulnerable."]


def _judge(report: dict[str, Any], service: str) -> tuple[int, list[str]]:
    packages = report["dependencies"]
    skipped = [each for each in packages if "skip_reason" in each]
    found = [
        f"{each['name']} {each['version']}: {one['id']}, fixed in {', '.join(one['fix_versions']) or 'no version'}"
        for each in packages
        for one in each.get("vulns", ())
    ]
    words = [*found, *(f"{each['name']} was not looked at: {each['skip_reason']}" for each in skipped)]
    words.append(f"{len(packages) - len(skipped)} packages asked about at {service}, {len(found)} advisories")
    if found:
        return VULNERABLE, words
    return (UNKNOWN if skipped else SAFE), words


def _last_line(text: str) -> str:
    return text.strip().splitlines()[-1][:300] if text.strip() else "no answer"


def main() -> int:
    """Both; the status is that of the look for vulnerabilities."""
    try:
        count = write_sbom(run_tool)
    except (RuntimeError, OSError, ValueError) as error:
        print(f"No bill of materials: {error}")
        return BROKEN
    print(f"build/sbom.json: {count} components of {LOCK.name}")
    status, words = look_for_vulnerabilities(run_tool)
    print("\n".join(words))
    return status


if __name__ == "__main__":
    sys.exit(main())
