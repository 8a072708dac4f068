"""What a guesser gets: tries, locks and chances for every secret that somebody can try at a door, as a table."""

from dataclasses import dataclass
from datetime import timedelta

from services.identity.domain.cards import CODE_LENGTH, SECRET_LENGTH
from services.identity.domain.locks import CODE_TRIES, FIRST_LOCK, FREE_TRIES, LONGEST_LOCK, tries_within
from services.identity.domain.one_time import BITS
from services.identity.domain.pin_rules import ALLOWED
from services.identity.domain.sessions import GRACE, PROVEN_GRACE
from services.identity.workflows.patience import WRONG_AT_ONCE, WRONG_EVERY_SECONDS

_INTRODUCTION = f"""# Brute force, in numbers

Made by `make docs` from the rules in `services/identity/domain`; `tests/services/identity/test_identity_brute_force.py`
counts the same tries at the real doors.

A try is counted as wrong before it is checked and forgiven when it was right, so neither many tries at once nor a
process that dies in between gives a free one. After {FREE_TRIES + 1} wrong ones the counter is shut for
{FIRST_LOCK // timedelta(minutes=1)} minutes; every further wrong try doubles that, up to
{LONGEST_LOCK // timedelta(hours=1)} hours. Only the right secret sets a counter back. Counters stand in the database:
a restart forgets nothing. PINs are hashed with Argon2id and a pepper that lies outside the database, two at a time, one
of them for strangers (ADR 0021). A code, card number or phone number of nobody is answered, counted and locked as one
of somebody.

"The owner is never shut out for good": strangers share one counter of a code, while a trusted phone, a browser in which
somebody of the staff signed in before, an enrolled tablet and a card with its secret have one of their own each. A
stranger who types wrong PINs all day shuts out strangers. So does one who knows a phone number: what is tried with it
has a counter of its own, and the code and the card stay open. A number that a family shares finds the member whose PIN
it is; a PIN that was right for one is not held against the others, and a wrong one counts for each of them.
"""

_HEADS = (
    "secret",
    "possible values",
    "tries",
    "then",
    "in a day",
    "in 30 days",
    "in a year",
    "chance in a year",
    "the owner sees",
)
_NOTES = f"""
- "Chance in a year" is that of a guesser who never rests, against one person, with every try a different guess.
- A refresh token that was used already is believed once within {GRACE.seconds} seconds from the same browser, and
  within {PROVEN_GRACE // timedelta(hours=1)} hours from a tablet or trusted phone that shows its own secret, and only
  as long as nobody has used the token that came after it. Everything else is a second user: the session ends for both.
- One address of the Internet is looked at {WRONG_AT_ONCE} times in vain, then once in
  {WRONG_EVERY_SECONDS:.0f} seconds, whatever codes it tries; a tablet or known device behind it is not kept waiting.
- Nobody can lock another person's session, tablet or phone by guessing: what has 256 random bits has no counter.
"""


@dataclass(frozen=True, slots=True)
class Way:
    """A secret that can be tried at a door. `tries` before the first lock, or before it is spent; None: no counter."""

    secret: str
    guesses: int
    tries: int | None
    then: str
    owner_sees: str
    grows: bool = True

    def within(self, span: timedelta) -> int | None:
        """How many tries a guesser has who never rests; None where it makes no difference."""
        if self.tries is None:
            return None
        return tries_within(span) if self.grows else self.tries


_LOCK = "shut for 15 min, doubling to 24 h"
_WRONG_PINS = "`wrong_pins` with their number at the next sign-in; audit `pin_tries_used_up`"
WAYS = (
    Way("PIN, unknown browser", ALLOWED, FREE_TRIES + 1, _LOCK, _WRONG_PINS),
    Way(
        "PIN, with a member's phone number from an unknown browser",
        ALLOWED,
        FREE_TRIES + 1,
        f"{_LOCK}; a counter of its own",
        f"{_WRONG_PINS}; the owner still signs in with code, card or a trusted phone",
    ),
    Way(
        "PIN, on a trusted phone, a known browser of staff, an enrolled tablet, or with the right card",
        ALLOWED,
        FREE_TRIES + 1,
        f"{_LOCK}; a counter of its own",
        "audit `pin_tries_used_up`; the owner still signs in elsewhere",
    ),
    Way(
        "Code printed on a card",
        2 ** (5 * CODE_LENGTH),
        FREE_TRIES + 1,
        _LOCK,
        "`card_locked` with the minutes left; audit `card_tries_used_up`; the QR part still works",
    ),
    Way(
        "Secret in a card's QR part",
        2 ** (5 * SECRET_LENGTH),
        None,
        "useless without the PIN, which is counted",
        "as for the PIN",
    ),
    Way("Refresh token, guessed", 2**256, None, "nothing to shut", "nothing"),
    Way(
        "Refresh token, stolen and used after its owner",
        1,
        0,
        "session ended, access tokens refused everywhere within 5 s",
        "`token_reused` at the next sign-in and in `GET /v1/sessions`; audit `session_ended`",
        grows=False,
    ),
    Way(
        "Enrolment code of a tablet",
        2**BITS,
        CODE_TRIES,
        "spent; anyway after 15 min",
        "the programme registers the tablet again",
        grows=False,
    ),
    Way(
        "One-time code for a PIN",
        2**BITS,
        CODE_TRIES,
        "spent; anyway after 15 min (a colleague's first: 4 days)",
        "the staff open a new reset",
        grows=False,
    ),
    Way(
        "Secret of a tablet, token of a phone",
        2**256,
        None,
        "useless without the PIN, which is counted",
        "as for the PIN",
    ),
)


def page() -> str:
    """docs/security/brute-force.md."""
    lines = [
        _INTRODUCTION,
        f"| {' | '.join(_HEADS)} |",
        "|---" * len(_HEADS) + "|",
    ]
    for way in WAYS:
        spans = [way.within(timedelta(days=days)) for days in (1, 30, 365)]
        cells = [
            way.secret,
            _possible(way.guesses),
            "not counted" if way.tries is None else str(way.tries),
            way.then,
            *("-" if each is None else str(each) for each in spans),
            _chance(way, spans[-1]),
            way.owner_sees,
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n" + _NOTES


def _possible(guesses: int) -> str:
    if guesses == 1:
        return "-"
    return f"2^{guesses.bit_length() - 1}" if guesses & (guesses - 1) == 0 else f"{guesses:,}"


def _chance(way: Way, tries: int | None) -> str:
    if tries is None:
        return "none"
    if tries == 0:
        return "0"
    return f"1 in {way.guesses // tries:,}"
