"""What the services must know of one another on one machine: addresses, files and shared secrets, by setting."""

from __future__ import annotations

import os
import secrets as random_secrets
from typing import TYPE_CHECKING

from deploy.local import ports
from deploy.local.secrets import read_secret
from deploy.local.settings import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deploy.local.paths import Home

WEBHOOK_PATH = "/v1/webhooks/digiflazz"


def wire(home: Home, numbers: Mapping[str, int]) -> dict[str, dict[str, str]]:
    """Return the settings that depend on where this stack's services and files are.

    Shape: {service: {variable: value}}; under "" stand those that every service gets. A secret is given only to
    those that need it.
    """
    address = {name: f"http://{ports.HOST}:{port}" for name, port in numbers.items()}
    everybody = {
        "JWKS_URL": f"{address['identity']}/v1/jwks",
        "ROLLOUT_PATH": str(REPOSITORY / "deploy" / "rollout" / "deli-serdang.yaml"),
    }
    identity = {"IDENTITY_KEY_FILE": str(home.run / "identity.key"), "WALLET_URL": address["wallet"]}
    deposit = {
        "DEPOSIT_KEY_FILE": str(home.run / "deposit.key"),
        "IDENTITY_URL": address["identity"],
        "VALUATION_URL": address["valuation"],
        "PAYOUT_URL": address["payout"],
    }
    web = _web(home, address)
    payout = {"PAYOUT_KEY_FILE": str(home.run / "payout.key")}
    sandbox = {"SANDBOX_FILE": str(home.run / "sandbox.sqlite3")}
    if "PAYOUT_DIGIFLAZZ_URL" not in os.environ:
        for_payout, for_sandbox = _biller(home, address)
        payout |= for_payout
        sandbox |= for_sandbox
    return {
        "": everybody,
        "web": web,
        "identity": identity,
        "deposit": deposit,
        "payout": payout,
        "sandbox": sandbox,
    }


def _web(home: Home, address: Mapping[str, str]) -> dict[str, str]:
    # Only this stack, whose people are invented, lets the start page show their codes and PINs.
    doors = ("identity", "deposit", "valuation", "wallet", "payout", "adoption")
    return {
        "WEB_PUBLIC_URL": address["web"],
        "WEB_KEY_FILE": str(home.run / "web.key"),
        "WEB_DEMO_PEOPLE_FILE": str(home.people),
        **{f"{name.upper()}_URL": address[name] for name in doors},
    }


def _biller(home: Home, address: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    # The stand-in biller: it and payout know the same secrets and share one clock that a rehearsal may move.
    key = read_secret(home, "sandbox-api-key", make=_token)
    webhook_secret = read_secret(home, "sandbox-webhook-secret", make=_token)
    clock = str(home.run / "clock-seconds")
    payout = {
        "PAYOUT_DIGIFLAZZ_URL": f"{address['sandbox']}/v1",
        "PAYOUT_DIGIFLAZZ_USERNAME": "timbang",
        "PAYOUT_DIGIFLAZZ_API_KEY": key,
        "PAYOUT_DIGIFLAZZ_WEBHOOK_SECRET": webhook_secret,
        "PAYOUT_CLOCK_FILE": clock,
    }
    sandbox = {
        "SANDBOX_USERNAME": "timbang",
        "SANDBOX_API_KEY": key,
        "SANDBOX_WEBHOOK_URL": f"{address['payout']}{WEBHOOK_PATH}",
        "SANDBOX_WEBHOOK_SECRET": webhook_secret,
        "SANDBOX_CLOCK_FILE": clock,
        "SANDBOX_CONTROL": "true",
    }
    return payout, sandbox


def _token() -> str:
    return random_secrets.token_urlsafe(24)
