"""No, as a value: a code of the problem catalogue with what its sentence needs."""

from dataclasses import dataclass

from services.payout.domain.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Refused:
    """No, with what the sentence needs to say so."""

    refusal: Refusal
    parameters: dict[str, object]


def refused(refusal: Refusal, **parameters: object) -> Refused:
    """A refusal with its parameters."""
    return Refused(refusal, parameters)
