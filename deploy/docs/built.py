"""Every service as its main.py builds it, with nothing started: to be asked what it offers and hears."""

import importlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from fastapi import FastAPI
from pydantic_settings import BaseSettings

from deploy.local.settings import REPOSITORY
from shared.runtime.service import Service

# The declared exceptions to the rooms: the sandbox shares no code, web has pages instead of an API.
EXCEPTIONS = frozenset({"sandbox", "web"})


def service_names() -> list[str]:
    """The services of the repository that have the common rooms, in alphabetical order."""
    folders = (REPOSITORY / "services").iterdir()
    return sorted(f.name for f in folders if (f / "__init__.py").exists() and f.name not in EXCEPTIONS)


@cache
def services() -> dict[str, Service]:
    """Each service, built once per process with made-up secrets and a database that is never opened."""
    return {name: _build(name) for name in service_names()}


@cache
def sandbox() -> FastAPI:
    """The sandbox's application, on a throw-away file."""
    main = importlib.import_module("services.sandbox.main")
    settings = importlib.import_module("services.sandbox.settings")
    folder = Path(tempfile.mkdtemp(prefix="timbang-docs-"))
    app: FastAPI = main.application(settings.SandboxSettings(file=folder / "sandbox.sqlite3", control=True))
    return app


def applications() -> dict[str, FastAPI]:
    """The ASGI application of each service, the sandbox included."""
    return {name: service.application() for name, service in services().items()} | {"sandbox": sandbox()}


def settings_class(name: str) -> type[BaseSettings]:
    """The one settings class that a service's settings.py declares."""
    module = importlib.import_module(f"services.{name}.settings")
    (found,) = (
        item
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, BaseSettings) and item.__module__ == module.__name__
    )
    return found


def _build(name: str) -> Service:
    with tempfile.TemporaryDirectory(prefix="timbang-docs-") as folder, _environment(name, Path(folder)):
        service: Service = importlib.import_module(f"services.{name}.main").create()
    return service


@contextmanager
def _environment(name: str, folder: Path) -> Iterator[None]:
    """The settings without which a service does not start, and none that the caller's shell happens to hold."""
    before = dict(os.environ)
    for variable in [key for key in before if key.startswith(f"{name.upper()}_")]:
        del os.environ[variable]
    os.environ |= {
        f"{name.upper()}_DATABASE_URL": f"postgresql://{name}:none@127.0.0.1:1/{name}",
        "DEPOSIT_KEY_FILE": str(folder / "deposit.key"),
        "IDENTITY_KEY_FILE": str(folder / "identity.key"),
        "PAYOUT_KEY_FILE": str(folder / "payout.key"),
    }
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before
