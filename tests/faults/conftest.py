"""One system lives through outages, restarts and an edit of its rollout file, on a broker that stands elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.stack import Stack
from tests.faults.roomy import roomy_rollout
from tests.system import System


@pytest.fixture(scope="package")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A broker that stands elsewhere, so that nobody brings it back before its time."""
    home = tmp_path_factory.mktemp("broker")
    home.chmod(0o755)
    with Stack(home) as stack:
        yield stack


@pytest.fixture(scope="package")
def rollout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programme's file with caps that a load does not reach; a test may edit it."""
    return roomy_rollout(tmp_path_factory.mktemp("rollout"))


@pytest.fixture(scope="package")
def system(broker: Stack, rollout: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The services on that broker. What is done to them ends with the test that does it; deposits stay."""
    home: Path = tmp_path_factory.mktemp("faults")
    home.chmod(0o755)
    outside = {"KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers, "ROLLOUT_PATH": str(rollout)}
    with System(home, outside) as running:
        yield running
