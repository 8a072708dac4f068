"""Signed weighings that somebody else hands over: off a receipt of a lost tablet, or out of a colleague's queue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.deposit.domain.refusals import Refusal
from services.deposit.domain.signed import SignedText
from services.deposit.workflows.recording import belongs_to_others
from services.deposit.workflows.tablet_keys import TabletKey
from services.deposit.workflows.weighings import Actor, Handed, Sender, Weighing
from shared.kernel.rollout import Rollout

RECORDER_ROLE = "operator"


@dataclass(frozen=True, slots=True)
class Reading:
    """A signed text with its signature, and what it says; nobody has checked yet whether it is true."""

    text: str
    signature: str
    said: SignedText
    weighing: Weighing


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who hands over, from which tablet, and how far its clock is off."""

    actor: Actor
    tablet_id: UUID | None
    clock_offset_ms: int


def signers(readings: Sequence[Reading], carrier: Carrier, rollout: Rollout) -> dict[UUID, datetime]:
    """The tablets whose keys are needed, and when each weighed last; nobody is asked about the weighings of others."""
    found: dict[UUID, datetime] = {}
    for each in readings:
        if not belongs_to_others(each.weighing, carrier.actor, rollout):
            tablet_id, at = each.said.tablet_id, each.weighing.weighed_at
            found[tablet_id] = max(at, found.get(tablet_id, at))
    return found


def check(
    reading: Reading, carrier: Carrier, keys: Mapping[UUID, TabletKey], rollout: Rollout
) -> Handed | Refusal:
    """The weighing in the hands of whoever weighed it, if its tablet signed exactly this."""
    if belongs_to_others(reading.weighing, carrier.actor, rollout):
        return Refusal.NOT_YOUR_WASTE_BANK
    key = keys.get(reading.said.tablet_id)
    if key is None or key.key is None or not _covers(carrier.actor, key.waste_bank_id, rollout):
        return Refusal.SIGNED_BY_UNKNOWN_TABLET
    if not key.signed(reading.text, reading.signature):
        return Refusal.SIGNATURE_WRONG
    return Handed(reading.weighing, _sender(reading.said, carrier, key.revoked_at))


def _sender(said: SignedText, carrier: Carrier, revoked_at: datetime | None) -> Sender:
    """The recorder whom the text names may act where the carrier may."""
    recorder = Actor(said.recorder_id, RECORDER_ROLE, carrier.actor.waste_bank_ids, carrier.actor.areas)
    # Of another tablet's clock nothing is known.
    offset = carrier.clock_offset_ms if carrier.tablet_id == said.tablet_id else 0
    return Sender(recorder, said.tablet_id, offset, carrier.actor, revoked_at)


def _covers(actor: Actor, waste_bank_id: str, rollout: Rollout) -> bool:
    subdistrict = rollout.subdistrict_of(waste_bank_id)
    return subdistrict is not None and actor.may_act_at(waste_bank_id, subdistrict.kemendagri_code)
