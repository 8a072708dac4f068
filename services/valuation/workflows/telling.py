"""How valuation says what it decided."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from services.valuation.domain.pricing import Reason, Worth
from services.valuation.store.reading import Stored
from shared.contracts import DepositFlagged, DepositRecorded, DepositValued
from shared.kernel.ids import uuid7, uuid7_text
from shared.runtime.outbox import Encoded

_quoted = lru_cache(maxsize=4096)(json.dumps)


def valued_text(of: DepositRecorded, worth: Worth, deposit: str, member: str, said_at: str) -> Encoded:
    """The fact that a deposit has a price, written at once as JSON; `deposit` and `member` are its ids as text.

    The one event of which there are as many as deposits: by way of the model it takes six times as long.
    """
    event_id = uuid7_text()
    lines = [
        f'{{"item_code":"{code}","waste_class":"{waste_class}","grade":"{grade}","unit":"{unit}",'
        f'"quantity":{quantity},"price_rupiah":{price},"value_rupiah":{value},"reporting_grams":{grams}}}'
        for code, waste_class, grade, unit, quantity, price, value, grams in worth.lines
    ]
    shares = [
        f'{{"beneficiary":"{beneficiary}","basis_points":{points},"amount_rupiah":{amount}}}'
        for beneficiary, points, amount in worth.deductions
    ]
    text = (
        f'{{"event_id":"{event_id}","recorded_at":"{said_at}","member_id":"{member}","deposit_id":"{deposit}",'
        f'"waste_bank_id":{_quoted(of.waste_bank_id)},"subdistrict_code":{_quoted(of.subdistrict_code)},'
        f'"weighed_at":"{of.weighed_at.isoformat()}","price_list_id":"{worth.by.id_text}",'
        f'"list_in_force_id":"{worth.in_force.id_text}","lines":[{",".join(lines)}],'
        f'"gross_rupiah":{worth.gross_rupiah},"deductions":[{",".join(shares)}],"net_rupiah":{worth.net_rupiah},'
        f'"price_difference_rupiah":{worth.price_difference_rupiah},"approved_by":null}}'
    )
    return Encoded(DepositValued.TOPIC, DepositValued.TYPE, event_id, member, text.encode())


def approved_fact(of: Stored, worth: Worth, approved_by: UUID | None, now: datetime) -> DepositValued:
    """The fact that a flagged deposit has a price: a second person let it pass, or it turned out to be right."""
    return DepositValued.model_validate(
        {
            "event_id": uuid7(),
            "recorded_at": now,
            "member_id": of.member_id,
            "deposit_id": of.deposit_id,
            "waste_bank_id": of.waste_bank_id,
            "subdistrict_code": of.subdistrict_code,
            "weighed_at": of.weighed_at,
            "price_list_id": worth.by.id,
            "list_in_force_id": worth.in_force.id,
            "lines": [line._asdict() for line in worth.lines],
            "gross_rupiah": worth.gross_rupiah,
            "deductions": [share._asdict() for share in worth.deductions],
            "net_rupiah": worth.net_rupiah,
            "price_difference_rupiah": worth.price_difference_rupiah,
            "approved_by": approved_by,
        }
    )


def flagged_fact(of: DepositRecorded, reasons: Sequence[Reason], now: datetime) -> DepositFlagged:
    """The fact that a deposit waits for a second person."""
    return DepositFlagged(
        event_id=uuid7(),
        recorded_at=now,
        member_id=of.member_id,
        deposit_id=of.deposit_id,
        waste_bank_id=of.waste_bank_id,
        subdistrict_code=of.subdistrict_code,
        weighed_at=of.weighed_at,
        recorder_id=of.recorder_id,
        reasons=tuple(reason.value for reason in reasons),
    )
