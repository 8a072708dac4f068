"""The W3C trace context of what is being done, carried from a door through the outbox to every hearer."""

import re
import secrets
from contextvars import ContextVar

_FORM = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_current: ContextVar[str] = ContextVar("traceparent", default="")


def current_traceparent() -> str:
    """The trace context in force, or a new one for work that nobody asked for."""
    return _current.get() or new_traceparent()


def new_traceparent() -> str:
    """A fresh, sampled trace context."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def continue_trace(received: str | None) -> str:
    """Take over a received trace context if it has the standard's form, else begin a new one; returns it."""
    taken = received if received and _FORM.fullmatch(received) else new_traceparent()
    _current.set(taken)
    return taken
