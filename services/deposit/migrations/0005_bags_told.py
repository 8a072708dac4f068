"""What becomes of a bag is said; what became of bags before is said once, now."""

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.kernel.ids import uuid7

revision = "0005"
down_revision = "0004"

_TOPIC = "timbang.deposits.v1"
_ENDED = """
select b.bag_id, b.member_id, b.waste_bank_id, b.subdistrict_code, b.received_at, b.weighed_by_deposit_id,
    d.weighed_at, b.discarded_at, b.discarded_by
from bag b left join deposit d on d.deposit_id = b.weighed_by_deposit_id
where b.received_at is not null and (b.weighed_by_deposit_id is not null or b.discarded_at is not null)
order by b.bag_id
"""
_SAY = sa.text(
    "insert into outbox (topic, event_count, event_ids, types, keys, payloads, traceparent) "
    "values (:topic, 1, array[cast(:event_id as uuid)], array[cast(:type as text)], array[cast(:key as text)], "
    "array[cast(:payload as bytea)], '')"
)
_AT_ONCE = 1000


def upgrade() -> None:
    op.execute("alter table bag add column turn integer not null default 0")
    connection = op.get_bind()
    now = connection.execute(sa.text("select now()")).scalar_one()
    told = []
    for row in connection.execute(sa.text(_ENDED)).mappings():
        told += _facts(row, now)
    for start in range(0, len(told), _AT_ONCE):
        connection.execute(_SAY, told[start : start + _AT_ONCE])
    op.execute(
        "update bag set turn = (weighed_by_deposit_id is not null)::int + (discarded_at is not null)::int "
        "where received_at is not null"
    )


def _facts(row: Any, now: datetime) -> list[dict[str, Any]]:
    """The events as they were first published: a migration stays as it is when the contracts grow."""
    facts = []
    if row["weighed_by_deposit_id"] is not None:
        facts.append(
            ("weighed", {"deposit_id": row["weighed_by_deposit_id"], "weighed_at": row["weighed_at"]})
        )
    if row["discarded_at"] is not None:
        facts.append(
            ("discarded", {"discarded_at": row["discarded_at"], "discarded_by": row["discarded_by"]})
        )
    return [_packed(row, now, turn, what, more) for turn, (what, more) in enumerate(facts, start=1)]


def _packed(row: Any, now: datetime, turn: int, what: str, more: dict[str, Any]) -> dict[str, Any]:
    event_id = uuid7()
    names = ("bag_id", "member_id", "waste_bank_id", "subdistrict_code", "received_at")
    fact = {"event_id": event_id, "recorded_at": now, "turn": turn, **{name: row[name] for name in names}}
    written = json.dumps(
        fact | more, default=lambda each: each.isoformat() if _is_instant(each) else str(each)
    )
    return {
        "topic": _TOPIC,
        "event_id": str(event_id),
        "type": f"id.timbang.bank.bag_{what}.v1",
        "key": str(row["member_id"]),
        "payload": written.encode(),
    }


def _is_instant(value: object) -> bool:
    return isinstance(value, datetime)
