"""Where a running system is: from its ready.json, or from the variables that containers are given."""

from pathlib import Path

import pytest

from tests.verify.places import SERVICES, Places


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092")
    monkeypatch.delenv("SANDBOX_FILE", raising=False)
    for name in SERVICES:
        monkeypatch.setenv(f"{name.upper()}_DATABASE_URL", f"postgresql://{name}@postgres/{name}")
        monkeypatch.setenv(f"{name.upper()}_URL", f"http://{name}:80")
    return monkeypatch


def test_variables_name_every_place(given: pytest.MonkeyPatch, tmp_path: Path) -> None:
    book = tmp_path / "sandbox.sqlite3"
    given.setenv("SANDBOX_FILE", str(book))
    assert Places.of_environment(tmp_path).sandbox_file is None
    book.touch()
    places = Places.of_environment(tmp_path)
    assert (places.sandbox_file, places.bootstrap_servers, places.run) == (book, "kafka:9092", tmp_path)
    assert places.databases["wallet"] == "postgresql://wallet@postgres/wallet"
    assert places.doors == {name: f"http://{name}:80" for name in SERVICES}


def test_a_database_that_nobody_named_is_not_left_out(given: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given.delenv("WALLET_DATABASE_URL")
    with pytest.raises(KeyError, match="WALLET_DATABASE_URL"):
        Places.of_environment(tmp_path)
