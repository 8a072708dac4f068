"""What nobody should type, by what is wrong with it."""

from collections.abc import Collection
from typing import Final

from shared.kernel.ids import uuid7

MARKUP = "<script>alert(1)</script>"
_LONG = 20_000

# Values by what is wrong with them; bytes go over the line as they stand.
VALUES: dict[str, bytes] = {
    "empty": b"",
    "blank": b"  \t ",
    "too long": b"9" * _LONG,
    "long words": b"kata " * (_LONG // 5),
    "NUL": b"12\x00 3",
    "broken UTF-8": b"\xff\xfe\xc3(",
    "half a character": b"\xed\xa0\x80",
    "negative": b"-12500",
    "zero": b"0",
    "huge": b"9" * 30,
    "not quite a number": "\u00b2\u0663".encode(),
    "infinite": b"1e999",
    "markup": MARKUP.encode(),
    "two lines": b"a\r\nX-Spoiled: 1",
    "other scripts": "\u202e\U0001f600\u00e9\u4e2d".encode(),
    "SQL": b"' OR 1=1 --",
    "of nobody": str(uuid7()).encode(),
}
# What stands in an address for an id or a name, percent-encoded.
IN_ADDRESSES = {
    "of nobody": str(uuid7()),
    "word": "bukan-ini",
    "zero": "0",
    "negative": "-1",
    "NUL": "%00",
    "broken UTF-8": "%FF%C3(",
    "two lines": "a%0d%0ab",
    "upwards": "..%2f..%2fetc%2fpasswd",
    "too long": "9" * 3_000,
}
# What is sent in place of a form, with its content type.
BODIES: Final = (
    ("an empty body", "application/x-www-form-urlencoded", ""),
    ("JSON", "application/json", '{"csrf": 1}'),
    ("a form in pieces without a mark", "multipart/form-data", "x"),
    (
        "a form in pieces that ends too soon",
        "multipart/form-data; boundary=b",
        "--b\r\nContent-Disposition: f",
    ),
    ("nothing that is known", "text/x-unknown", "\x01"),
)

# What is wrong in nearly the same way. Whatever is in none of these is a way of its own.
ALIKE: Final = (
    ("empty", "blank"),
    ("too long", "long words"),
    ("broken UTF-8", "half a character"),
    ("huge", "negative", "zero", "infinite"),
    ("markup", "other scripts", "SQL"),
)
ALIKE_IN_ADDRESSES: Final = (
    ("word", "zero", "negative"),
    ("NUL", "broken UTF-8", "two lines"),
    ("upwards", "too long"),
)


def share(ways: Collection[str], alike: Collection[Collection[str]], turn: int, turns: int) -> list[str]:
    """The ways that fall to one of so many turns: at least one of those alike, and over all turns every one.

    Shape: `share(("empty", "blank", "SQL"), (("empty", "blank"),), 1, 2) == ["blank", "SQL"]`.
    """
    found = []
    kinds = [[what for what in kind if what in ways] for kind in alike]
    known = {what for kind in kinds for what in kind}
    for kind in [*filter(None, kinds), *([what] for what in ways if what not in known)]:
        apart = min(turns, len(kind))
        found += kind[turn % apart :: apart]
    return found
