"""Adoption's tables: every event, the facts that figures are counted from, and the rollout's dated history."""

from services.adoption.models import field_day, road
from services.adoption.models.base import Table

__all__ = ["Table", "field_day", "road"]
