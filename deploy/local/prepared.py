"""A start does not migrate or seed again what has not changed since it was last migrated and seeded here."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from typing import TYPE_CHECKING

from deploy.local.paths import Home, write_whole
from deploy.local.settings import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterable

# What a service's schema and first rows can depend on, besides its own folder.
SHARED = ("shared", "deploy/catalogue", "deploy/products", "deploy/rollout", "requirements.lock")
KINDS = frozenset({".py", ".yaml", ".lock", ".json"})
_WRITING = threading.Lock()


class Prepared:
    """Remembers per service the fingerprint of the code that prepared its database, beside the data itself."""

    def __init__(self, home: Home) -> None:
        """Read what this home remembers."""
        self._file = home.run / "prepared.json"
        self._known: dict[str, str] = {}
        # Damaged is as good as missing: then everything is prepared again.
        with contextlib.suppress(FileNotFoundError, ValueError):
            self._known = dict(json.loads(self._file.read_text(encoding="utf-8")))
        self._shared = _fingerprint(SHARED)

    def forget(self, names: Iterable[str]) -> None:
        """These databases are new: nothing is prepared in them."""
        for name in names:
            self._known.pop(name, None)

    def is_current(self, name: str) -> bool:
        """Tell whether the service's database was prepared by exactly today's code."""
        return self._known.get(name) == self._mark(name)

    def remember(self, name: str) -> None:
        """Its database is prepared now."""
        with _WRITING:
            self._known[name] = self._mark(name)
            write_whole(self._file, self._known)

    def _mark(self, name: str) -> str:
        return f"{self._shared}-{_fingerprint([f'services/{name}'])}"


def _fingerprint(places: Iterable[str]) -> str:
    mark = hashlib.sha256()
    for place in places:
        root = REPOSITORY / place
        files = [root] if root.is_file() else sorted(root.rglob("*"))
        for file in files:
            if file.suffix in KINDS and file.is_file():
                mark.update(str(file.relative_to(REPOSITORY)).encode())
                mark.update(file.read_bytes())
    return mark.hexdigest()[:16]
