"""Rows as a statement takes them, how many of them it wrote, and facts of which a row is kept once."""

from collections.abc import Sequence
from typing import Any

from shared.runtime.database import Tx


def columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    """A list a column, for `unnest`. At least one row."""
    return [list(column) for column in zip(*rows, strict=True)]


def written(status: str) -> int:
    """How many rows a statement wrote, by what PostgreSQL answered, such as `INSERT 0 3`."""
    return int(status.rpartition(" ")[2])


async def put_once(tx: Tx, table: str, types: str, rows: Sequence[Any], key: int = 1) -> int:
    """Keep rows (named tuples) that never change, each with its own key: the first fields, so many as `key` says.

    Returns how many of them are new, or known with the same values; one that is known with others stays as it is.
    """
    names = rows[0]._fields
    arrays = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(types.split(), start=1))
    keys = ", ".join(names[:key])
    known, given = (", ".join(f"{row}.{name}" for name in names[key:]) for row in ("was", "excluded"))
    status = await tx.execute(
        f"""
        insert into {table} as was ({", ".join(names)}) select * from unnest({arrays})
        on conflict ({keys}) do update set {names[0]} = excluded.{names[0]}
        where row({known}) is not distinct from row({given})
        """,  # noqa: S608 - names of our own columns
        *columns(rows),
    )
    return written(status)
