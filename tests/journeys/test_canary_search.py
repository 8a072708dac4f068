"""The search for personal data finds what is planted, of each kind, and says where; what is sealed it passes over."""

import base64
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import asyncpg
import pytest
from aiokafka import ConsumerRecord

from shared.runtime.sealing import Sealer
from tests.verify import canary
from tests.verify.canary import ADDRESS, COMPLAINT, METER, NAME, PHONE, check_canary
from tests.verify.scratch import Scratch
from tests.verify.topics import TOPICS, Topics


@pytest.fixture
async def database(fresh_database: Callable[[str], str]) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(fresh_database("deposit"))
    yield opened
    await opened.close()


LETTER = (
    "insert into dead_letter (topic, partition, record_offset, headers, payload, kind, error) "
    "values ('t', 0, 1, $1::jsonb, $2, 'failed', $3)"
)


@pytest.mark.parametrize(
    ("headers", "payload", "error", "place"),
    [
        ("[]", None, f"duplicate key ({NAME})", "name in dead_letter.error"),
        ("[]", None, f"duplicate key ({NAME.upper()})", "name in dead_letter.error"),
        (f'{{"to": {{"at": ["{ADDRESS}"]}}}}', None, "", "address in dead_letter.headers"),
        ("[]", b'{"customer_no": "' + METER.encode() + b'"}', "", "meter number in dead_letter.payload"),
        ("[]", base64.b64encode(b"?" + COMPLAINT.encode()), "", "complaint in dead_letter.payload"),
        ("[]", b"+62" + PHONE.removeprefix("0").encode(), "", "phone in dead_letter.payload"),
    ],
)
async def test_a_planted_text_json_or_bytes_is_named_with_its_column(
    database: asyncpg.Connection, headers: str, payload: bytes | None, error: str, place: str
) -> None:
    await database.execute(LETTER, headers, payload, error)
    columns, leaks = await canary.search_databases({"deposit": database})
    assert columns > 40
    assert leaks == [f"deposit's database: {place} (1 rows)"]


async def test_a_planted_event_in_an_outbox_or_its_archive_is_named(database: asyncpg.Connection) -> None:
    packed = (
        "insert into {} topic, event_count, event_ids, types, keys, payloads, traceparent) "
        "values ({} 't', 2, array[gen_random_uuid(), gen_random_uuid()], '{{a,b}}', '{{k,k}}', $1, '')"
    )
    payloads = [b'{"fine": true}', f'{{"name": "{NAME}"}}'.encode()]
    await database.execute(packed.format("outbox (", ""), payloads)
    await database.execute(packed.format("outbox_archive (id, ", "7,"), payloads)
    _, leaks = await canary.search_databases({"deposit": database})
    assert leaks == [
        "deposit's database: name in outbox.payloads (1 rows)",
        "deposit's database: name in outbox_archive.payloads (1 rows)",
    ]


async def test_a_long_number_may_be_a_phone(database: asyncpg.Connection) -> None:
    await database.execute("create table planted (id bigint)")
    await database.execute("insert into planted values ($1), (4711)", int(f"62{PHONE.removeprefix('0')}"))
    _, leaks = await canary.search_databases({"deposit": database})
    assert leaks == ["deposit's database: phone in planted.id (1 rows)"]


async def test_what_is_sealed_is_not_found(database: asyncpg.Connection) -> None:
    sealer = Sealer(["s" * 32], "deposit")
    for offset, text in enumerate((NAME, PHONE, METER, ADDRESS, COMPLAINT)):
        sealed = sealer.seal(text, "dead_letter|1|payload")
        assert sealed != text.encode()
        await database.execute(LETTER.replace("0, 1,", f"0, {offset},"), "[]", sealed, "")
    _, leaks = await canary.search_databases({"deposit": database})
    assert leaks == []


@pytest.mark.parametrize("part", ["key", "value", "header"])
def test_a_planted_record_is_named_with_its_place(part: str) -> None:
    leak = f"... {NAME} ...".encode()

    def record(offset: int, leak: bytes) -> ConsumerRecord[bytes, bytes]:
        return ConsumerRecord(
            topic=TOPICS[0],
            partition=3,
            offset=offset,
            timestamp=0,
            timestamp_type=0,
            key=leak if part == "key" else b"k",
            value=leak if part == "value" else b"{}",
            checksum=None,
            serialized_key_size=0,
            serialized_value_size=0,
            headers=(("ce_type", b"x"), ("note", leak if part == "header" else b"")),
        )

    with Scratch() as scratch:
        found = Topics(scratch)
        found.take(TOPICS[0], [record(13, b""), record(14, leak), record(15, b"")])
    assert found.leaks == [f"{TOPICS[0]}/3@14: name"]


def test_a_planted_line_of_a_log_and_a_planted_file_are_named(tmp_path: Path) -> None:
    log, notes, seed = tmp_path / "deposit.log", tmp_path / "notes.json", tmp_path / "people.json"
    # Across the border of two pieces that are read at once.
    log.write_bytes(b"x" * ((1 << 22) - 9) + NAME.encode() + b"\n")
    notes.write_text(f'{{"meter": "{METER}"}}', encoding="utf-8")
    seed.write_text(f'[{{"name": "{NAME}"}}]', encoding="utf-8")
    assert canary.search_files([log, notes, seed]) == (2, ["deposit.log: name", "notes.json: meter number"])


@pytest.fixture
def leaking_door() -> Iterator[str]:
    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f'requests_total{{phone="{PHONE}"}} 1\n'.encode())

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


async def test_a_planted_label_of_a_metric_is_named(leaking_door: str) -> None:
    assert await canary.search_metrics({"payout": leaking_door}) == (1, ["payout's metrics: phone"])


def test_the_finding_fails_with_the_places() -> None:
    assert check_canary([], "nothing").holds
    finding = check_canary(["deposit.log: name"], "1 file")
    assert (finding.name, finding.holds, finding.examples) == ("I13", False, ("deposit.log: name",))
