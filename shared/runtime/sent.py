"""What was sent to Kafka is kept for a while and can be put back into the outbox, from where it is sent again."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from shared.runtime.database import Tx

_COLUMNS = "id, topic, event_count, event_ids, types, keys, payloads, traceparent, created_at"
# Statements end after a minute, so the rows go in steps, of one transaction.
ROWS_PER_STEP = 10_000
_PUT_BACK = f"""
with picked as (
    select id from outbox_archive where id > $1 and sent_at >= $2 order by id limit $3
), taken as (
    delete from outbox_archive where id in (select id from picked) returning {_COLUMNS}
), put as (
    insert into outbox ({_COLUMNS}) overriding system value select {_COLUMNS} from taken returning id, event_count
)
select count(*) as rows, coalesce(sum(event_count), 0) as events, coalesce(max(id), 0) as last from put
"""  # noqa: S608 - column names of ours
# Of each topic the newest row among those that were sent last.
LAST_SENT = """
select distinct on (topic) topic, keys
from (select id, topic, keys from outbox_archive order by id desc limit 10000) as newest
order by topic, id desc
"""


async def send_again(tx: Tx, since: datetime | None) -> AsyncIterator[int]:
    """Put what was sent since then, or all that is kept, back into the outbox; of each step, how many events.

    The relay sends it before anything newer; hearers know what they have heard. Held is what was sent within
    `ARCHIVE_DAYS`.
    """
    last: int = 0
    while True:
        step = await tx.fetchrow(_PUT_BACK, last, since or datetime.min.replace(tzinfo=UTC), ROWS_PER_STEP)
        yield step["events"]
        last = step["last"]
        if step["rows"] < ROWS_PER_STEP:
            return
