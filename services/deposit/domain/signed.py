"""What a tablet signs of a deposit: one compact JSON array, so that a receipt's QR code can carry it.

`[1, deposit, tablet, recorder, member, waste_bank_id, channel, weighed_at_ms, price_list,
[[item_code, grade, unit, quantity, shown_rupiah], ...], null | [replaced_deposit, reason], [bag, ...]]`
with ids as base64url of their 16 bytes without padding, and `weighed_at_ms` in milliseconds of the epoch.
"""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

VERSION = 1
PARTS = 12
LINE_PARTS = 5
# From 2020 to 2100, as any weighing; what lies outside is no instant that could be written.
_EARLIEST_MS, _LATEST_MS = 1_577_836_800_000, 4_102_444_800_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ID_LENGTH, _ID_BYTES = 22, 16


class UnreadableError(Exception):
    """The text is none that a tablet signs."""


class SignedText(NamedTuple):
    """Who weighed with what, and the weighing as the door reads one."""

    deposit_id: UUID
    tablet_id: UUID
    recorder_id: UUID
    weighing: dict[str, Any]


def signed_text(parts: Any) -> SignedText:
    """What the array says. Raises UnreadableError if it has another shape; what it holds is judged by the door."""
    if not isinstance(parts, list) or len(parts) != PARTS or parts[0] != VERSION or parts[0] is True:
        raise UnreadableError("not an array of this version")
    _, deposit, tablet, recorder, member, bank, channel, at_ms, price_list, lines, replaces, bags = parts
    deposit_id = _id(deposit)
    weighing = {
        "deposit_id": str(deposit_id),
        "member_id": str(_id(member)),
        "waste_bank_id": bank,
        "channel": channel,
        "weighed_at": _instant(at_ms),
        "price_list_id": str(_id(price_list)),
        "lines": [_line(each) for each in _array(lines)],
        "replaces": _replaces(replaces),
        "bag_ids": [str(_id(each)) for each in _array(bags)],
    }
    return SignedText(deposit_id, _id(tablet), _id(recorder), weighing)


def bytes_of(text: str) -> bytes | None:
    """What base64url without padding says; None if it is none, or not the one way to write it."""
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if base64.urlsafe_b64encode(found).decode().rstrip("=") == text else None


def _id(text: Any) -> UUID:
    found = bytes_of(text) if isinstance(text, str) and len(text) == _ID_LENGTH else None
    if found is None or len(found) != _ID_BYTES:
        raise UnreadableError("not an id")
    return UUID(bytes=found)


def _instant(milliseconds: Any) -> str:
    if type(milliseconds) is not int or not _EARLIEST_MS <= milliseconds <= _LATEST_MS:
        raise UnreadableError("not an instant")
    return (_EPOCH + timedelta(milliseconds=milliseconds)).isoformat()


def _line(parts: Any) -> dict[str, Any]:
    if len(_array(parts)) != LINE_PARTS:
        raise UnreadableError("not a line")
    return dict(zip(("item_code", "grade", "unit", "quantity", "shown_rupiah"), parts, strict=True))


def _replaces(parts: Any) -> dict[str, Any] | None:
    if parts is None:
        return None
    if len(_array(parts)) != 2:  # noqa: PLR2004 - a deposit and a reason
        raise UnreadableError("not a replacement")
    return {"deposit_id": str(_id(parts[0])), "reason": parts[1]}


def _array(parts: Any) -> list[Any]:
    if not isinstance(parts, list):
        raise UnreadableError("not an array")
    return parts
