"""The embedded PostgreSQL and Kafka are closed to strangers and made from the files."""

import stat
from dataclasses import replace

import asyncpg
import psutil
import pytest

from deploy.local.databases import ensure_databases
from deploy.local.problems import StartProblemError
from deploy.local.stack import SERVICES_WITH_DATABASE, Stack
from deploy.local.topics import create_topics, read_topics
from shared import contracts


@pytest.mark.parametrize("foreign", ["payout", "identity", "postgres", "template1"])
async def test_a_role_opens_its_own_database_and_no_other(stack: Stack, foreign: str) -> None:
    own = stack.database_url("wallet")
    connection = await asyncpg.connect(own)
    assert await connection.fetchval("SELECT current_user") == "wallet"
    await connection.close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(own.rsplit("/", 1)[0] + "/" + foreign)


async def test_grafanas_role_opens_adoption_alone(stack: Stack) -> None:
    if not stack.owned:
        pytest.skip("an attached stack may hold more")
    address = stack.database_url("grafana_reader")
    await (await asyncpg.connect(address)).close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(address.replace("/adoption", "/wallet"))


async def test_nobody_enters_without_the_right_password(stack: Stack) -> None:
    host = stack.database_url("wallet").rsplit("@", 1)[1]
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(f"postgresql://wallet:guessed@{host}")
    admin = await asyncpg.connect(stack.admin_url)
    stored = await admin.fetch("SELECT rolname, rolpassword FROM pg_authid WHERE rolcanlogin")
    await admin.close()
    assert {row["rolname"] for row in stored} >= set(SERVICES_WITH_DATABASE)
    assert all(row["rolpassword"].startswith("SCRAM-SHA-256$") for row in stored)


def test_everything_listens_on_this_machine_alone(stack: Stack) -> None:
    if not stack.owned:
        pytest.skip("its processes are somebody else's")
    for name in ("postgres", "kafka"):
        listening = [
            connection.laddr[0]
            for connection in psutil.Process(stack.pid(name)).net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert listening
        assert {address.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}


def test_passwords_are_readable_by_their_owner_alone(stack: Stack) -> None:
    for file in (stack.home.secrets, stack.home.databases):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_asking_again_for_databases_changes_nothing(stack: Stack) -> None:
    if not stack.owned:
        pytest.skip("its passwords are somebody else's")
    again = ensure_databases(stack.postgres, SERVICES_WITH_DATABASE)
    assert (again.urls, again.created) == (stack.urls, [])


def test_the_file_names_the_topics_of_the_contracts() -> None:
    in_code = {value for name, value in vars(contracts).items() if name.endswith("_TOPIC")}
    in_events = {event.TOPIC for event in vars(contracts).values() if hasattr(event, "TOPIC")}
    assert {topic.name for topic in read_topics()} == (in_code | in_events)
    for topic in read_topics():
        assert topic.partitions == 12
        assert topic.config["retention.ms"] == "-1"
        assert topic.config["cleanup.policy"] == "delete"


async def test_topics_are_made_once(stack: Stack, fresh_topics: str) -> None:
    assert await create_topics(stack.bootstrap_servers, read_topics(), fresh_topics) == []


async def test_another_partition_count_is_refused_in_words(stack: Stack, fresh_topics: str) -> None:
    wanted = [replace(topic, partitions=13) for topic in read_topics()]
    with pytest.raises(StartProblemError, match=r"has 12 partitions, topics.yaml says 13"):
        await create_topics(stack.bootstrap_servers, wanted, fresh_topics)


async def test_a_topic_that_the_broker_refuses_is_an_error(stack: Stack) -> None:
    wrong = replace(read_topics()[0], name="refused", config={"retention.ms": "soon"})
    with pytest.raises(StartProblemError, match=r"refused.*code 40"):
        await create_topics(stack.bootstrap_servers, [wrong])
    lonely = replace(read_topics()[0], name="refused", replication_factor=3)
    with pytest.raises(StartProblemError, match=r"refused.*code 38"):
        await create_topics(stack.bootstrap_servers, [lonely])
