"""What the services must know of one another on one machine: addresses, files and shared secrets, by setting."""

from __future__ import annotations

import secrets as random_secrets
from typing import TYPE_CHECKING

from deploy.local import ports
from deploy.local.secrets import read_secret
from deploy.local.settings import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deploy.local.paths import Home


def wire(home: Home, numbers: Mapping[str, int]) -> dict[str, str]:
    """Return the settings that depend on where this stack's services and files are."""
    address = {name: f"http://{ports.HOST}:{port}" for name, port in numbers.items()}
    sandbox_key = _secret(home, "sandbox-api-key")
    webhook_secret = _secret(home, "sandbox-webhook-secret")
    return {
        "JWKS_URL": f"{address['identity']}/v1/jwks",
        "ROLLOUT_PATH": str(REPOSITORY / "deploy" / "rollout" / "deli-serdang.yaml"),
        "IDENTITY_KEY_FILE": str(home.run / "identity.key"),
        "SANDBOX_FILE": str(home.run / "sandbox.sqlite3"),
        "SANDBOX_API_KEY": sandbox_key,
        "SANDBOX_WEBHOOK_SECRET": webhook_secret,
    }


def _secret(home: Home, name: str) -> str:
    return read_secret(home, name, make=lambda: random_secrets.token_urlsafe(24))
