"""The import contracts hold, and each catches what it is for: violations are planted in a copy of the tree."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.tree import REPOSITORY, plant

CONTRACTS = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]
DECLARED_EXCEPTIONS = {"services.sandbox", "services.web"}

# What is planted -> what the report must say. One file each, so that no violation hides another.
PLANTED = {
    "services/wallet/attic.py": ("", "services.wallet.attic"),
    "services/wallet/domain/asking.py": ("import asyncpg", "services.wallet.domain.asking -> asyncpg"),
    "services/wallet/domain/clocked.py": ("import time", "services.wallet.domain.clocked -> time"),
    "services/wallet/domain/chance.py": ("import random", "services.wallet.domain.chance -> random"),
    "services/wallet/domain/wired.py": (
        "from shared.contracts import Event",
        "services.wallet.domain.wired -> shared.contracts",
    ),
    "services/wallet/domain/typed.py": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import sqlalchemy",
        "services.wallet.domain.typed -> sqlalchemy",
    ),
    "services/wallet/domain/upwards.py": (
        "from services.wallet import store",
        "services.wallet.domain.upwards -> services.wallet.store",
    ),
    "services/wallet/store/upwards.py": (
        "from services.wallet import workflows",
        "services.wallet.store.upwards -> services.wallet.workflows",
    ),
    "services/wallet/workflows/told.py": (
        "from services.wallet.settings import WalletSettings",
        "services.wallet.workflows.told -> services.wallet.settings",
    ),
    "services/valuation/api/asking.py": (
        "from services.valuation import store",
        "services.valuation.api.asking -> services.valuation.store",
    ),
    "services/valuation/api/selecting.py": (
        "import sqlalchemy",
        "services.valuation.api.selecting -> sqlalchemy",
    ),
    "services/valuation/api/tables.py": (
        "from services.valuation import models",
        "services.valuation.api.tables -> services.valuation.models",
    ),
    "services/valuation/api/hearing.py": (
        "from services.valuation import consumers",
        "services.valuation.api.hearing -> services.valuation.consumers",
    ),
    "services/valuation/store/speaking.py": (
        "from shared.contracts import Event",
        "services.valuation.store.speaking -> shared.contracts",
    ),
    "services/deposit/workflows/sibling.py": (
        "from services.valuation.domain import pricing",
        "services.deposit.workflows.sibling -> services.valuation.domain",
    ),
    "services/deposit/workflows/trying.py": ("import pytest", "services.deposit.workflows.trying -> pytest"),
    "services/web/clients/upwards.py": (
        "from services.web import session",
        "services.web.clients.upwards -> services.web.session",
    ),
    "services/web/session/showing.py": (
        "from services.web.pages import common",
        "services.web.session.showing -> services.web.pages.common",
    ),
    "services/sandbox/borrowing.py": (
        "from shared.kernel import ids",
        "services.sandbox.borrowing -> shared.kernel.ids",
    ),
    "shared/kernel/looking.py": ("import os", "shared.kernel.looking -> os"),
    "shared/contracts/sending.py": (
        "from shared.runtime import outbox",
        "shared.contracts.sending -> shared.runtime.outbox",
    ),
    "shared/runtime/knowing.py": (
        "from services.wallet import domain",
        "shared.runtime.knowing -> services.wallet.domain",
    ),
    "shared/attic/__init__.py": ("", "shared.attic"),
}


def copy_of_the_tree(folder: Path) -> Path:
    for name in ("services", "shared"):
        # Python alone: what browsers load is no import.
        left_out = shutil.ignore_patterns("__pycache__", "node_modules", "static", "templates", "assets")
        shutil.copytree(REPOSITORY / name, folder / name, ignore=left_out)
    shutil.copy(REPOSITORY / "pyproject.toml", folder)
    return folder


def lint_imports(folder: Path) -> tuple[int, str]:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
        "--no-cache",
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What import-linter says about a copy of the tree with everything planted."""
    folder = copy_of_the_tree(tmp_path_factory.mktemp("planted"))
    status, words = lint_imports(
        plant(folder, {path: f'"""Planted."""\n{text}\n' for path, (text, _) in PLANTED.items()})
    )
    assert status == 1
    return words


def test_the_tree_keeps_every_contract(tmp_path: Path) -> None:
    status, words = lint_imports(copy_of_the_tree(tmp_path))
    assert status == 0, words


@pytest.mark.parametrize("path", PLANTED)
def test_a_planted_violation_is_named(report: str, path: str) -> None:
    assert PLANTED[path][1] in report


@pytest.mark.parametrize("contract", [contract["name"] for contract in CONTRACTS])
def test_every_contract_is_broken_by_something_planted(report: str, contract: str) -> None:
    assert f"{contract} BROKEN" in report


def test_a_missing_room_is_named(tmp_path: Path) -> None:
    folder = copy_of_the_tree(tmp_path)
    shutil.rmtree(folder / "services" / "wallet" / "domain")
    status, words = lint_imports(folder)
    assert status == 1
    assert "services.wallet.domain" in words


def services_without_a_contract(folder: Path) -> set[str]:
    containers = {name for contract in CONTRACTS for name in contract.get("containers", ())}
    found = {f"services.{init.parent.name}" for init in (folder / "services").glob("*/__init__.py")}
    return found - containers - DECLARED_EXCEPTIONS


def test_every_service_has_the_rooms_or_is_a_declared_exception() -> None:
    assert services_without_a_contract(REPOSITORY) == set()


def test_a_planted_service_is_named(tmp_path: Path) -> None:
    plant(tmp_path, {"services/lottery/__init__.py": '"""Planted."""\n'})
    assert services_without_a_contract(tmp_path) == {"services.lottery"}
