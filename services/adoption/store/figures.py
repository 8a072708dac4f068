"""Folds what consumers added into the figures by sub-district and day; the sum of both is right at any instant."""

from services.adoption.domain.weights import COLUMNS
from shared.runtime.database import Tx

_COUNTED = ("deposits", "voided_deposits", "credited_rupiah", *COLUMNS)
_SUMS = ", ".join(f"sum({column})" for column in _COUNTED)
_ADDED = ", ".join(f"{column} = f.{column} + excluded.{column}" for column in _COUNTED)

# Rows that another process folds at this moment are left to it.
_FOLD = f"""
with gone as (
    delete from figure_delta where id in (select id from figure_delta order by id limit $1 for update skip locked)
    returning *
), folded as (
    insert into figure as f (subdistrict_code, day, {", ".join(_COUNTED)})
    select subdistrict_code, day, {_SUMS} from gone group by 1, 2 order by 1, 2
    on conflict (subdistrict_code, day) do update set {_ADDED}
)
select count(*) from gone
"""  # noqa: S608 - names of our own columns
ROWS_A_FOLD = 20_000


async def fold(tx: Tx) -> int:
    """Fold the oldest additions; returns how many there were."""
    folded: int = await tx.fetchval(_FOLD, ROWS_A_FOLD)
    return folded
