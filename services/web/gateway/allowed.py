"""The operations that the operator's app may reach, one by one; a test compares them with docs/api.

What is not here does not exist for the app, whatever the operator's token may do elsewhere: a stolen tablet moves no
member, merges nobody and publishes no price.
"""

import re
from dataclasses import dataclass
from functools import cache

_UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_WORD = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"


@dataclass(frozen=True, slots=True)
class Operation:
    """One door of one service, its path as OpenAPI writes it."""

    service: str
    method: str
    path: str

    def leads_to(self, path: str) -> bool:
        """Whether a real path is one of this operation's."""
        return _pattern(self.path).fullmatch(path) is not None


def _of(service: str, *lines: str) -> tuple[Operation, ...]:
    return tuple(Operation(service, *line.split(" ", 1)) for line in lines)


# Asked with the operator's own token.
OPERATOR: tuple[Operation, ...] = (
    *_of(
        "deposit",
        "POST /v1/deposits:batch",
        "POST /v1/deposits:carried",
        "POST /v1/deposits/{deposit_id}:void",
        "POST /v1/deposits/{deposit_id}:correct",
        "GET /v1/deposits",
        "GET /v1/deposits/{deposit_id}",
        "POST /v1/group-deposits",
        "POST /v1/bags:batch",
        "GET /v1/bags",
        "POST /v1/bags/{bag_id}:discard",
        "GET /v1/suspicions",
        "GET /v1/morning",
        "GET /v1/pickups",
        "GET /v1/pickup-routes",
        "POST /v1/pickups/{pickup_id}:done",
        "POST /v1/pickups/{pickup_id}:cancel",
        "GET /v1/closings/preview",
        "GET /v1/closings",
        "POST /v1/closings",
        "POST /v1/disputes",
        "POST /v1/tablets:report",
    ),
    *_of(
        "identity",
        "POST /v1/members:batch",
        "POST /v1/members:find",
        "GET /v1/members/{member_id}",
        "POST /v1/members/{member_id}:issue-card",
        "POST /v1/cards:allot",
        "GET /v1/cards/{number}",
        "POST /v1/cards/{card_id}:replace",
        "POST /v1/cards/{card_id}:block",
        "POST /v1/pin-resets",
        "POST /v1/pin-resets/{reset_id}:confirm",
        "POST /v1/pins:choose",
        "GET /v1/tablets/{tablet_id}/key",
    ),
    *_of("valuation", "GET /v1/valuations/{deposit_id}"),
    *_of("wallet", "GET /v1/members/{member_id}/balance"),
    *_of(
        "payout",
        "POST /v1/redemptions/{redemption_id}:hand-over",
        "GET /v1/cash-boxes/{waste_bank_id}",
        "GET /v1/cash-boxes/{waste_bank_id}/waiting",
    ),
)

# Asked with the token of the resident who stands at the counter, for five minutes.
COUNTER: tuple[Operation, ...] = (
    *_of("identity", "GET /v1/members/{member_id}"),
    *_of("deposit", "GET /v1/deposits", "POST /v1/disputes"),
    *_of("wallet", "GET /v1/members/{member_id}/balance", "GET /v1/members/{member_id}/statement"),
    *_of(
        "payout",
        "GET /v1/products",
        "POST /v1/quotes",
        "POST /v1/redemptions",
        "GET /v1/redemptions",
        "GET /v1/redemptions/{redemption_id}",
        "POST /v1/redemptions/{redemption_id}:cancel",
        "POST /v1/disputes",
    ),
)


def is_allowed(operations: tuple[Operation, ...], service: str, method: str, path: str) -> bool:
    """Whether one of the operations is this one."""
    return any(
        each.service == service and each.method == method and each.leads_to(path) for each in operations
    )


@cache
def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", path)
    made = [_kind(part) if number % 2 else re.escape(part) for number, part in enumerate(parts)]
    return re.compile("".join(made))


def _kind(name: str) -> str:
    return _UUID if name.endswith("_id") and name != "waste_bank_id" else _WORD
