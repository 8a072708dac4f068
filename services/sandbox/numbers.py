"""The numbers that make the sandbox misbehave: Digiflazz's four official ones, and a table of ours.

One table serves meters and phones: entry NN is meter `140000000NN` and phone `0878000013NN`.
"""

from dataclasses import dataclass, field
from typing import Literal

Delay = Literal["now", "pending", "late", "reversal"]
Answering = Literal["plain", "slow", "lost", "request_lost", "http_500", "broken", "odd_status"]
Hooking = Literal["plain", "duplicated", "late", "forged", "dropped", "reordered"]

METER_START = "140000000"
PHONE_START = "0878000013"
OFFICIAL = {"087800001230": 1, "087800001232": 29, "087800001233": 3, "087800001234": 4}


@dataclass(frozen=True, slots=True)
class Turn:
    """A state that the sale takes: after which delay, with which code, and whether the serial is there."""

    delay: Delay
    rc: str
    with_serial: bool = True


@dataclass(frozen=True, slots=True)
class Script:
    """How one number behaves from the first answer on. `inquiry_rc` is what asking for its owner gets."""

    number: int
    says: str
    turns: tuple[Turn, ...] = (Turn("now", "00"),)
    answering: Answering = "plain"
    hooking: Hooking = "plain"
    inquiry_rc: str = "00"
    segment: str = "R1 /000001300"
    serial_shape: int = field(default=0)


def _then(*turns: tuple[Delay, str]) -> tuple[Turn, ...]:
    return tuple(Turn(delay, rc) for delay, rc in turns)


_TABLE = (
    Script(1, "sold at once"),
    Script(2, "wrong number: inquiry and purchase say 54", _then(("now", "54")), inquiry_rc="54"),
    Script(3, "pending, then sold", _then(("now", "03"), ("pending", "00"))),
    Script(4, "pending, then failed (02)", _then(("now", "03"), ("pending", "02"))),
    Script(5, "sold, but the answer comes after the caller gave up", answering="slow"),
    Script(6, "sold, then taken back (74)", _then(("now", "00"), ("reversal", "74"))),
    Script(7, "too many kWh (73), though the inquiry looks fine", _then(("now", "73"))),
    Script(
        8,
        "sold with an empty serial, which comes later",
        (Turn("now", "00", with_serial=False), Turn("pending", "00")),
    ),
    Script(9, "pending for ever", _then(("now", "03"))),
    Script(10, "failed with 01, soon after sold", _then(("now", "01"), ("pending", "00"))),
    Script(11, "failed with 01, sold much later", _then(("now", "01"), ("late", "00"))),
    Script(
        12,
        "pending, then sold, every webhook twice",
        _then(("now", "03"), ("pending", "00")),
        hooking="duplicated",
    ),
    Script(13, "pending, then sold, webhooks late", _then(("now", "03"), ("pending", "00")), hooking="late"),
    Script(
        14,
        "pending, then sold, after a forged webhook says failed",
        _then(("now", "03"), ("pending", "00")),
        hooking="forged",
    ),
    Script(
        15,
        "pending, then sold, no webhook at all",
        _then(("now", "03"), ("pending", "00")),
        hooking="dropped",
    ),
    Script(
        16,
        "pending, then sold, webhooks in the wrong order",
        _then(("now", "03"), ("pending", "00")),
        hooking="reordered",
    ),
    Script(17, "sold, but the answer is HTTP 500 without JSON", answering="http_500"),
    Script(18, "sold, but the answer is broken JSON", answering="broken"),
    Script(19, "sold, but the status is a word nobody knows", answering="odd_status"),
    Script(20, "sold, but the connection breaks before the answer", answering="lost"),
    Script(21, "the first request never arrives; asking again buys", answering="request_lost"),
    Script(22, "failed with 70 and it stays so", _then(("now", "70"))),
    Script(23, "not found (50), soon after sold", _then(("now", "50"), ("pending", "00"))),
    Script(24, "a 450 VA meter: a token of 200,000 is too much", segment="R1 /000000450"),
    Script(25, "product disturbed (55)", _then(("now", "55"))),
    Script(26, "transaction limit (85), and it stays so for this reference", _then(("now", "85"))),
    Script(27, "failed for good (02), sold much later", _then(("now", "02"), ("late", "00"))),
    Script(28, "purchase says wrong number (54), though the inquiry found an owner", _then(("now", "54"))),
    Script(29, "failed (02)", _then(("now", "02"))),
    Script(30, "router issue (99), then sold", _then(("now", "99"), ("pending", "00"))),
    Script(31, "serial without dashes and without a power segment", serial_shape=1),
    Script(32, "serial with a decimal comma", serial_shape=2),
    Script(33, "serial whose owner's name holds a slash", serial_shape=3),
    Script(34, "serial in the shape of another biller", serial_shape=4),
    Script(35, "a 900 VA subsidised meter", segment="R1 /000000900"),
)
SCRIPTS: dict[int, Script] = {script.number: script for script in _TABLE}
PLAIN = SCRIPTS[1]


def script_for(customer_no: str) -> Script:
    """What this number does; any number that is not in a table is simply sold to."""
    if customer_no in OFFICIAL:
        return SCRIPTS[OFFICIAL[customer_no]]
    for start, length in ((METER_START, 11), (PHONE_START, 12)):
        if customer_no.startswith(start) and len(customer_no) == length:
            return SCRIPTS.get(int(customer_no[len(start) :]), PLAIN)
    return PLAIN
