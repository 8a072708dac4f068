"""What is fetched is pinned by its content, and every command line choice is found by `make`."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from deploy.local import jars, kafka, postgres
from deploy.local.paths import Home, write_whole
from deploy.local.prepared import Prepared
from deploy.local.problems import StartProblemError
from deploy.local.secrets import read_secret
from deploy.local.settings import REPOSITORY, LocalSettings


def test_the_lock_pins_every_jar_by_its_content_and_names_no_address() -> None:
    locked = jars.read_lock()
    assert len(locked) == 92
    assert len({jar.file_name for jar in locked}) == 92
    assert all(re.fullmatch(r"[0-9a-f]{64}", jar.sha256) for jar in locked)
    assert "://" not in jars.LOCK.read_text(encoding="utf-8")
    # log4j's own list of versions would have swapped these for older ones.
    versions = {jar.artifact: jar.version for jar in locked}
    assert versions["kafka-clients"] == versions["kafka_2.13"] == versions["kafka-tools"] == "4.3.1"


def test_jars_that_are_there_are_checked_and_need_no_network(tmp_path: Path) -> None:
    folder = LocalSettings().cache / "jars"
    if not folder.exists():
        pytest.skip("nothing was fetched yet")
    jar = jars.read_lock()[0]
    lock = tmp_path / "lock.toml"
    lock.write_text(
        f'[[dependencies]]\ngroupId = "{jar.group}"\nartifactId = "{jar.artifact}"\nversion = "{jar.version}"\n'
        f'packaging = "jar"\nsha256 = "{jar.sha256}"\n',
        encoding="utf-8",
    )
    shutil.copy(folder / jar.file_name, tmp_path / jar.file_name)
    said: list[str] = []
    assert jars.fetch_jars(tmp_path, said.append, lock) == [tmp_path / jar.file_name]
    assert said == []


def test_every_python_package_is_pinned_by_its_content() -> None:
    lock = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
    packages = re.split(r"\n(?=[a-z0-9])", lock.strip())
    assert len(packages) > 50
    for package in packages:
        assert re.match(r"[a-z0-9._-]+(\[[a-z0-9,-]+\])?==", package), package[:80]
        assert "--hash=sha256:" in package
    assert "://" not in lock


def test_make_alone_lists_every_target_with_its_purpose() -> None:
    listed = subprocess.run(["make"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    phony = re.search(r"^\.PHONY: (.*)$", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony is not None
    # The parts of `make check` and `make test` are not for people.
    wanted = {target for target in phony[1].split() if not target.startswith(("check-", "test-"))}
    assert set(re.findall(r"^  make ([a-z-]+) +\S", listed, re.MULTILINE)) == wanted


def test_a_secret_is_made_once_and_never_guessed_again(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.create()
    made = read_secret(home, "wallet", make=lambda: hashlib.sha256(b"x").hexdigest())
    assert read_secret(home, "wallet", make=lambda: "another") == made
    assert home.secrets.stat().st_mode & 0o777 == 0o600
    with pytest.raises(StartProblemError, match=r"password of postgres is not in .*secrets\.json"):
        read_secret(home, "postgres")


def test_a_reader_finds_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    file = tmp_path / "ready.json"
    write_whole(file, {"a": 1})
    write_whole(file, {"a": 2})
    assert [path.name for path in tmp_path.iterdir()] == ["ready.json"]


def test_damaged_files_are_told_or_made_again(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.create()
    (home.run / "prepared.json").write_text('{"wallet": "0a', encoding="utf-8")
    assert not Prepared(home).is_current("wallet")
    home.secrets.write_text("", encoding="utf-8")
    with pytest.raises(StartProblemError, match=r"secrets\.json is damaged"):
        read_secret(home, "wallet", make=lambda: "new")


@pytest.mark.parametrize(("most", "ends"), [(200, "may open 200 files"), (2_000, "2000")])
def test_too_few_open_files_are_told_and_enough_are_taken(most: int, ends: str) -> None:
    code = (
        "import resource; from deploy.local.programs import demand_open_files\n"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, (100, {most}))\n"
        "demand_open_files(); print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    )
    line = [sys.executable, "-c", code]
    ended = subprocess.run(line, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=60)
    assert ends in ended.stdout + ended.stderr


def test_a_folder_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / ".run").write_text("in the way", encoding="utf-8")
    refused = subprocess.run(
        [sys.executable, "-m", "deploy.local", "up"],
        cwd=REPOSITORY,
        env={**os.environ, "TIMBANG_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert refused.returncode == 1
    assert "Timbang could not start." in refused.stderr
    assert str(tmp_path / ".run") in refused.stderr
    assert "df -h" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands PostgreSQL's data to another user")
def test_root_with_a_narrow_umask_still_has_a_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = Path(tempfile.mkdtemp(prefix="timbang-"))
    outside.chmod(0o755)
    monkeypatch.setattr(postgres, "FOR_ROOT", outside / "root")
    before = os.umask(0o077)
    try:
        home = Home(tmp_path / "closed")
        home.create()
        server = postgres.PostgresServer(home, 1)
        assert server.data.is_relative_to(outside), "PostgreSQL's user must not be able to enter this home"
        assert server.initialise()
    finally:
        os.umask(before)
        shutil.rmtree(outside)


def test_kafka_is_told_of_a_folder_in_letters_that_java_reads(tmp_path: Path) -> None:
    file = tmp_path / "server.properties"
    kafka.write_properties(file, Path("/é/a b/😀"), 1, 2)
    assert r"log.dirs=/\u00e9/a b/\ud83d\ude00" in file.read_text(encoding="ascii").splitlines()
    with pytest.raises(StartProblemError, match="TIMBANG_HOME"):
        kafka.write_properties(file, Path("/one,two"), 1, 2)
