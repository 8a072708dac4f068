"""Builds the identity service, and its commands: appoint, seed, rotate-keys, replace-keys, reseal."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from services.identity import api
from services.identity.api.staff import AreaWords, NewStaff
from services.identity.domain.codes import canonical_code
from services.identity.domain.people import Staff
from services.identity.domain.refusals import Refusal
from services.identity.domain.seeded import seeded_people
from services.identity.settings import IdentitySettings
from services.identity.store.sealed import SEALED
from services.identity.workflows import seeding, sessions, signing, staffing
from services.identity.workflows.patience import Patience
from services.identity.workflows.pin_changes import OneTimeCode
from services.identity.workflows.pins import Pins
from services.identity.workflows.sessions import Lifetimes
from services.identity.workflows.turns import Turns
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.database import Database, Tx
from shared.runtime.other_doors import OtherDoor
from shared.runtime.problem_catalogue import CATALOGUE
from shared.runtime.rollout import RolloutWatcher, load_rollout
from shared.runtime.sealing import Sealer, read_secrets, reseal_command
from shared.runtime.service import Service
from shared.runtime.tokens import FetchKeys, FetchRevoked, Tokens
from shared.runtime.wall_clock import WallClock

# Longer than any token lives plus as long as anybody may keep a copy of our public keys.
KEY_OVERLAP = timedelta(days=4)


def create(settings: IdentitySettings | None = None) -> Service:
    """The service, nothing started."""
    settings = settings or IdentitySettings()
    clock = WallClock()
    database = Database(settings.database_url, settings.pool_connections_max, "identity")
    sealer = Sealer(read_secrets(settings.key_file), "identity")
    watcher = RolloutWatcher(settings.rollout_path)
    means = api.Means(
        database=database,
        sealer=sealer,
        pins=Pins(sealer.pepper),
        turns=Turns(),
        patience=Patience(),
        watcher=watcher,
        wallet=OtherDoor(settings.wallet_url),
        clock=clock,
        issuer=settings.token_issuer,
        lifetimes=_lifetimes(settings),
        jwks_max_age_seconds=settings.jwks_max_age_seconds,
    )
    return Service(
        name="identity",
        title="Timbang identity",
        settings=settings,
        database=database,
        routers=api.routers(means),
        tokens=Tokens(
            _own_keys(database, sealer, clock), settings.token_issuer, _own_revoked(database, clock)
        ),
        everywhere=[watcher.run],
    )


def _lifetimes(settings: IdentitySettings) -> Lifetimes:
    return Lifetimes(
        member=timedelta(minutes=settings.member_token_minutes),
        staff=timedelta(minutes=settings.staff_token_minutes),
        tablet=timedelta(minutes=settings.tablet_token_minutes),
        counter=timedelta(minutes=settings.counter_token_minutes),
        member_session=timedelta(days=settings.member_session_days),
        staff_session=timedelta(hours=settings.staff_session_hours),
        tablet_session=timedelta(days=settings.tablet_session_days),
    )


def _own_keys(database: Database, sealer: Sealer, clock: WallClock) -> FetchKeys:
    """Identity verifies its own tokens without asking itself over HTTP."""

    async def fetch() -> dict[str, Any]:
        async with database.transaction() as tx:
            keys = await signing.keep_keys(tx, sealer, clock.now())
        return keys.public

    return fetch


def _own_revoked(database: Database, clock: WallClock) -> FetchRevoked:
    """Nor does it ask itself what it took back."""

    async def fetch() -> frozenset[UUID]:
        async with database.reading() as tx:
            found_sessions, found_tablets = await sessions.list_revoked(tx, clock.now())
        return frozenset((*found_sessions, *found_tablets))

    return fetch


def appoint(given: argparse.Namespace) -> int:
    """Ask for the first person of a programme, and tell the code with which they choose a PIN at /kantor/pilih-pin.

    The questions are asked, not taken from the command line: a name does not belong into a shell's history.
    """
    del given
    try:
        code, name, regency = (_answer(f"{what}: ") for what in ("code, such as PRG-01", "name", "regency"))
        asked = NewStaff(
            staff_id=uuid7(), code=code, role="programme", name=name, area=AreaWords(regency_codes=[regency])
        )
    except (ValidationError, EOFError) as wrong:
        sys.stderr.write(f"Nobody was appointed: {wrong}\n")
        return 1
    outcome = asyncio.run(_appoint(IdentitySettings(), asked))
    if isinstance(outcome, Refusal):
        sys.stderr.write(f"Nobody was appointed. {CATALOGUE[outcome.value].english}\n")
        return 1
    sys.stdout.write(f"{outcome.code} chooses a PIN with {outcome.one_time_code}, until {outcome.until}\n")
    return 0


def _answer(question: str) -> str:
    sys.stderr.write(question)
    sys.stderr.flush()
    return input().strip()


async def _appoint(settings: IdentitySettings, asked: NewStaff) -> OneTimeCode | Refusal:
    now = WallClock().now()
    area, code = asked.area.area(), canonical_code(asked.code)
    person = Staff(asked.staff_id, code, Role.PROGRAMME, area, asked.name, made_at=now)
    rollout = load_rollout(settings.rollout_path)
    sealer = Sealer(read_secrets(settings.key_file), "identity")
    database = Database(settings.database_url, 2, "identity appoint")
    await database.open()
    try:
        async with database.transaction() as tx:
            return await staffing.appoint(tx, sealer, person, rollout, now)
    finally:
        await database.close()


def seed(given: argparse.Namespace) -> int:
    """Put the invented people into the database and write their codes and PINs to `--out`."""
    settings = IdentitySettings()
    new = asyncio.run(_seed(settings))
    if given.out is not None:
        _write_private(
            given.out, json.dumps(seeding.people_file(seeded_people()), indent=2, ensure_ascii=False)
        )
    sys.stdout.write(f"{new} members seeded\n")
    return 0


async def _seed(settings: IdentitySettings) -> int:
    sealer = Sealer(read_secrets(settings.key_file), "identity")
    database = Database(settings.database_url, 2, "identity seed")
    await database.open()
    seeded, clock = seeded_people(), WallClock()
    pins = Pins(sealer.pepper)
    try:
        async with database.reading() as tx:
            missing = await seeding.missing_pins(tx, seeded)
        hashes = await asyncio.gather(*[pins.hash(pin) for pin in missing.values()])
        async with database.transaction() as tx:
            await signing.keep_keys(tx, sealer, clock.now())
            return await seeding.seed_people(
                tx, sealer, seeded, dict(zip(missing, hashes, strict=True)), clock.now()
            )
    finally:
        await database.close()


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.new")
    with os.fdopen(
        os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text + "\n")
    temporary.replace(path)


def rotate_keys(given: argparse.Namespace) -> int:
    """Sign with a new key from now on; tokens of the old one stay good until they expire."""
    del given
    kid = asyncio.run(_change_keys(IdentitySettings(), _rotated))
    sys.stdout.write(f"signing with {kid}\n")
    return 0


def replace_keys(given: argparse.Namespace) -> int:
    """A key got into other hands: within a minute no service believes any token that was signed before."""
    del given
    kid = asyncio.run(_change_keys(IdentitySettings(), signing.replace_keys))
    sys.stdout.write(f"signing with {kid}; every token of before is void within a minute\n")
    return 0


async def _rotated(tx: Tx, sealer: Sealer, now: datetime) -> str:
    return await signing.rotate_keys(tx, sealer, now, KEY_OVERLAP)


async def _change_keys(
    settings: IdentitySettings, change: Callable[[Tx, Sealer, datetime], Awaitable[str]]
) -> str:
    database = Database(settings.database_url, 2, "identity keys")
    await database.open()
    try:
        async with database.transaction() as tx:
            sealer = Sealer(read_secrets(settings.key_file), "identity")
            return await change(tx, sealer, WallClock().now())
    finally:
        await database.close()


COMMANDS = {
    "appoint": appoint,
    "seed": seed,
    "rotate-keys": rotate_keys,
    "replace-keys": replace_keys,
    "reseal": reseal_command("identity", IdentitySettings, SEALED),
}
