"""What is sealed opens only in its own place with its own key; new keys are taken into use without a stop."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from shared.kernel.ids import uuid7
from shared.runtime.database import Database
from shared.runtime.sealing import SealBrokenError, SealedTable, Sealer, read_secrets, reseal

OLD, NEW = "o" * 32, "n" * 32
PLACE = "member|1|name"
TABLE = SealedTable("secretive", "id", ("name_sealed", "phone_sealed"))


def test_what_was_sealed_opens_where_it_was_sealed() -> None:
    sealer = Sealer([OLD], "identity")
    sealed = sealer.seal("Sari Pohan", PLACE)
    assert sealer.open(sealed, PLACE) == "Sari Pohan"
    assert b"Sari" not in sealed
    assert sealer.seal("Sari Pohan", PLACE) != sealed, "twice the same name is not seen to be the same"


@pytest.mark.parametrize("place", ["member|2|name", "member|1|phone", "buyer|1|name"])
def test_a_field_that_was_moved_does_not_open(place: str) -> None:
    sealer = Sealer([OLD], "identity")
    with pytest.raises(SealBrokenError):
        sealer.open(sealer.seal("Sari Pohan", PLACE), place)


def test_another_service_another_secret_and_an_altered_byte_open_nothing() -> None:
    sealed = Sealer([OLD], "identity").seal("Sari Pohan", PLACE)
    for other in (Sealer([OLD], "payout"), Sealer([NEW], "identity")):
        with pytest.raises(SealBrokenError):
            other.open(sealed, PLACE)
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    with pytest.raises(SealBrokenError):
        Sealer([OLD], "identity").open(altered, PLACE)


def test_a_short_secret_is_refused() -> None:
    for secrets in ([], ["short"], [OLD, "short"]):
        with pytest.raises(ValueError, match="32"):
            Sealer(secrets, "identity")


def test_a_new_secret_seals_and_the_old_one_still_opens_while_index_and_pepper_stay() -> None:
    old, both = Sealer([OLD], "identity"), Sealer([NEW, OLD], "identity")
    sealed = old.seal("0812", PLACE)
    assert both.open(sealed, PLACE) == "0812"
    anew = both.reseal(sealed, PLACE)
    assert anew.startswith(both.newest_key_id)
    assert not sealed.startswith(both.newest_key_id)
    with pytest.raises(SealBrokenError):
        old.open(anew, PLACE)
    assert both.blind_index("0812") == old.blind_index("0812") != old.blind_index("0813")
    assert both.pepper == old.pepper


def test_a_missing_key_file_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "identity.key"
    first = read_secrets(file)
    assert read_secrets(file) == first
    assert len(first) == 1
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["identity.key"]


@pytest.fixture
async def database(fresh_database: Callable[[str], str]) -> AsyncIterator[Database]:
    opened = Database(fresh_database("stage"), application="stage")
    await opened.open()
    async with opened.transaction() as tx:
        await tx.execute(
            "create table secretive (id uuid primary key, name_sealed bytea, phone_sealed bytea)"
        )
    yield opened
    await opened.close()


async def test_keys_are_rotated_by_a_command_that_may_stop_anywhere(database: Database) -> None:
    old, both = Sealer([OLD], "identity"), Sealer([NEW, OLD], "identity")
    ids = [uuid7() for _ in range(450)]
    async with database.transaction() as tx:
        await tx.executemany(
            "insert into secretive values ($1, $2, $3)",
            [
                (
                    each,
                    old.seal(f"name {number}", f"secretive|{each}|name_sealed"),
                    None if number % 3 else old.seal(f"phone {number}", f"secretive|{each}|phone_sealed"),
                )
                for number, each in enumerate(ids)
            ],
        )
    # As if a first run had been stopped after some rows: those are not touched again.
    async with database.transaction() as tx:
        for each in ids[:10]:
            place = f"secretive|{each}|name_sealed"
            sealed = await tx.fetchval("select name_sealed from secretive where id = $1", each)
            phone = await tx.fetchval("select phone_sealed from secretive where id = $1", each)
            await tx.execute(
                "update secretive set name_sealed = $2, phone_sealed = $3 where id = $1",
                each,
                both.reseal(sealed, place),
                None if phone is None else both.reseal(phone, f"secretive|{each}|phone_sealed"),
            )
    assert await reseal(database, both, [TABLE]) == 440
    assert await reseal(database, both, [TABLE]) == 0
    newest = Sealer([NEW], "identity")
    async with database.reading() as tx:
        rows = await tx.fetch("select * from secretive")
    for row in rows:
        number = ids.index(row["id"])
        assert newest.open(row["name_sealed"], f"secretive|{row['id']}|name_sealed") == f"name {number}"
        assert (row["phone_sealed"] is None) == bool(number % 3)
