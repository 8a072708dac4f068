"""Identity's tables."""

from services.identity.models import people, sessions
from services.identity.models.table import Table

__all__ = ["Table", "people", "sessions"]
