"""Passwords are made once per stack, at random, and kept in one file that only its owner can read."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

from deploy.local.paths import Home, write_whole
from deploy.local.problems import StartProblemError

if TYPE_CHECKING:
    from collections.abc import Callable

_WRITING = threading.Lock()


def read_secret(home: Home, name: str, make: Callable[[], str] | None = None) -> str:
    """Return the secret called `name`; `make` makes it if it does not exist yet.

    Raises StartProblemError if it is missing and may not be made: then data exists that was made with it.
    """
    with _WRITING:
        known: dict[str, str] = {}
        if home.secrets.exists():
            known = _read(home)
        if name in known:
            return known[name]
        if make is None:
            message = (
                f"The password of {name} is not in {home.secrets}, but its data exists. "
                "Put the file back, or remove the data with `make clean` if it may be lost."
            )
            raise StartProblemError(message)
        known[name] = make()
        write_whole(home.secrets, known, mode=0o600)
        return known[name]


def _read(home: Home) -> dict[str, str]:
    try:
        return dict(json.loads(home.secrets.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        message = (
            f"{home.secrets} is damaged, and without its passwords nobody opens the data beside it. "
            "Put the file back from a backup, or remove all with `make clean` if it may be lost."
        )
        raise StartProblemError(message) from None
