"""House rules that imports cannot show: the tree keeps them, and a planted violation of each is named."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import idioms
from tests.architecture.tree import REPOSITORY, plant

Guard = Callable[[Path], list[str]]

PLANTED: list[tuple[Guard, str, str]] = [
    (idioms.subscribers_made_elsewhere, "services/wallet/consumers.py", "x = broker.subscriber('t')"),
    (
        idioms.publishing_elsewhere,
        "services/wallet/workflows.py",
        "from faststream.kafka import KafkaBroker",
    ),
    (
        idioms.publishing_elsewhere,
        "shared/runtime/outbox.py",
        "async def f(p): await p.send_and_wait('t', b'')",
    ),
    (idioms.publishing_elsewhere, "services/wallet/main.py", "from aiokafka import AIOKafkaProducer"),
    (
        idioms.queries_outside_the_store,
        "services/wallet/workflows.py",
        "async def f(tx): await tx.fetchval('x')",
    ),
    (idioms.queries_outside_the_store, "services/wallet/api/reading.py", "Q = 'select id from account'"),
    (
        idioms.queries_outside_the_store,
        "services/wallet/domain/a.py",
        "Q = '''\n  INSERT INTO account values (1)'''",
    ),
    (idioms.vague_names, "services/wallet/domain/helpers.py", ""),
    (idioms.vague_names, "services/wallet/domain/credit.py", "class AccountManager: ..."),
    (idioms.vague_names, "shared/kernel/money.py", "def data_of(x): ..."),
    (idioms.mocks_of_our_own_code, "tests/unit/test_x.py", "from unittest.mock import Mock"),
    (idioms.open_metric_labels, "services/wallet/workflows.py", "G = Gauge('g', 'words', ['member_id'])"),
    (
        idioms.open_metric_labels,
        "services/wallet/store.py",
        "C = Counter('c', 'words', labelnames=('phone',))",
    ),
    (idioms.modules_without_a_promise, "services/wallet/store.py", "X = 1"),
]
GUARDS = list(dict.fromkeys(guard for guard, _, _ in PLANTED))


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.__name__)
def test_the_tree_keeps(guard: Guard) -> None:
    assert guard(REPOSITORY) == []


@pytest.mark.parametrize(("guard", "path", "text"), PLANTED, ids=lambda part: getattr(part, "__name__", None))
def test_a_planted_violation_is_named(guard: Guard, path: str, text: str, tmp_path: Path) -> None:
    (finding,) = guard(plant(tmp_path, {path: text}))
    assert finding.startswith(path)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.__name__)
def test_what_is_allowed_is_not_named(guard: Guard, tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "shared/runtime/listening.py": '"""Listens."""\ns = broker.subscriber("t")',
            "shared/runtime/relay.py": '"""Sends."""\nfrom aiokafka import AIOKafkaProducer\nx = p.send_batch()',
            "services/wallet/store/accounts.py": '"""Reads."""\nasync def f(tx): return await tx.fetch("select 1")',
            "services/wallet/workflows/posting.py": '"""Select from what is waiting."""\nG = Gauge("g", "w", ["kind"])',
            "tests/unit/test_x.py": "import pytest",
        },
    )
    assert guard(tmp_path) == []


BANNED = [
    ("from datetime import datetime\n\nNOW = datetime.now()\n", "shared.kernel.clock.Clock"),
    ("import time\n\nNOW = time.time()\n", "shared.kernel.clock.Clock"),
    ("from uuid import uuid4\n\nNEW = uuid4()\n", "shared.kernel.ids.uuid7()"),
    ("from datetime import date\n\nTODAY = date.today()\n", "shared.kernel.wib.day"),
    ("import os\n\nURL = os.environ['URL']\n", "settings.py"),
]


@pytest.mark.parametrize(("text", "instead"), BANNED)
def test_a_banned_call_is_refused_and_its_replacement_named(text: str, instead: str) -> None:
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "TID251", "--stdin-filename"]
    done = subprocess.run(
        [*command, "services/wallet/workflows/planted.py", "-"],
        input=text,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert instead in done.stdout
