"""The tables of deposit, as its migrations make them. A module of tables is named here, so that it is not forgotten."""

from services.deposit.models import bags, deposits, field_day, members, tablets
from services.deposit.models.base import Table

__all__ = ["Table", "bags", "deposits", "field_day", "members", "tablets"]
