"""A database of the first schema comes to the newest one with its redemptions, and without what nobody can open."""

from collections.abc import Callable

from shared.kernel.ids import uuid7
from shared.runtime.database import Database
from shared.runtime.migrate import migrate_async

UNDO = (
    "alter table float_change drop column redemption_id",
    "drop table dispute, cash_move, cash_box, erased_member, member_alias, audit",
    "drop function refuse_audit_change()",
    "alter table inquiry drop column fingerprint",
    "alter table redemption drop constraint redemption_cash_has_a_bank",
    "drop index redemption_hand_over",
    "alter table redemption drop column tablet_id, drop column hand_over_by, drop column erased_at",
    "alter table redemption drop constraint redemption_product_kind_check",
    "alter table redemption add constraint redemption_product_kind_check check (product_kind <> 'cash')",
    "update alembic_version set version_num = '0001'",
)
SOLD = """
insert into redemption (redemption_id, member_id, quote_id, idempotency_key, product_code, product_kind, provider, sku,
    subdistrict_code, amount_rupiah, quoted_cost_rupiah, price_rupiah_max, state, requested_at, changed_at,
    target_sealed, target_fingerprint, serial_sealed)
values ($1, $1, $1, 'k', 'pulsa-xl-5k', 'pulsa', 'digiflazz', 'x', '12.07.28', 5500, 5000, 5500, $2, now(), now(),
    'old seal', 'old', 'old seal')
"""


async def test_what_was_sold_before_is_kept(fresh_database: Callable[[str], str]) -> None:
    url = fresh_database("payout")
    database = Database(url)
    await database.open()
    try:
        async with database.transaction() as tx:
            for statement in UNDO:
                await tx.execute(statement)
            for state in ("settled", "pending", "held"):
                await tx.execute(SOLD, uuid7(), state)
        await migrate_async("payout", url)
        async with database.connection() as reading:
            rows = await reading.fetch(
                "select state, target_sealed, serial_sealed, hand_over_by from redemption"
            )
            version = await reading.fetchval("select version_num from alembic_version")
        assert sorted(tuple(row) for row in rows) == [
            ("held", None, None, None),
            ("pending", None, None, None),
            ("settled", None, None, None),
        ]
        assert version == "0004"
    finally:
        await database.close()
