"""Everything that can stop a start is one exception whose sentence says what to do."""

from __future__ import annotations


class StartProblemError(Exception):
    """A start failed for a reason that a person can understand; its text is shown as it is, without a trace."""
