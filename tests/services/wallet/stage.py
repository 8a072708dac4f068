"""Facts as valuation and payout would say them, and the ledger as anybody may read it from its tables."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from aiokafka import ConsumerRecord

from shared.contracts import (
    Deduction,
    DepositValued,
    Event,
    FloatChanged,
    MemberErased,
    MemberMoved,
    MembersMerged,
    RedemptionDelivered,
    RedemptionDeliveredLate,
    RedemptionFailed,
    RedemptionRequested,
    RedemptionReversed,
    ValuationReversed,
    ValuedLine,
)
from shared.kernel.ids import uuid7
from shared.runtime.outbox import encode

WEIGHED_AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
BANK = "lubuk-pakam-induk"
SUBDISTRICT = "12.07.28"


def valued(
    member_id: UUID,
    gross: int = 10_000,
    *,
    fee: int | None = None,
    difference: int = 0,
    bank: str = BANK,
    deposit_id: UUID | None = None,
    **other: Any,
) -> DepositValued:
    """A valued deposit; the waste bank keeps 5 % unless told otherwise."""
    kept = gross // 20 if fee is None else fee
    line = ValuedLine(
        item_code="P05",
        waste_class="plastic",
        grade="bersih",
        unit="kg",
        quantity=1000,
        price_rupiah=gross,
        value_rupiah=gross,
        reporting_grams=1000,
    )
    facts: dict[str, Any] = {
        "event_id": uuid7(),
        "recorded_at": WEIGHED_AT,
        "member_id": member_id,
        "deposit_id": deposit_id or uuid7(),
        "waste_bank_id": bank,
        "subdistrict_code": SUBDISTRICT,
        "weighed_at": WEIGHED_AT,
        "price_list_id": UUID(int=1),
        "list_in_force_id": UUID(int=1),
        "lines": (line,),
        "gross_rupiah": gross,
        "deductions": (Deduction(beneficiary="waste_bank", basis_points=500, amount_rupiah=kept),),
        "net_rupiah": gross - kept,
        "price_difference_rupiah": difference,
    }
    return DepositValued(**facts | other)


def reversed_(credit: DepositValued, **other: Any) -> ValuationReversed:
    """The reversal of a valued deposit."""
    facts: dict[str, Any] = {
        "event_id": uuid7(),
        "recorded_at": WEIGHED_AT + timedelta(hours=1),
        "member_id": credit.member_id,
        "deposit_id": credit.deposit_id,
        "waste_bank_id": credit.waste_bank_id,
        "subdistrict_code": credit.subdistrict_code,
        "weighed_at": credit.weighed_at,
        "net_rupiah": credit.net_rupiah,
        "reason": "salah timbang",
    }
    return ValuationReversed(**facts | other)


def requested(member_id: UUID, amount: int, **other: Any) -> RedemptionRequested:
    """A member asks to turn credit into a token."""
    facts: dict[str, Any] = {
        "event_id": uuid7(),
        "recorded_at": WEIGHED_AT,
        "member_id": member_id,
        "redemption_id": uuid7(),
        "subdistrict_code": SUBDISTRICT,
        "product_code": "PLN20",
        "product_kind": "pln_token",
        "amount_rupiah": amount,
        "requested_at": WEIGHED_AT,
    }
    return RedemptionRequested(**facts | other)


def failed(request: RedemptionRequested, **other: Any) -> RedemptionFailed:
    """It ended without a product."""
    return RedemptionFailed(**_about(request) | {"why": "failed", "reason": "nomor salah"} | other)


def delivered(request: RedemptionRequested, cost: int, **other: Any) -> RedemptionDelivered:
    """The biller delivered."""
    return RedemptionDelivered(**_paid(request, cost) | other)


def delivered_late(request: RedemptionRequested, cost: int, **other: Any) -> RedemptionDeliveredLate:
    """The biller delivered after all."""
    return RedemptionDeliveredLate(**_paid(request, cost) | other)


def taken_back(request: RedemptionRequested, cost: int, **other: Any) -> RedemptionReversed:
    """The biller took the product back."""
    return RedemptionReversed(**_paid(request, cost) | {"reason": "token ditarik"} | other)


def float_changed(amount: int, provider: str = "digiflazz", **other: Any) -> FloatChanged:
    """Money was put into the deposit at the biller."""
    facts: dict[str, Any] = {
        "event_id": uuid7(),
        "recorded_at": WEIGHED_AT,
        "change_id": uuid7(),
        "provider": provider,
        "kind": "top_up",
        "amount_rupiah": amount,
        "decided_by": UUID(int=2),
        "reason": "isi deposit",
    }
    return FloatChanged(**facts | other)


def merged(member_id: UUID, into: UUID, **other: Any) -> MembersMerged:
    """Two enrolments were one person."""
    facts: dict[str, Any] = {
        "event_id": uuid7(),
        "recorded_at": WEIGHED_AT,
        "member_id": member_id,
        "into_member_id": into,
        "into_subdistrict_code": SUBDISTRICT,
        "proposed_by": UUID(int=3),
        "merged_by": UUID(int=4),
        "merged_at": WEIGHED_AT,
    }
    return MembersMerged(**facts | other)


def moved(member_id: UUID, subdistrict_code: str, **other: Any) -> MemberMoved:
    """A member belongs to another waste bank now."""
    facts: dict[str, Any] = {
        "event_id": uuid7(),
        "recorded_at": WEIGHED_AT,
        "member_id": member_id,
        "from_waste_bank_id": BANK,
        "from_subdistrict_code": SUBDISTRICT,
        "waste_bank_id": "elsewhere",
        "subdistrict_code": subdistrict_code,
        "moved_at": WEIGHED_AT,
        "moved_by": UUID(int=4),
    }
    return MemberMoved(**facts | other)


def erased(member_id: UUID, **other: Any) -> MemberErased:
    """A member left."""
    facts: dict[str, Any] = {
        "event_id": uuid7(),
        "recorded_at": WEIGHED_AT,
        "member_id": member_id,
        "waste_bank_id": BANK,
        "subdistrict_code": SUBDISTRICT,
        "erased_at": WEIGHED_AT,
        "erased_by": UUID(int=4),
    }
    return MemberErased(**facts | other)


def _about(request: RedemptionRequested) -> dict[str, Any]:
    shared = (
        "member_id",
        "redemption_id",
        "subdistrict_code",
        "product_code",
        "product_kind",
        "amount_rupiah",
    )
    facts = {name: getattr(request, name) for name in (*shared, "requested_at")}
    return facts | {"event_id": uuid7(), "recorded_at": WEIGHED_AT + timedelta(minutes=5)}


def _paid(request: RedemptionRequested, cost: int) -> dict[str, Any]:
    fee = request.amount_rupiah + request.cash_rupiah - cost
    more = {"provider": "digiflazz", "cost_rupiah": cost, "fee_rupiah": fee, "delivered_at": WEIGHED_AT}
    return _about(request) | more


class Tape:
    """Events as Kafka would hand them over."""

    def __init__(self) -> None:
        self._offset = 0

    def records(self, events: Sequence[Event]) -> list[ConsumerRecord]:
        """One record an event, with offsets that never repeat."""
        made = []
        for event in events:
            value = encode(event)
            self._offset += 1
            made.append(
                ConsumerRecord(
                    topic=event.TOPIC,
                    partition=0,
                    offset=self._offset,
                    timestamp=0,
                    timestamp_type=0,
                    key=event.key.encode(),
                    value=value,
                    checksum=None,
                    serialized_key_size=36,
                    serialized_value_size=len(value),
                    headers=(("ce_type", event.TYPE.encode()),),
                )
            )
        return made


async def balances(tx: asyncpg.Connection) -> dict[tuple[str, str], tuple[int, int]]:
    """(kind, owner) to (posted, held) of every account that holds anything."""
    rows = await tx.fetch("select kind, owner, posted_rupiah, held_rupiah from account")
    return {(row[0], row[1]): (row[2], row[3]) for row in rows if row[2] or row[3]}


async def differences(tx: asyncpg.Connection) -> list[str]:
    """Whatever does not hold in the ledger as it stands, found from its tables alone."""
    found = []
    questions = {
        "a transfer does not balance": """
            select transfer_id::text from entry group by transfer_id having sum(amount_rupiah) <> 0""",
        "an account is not the sum of its entries": """
            select a.id::text from account a left join entry e on e.account_id = a.id
            group by a.id having a.posted_rupiah <> coalesce(sum(e.amount_rupiah), 0)""",
        "an entry belongs to no account": """
            select transfer_id::text from entry e where not exists (select from account a where a.id = e.account_id)""",
        "a member's entries are not a chain": """
            select t.id::text from (
                select id, member_seq, member_balance_rupiah, amounts_rupiah[1] as amount,
                    row_number() over w as place, sum(amounts_rupiah[1]) over w as balance
                from transfer where member_account_id is not null
                window w as (partition by member_account_id order by member_seq)
            ) t where t.place <> t.member_seq or t.balance <> t.member_balance_rupiah""",
        "held is not the sum of open holds": """
            select a.id::text from account a left join hold h on h.account_id = a.id and h.state = 'held'
            group by a.id having a.held_rupiah <> coalesce(sum(h.amount_rupiah), 0)""",
        "credit or holds stand on an account that was given up": """
            select id::text from account where merged_into is not null and (posted_rupiah <> 0 or held_rupiah <> 0)""",
        "a merge left something on its way": """
            select id::text from account where kind = 'adjustments' and owner = 'merges' and posted_rupiah <> 0""",
        "a cause has two transfers of a kind": """
            select cause_id::text from transfer group by kind, cause_id having count(*) > 1""",
    }
    for what, question in questions.items():
        found += [f"{what}: {row[0]}" for row in await tx.fetch(question)]
    return found


async def said(tx: asyncpg.Connection) -> list[tuple[str, dict[str, Any]]]:
    """(type, payload) of everything in the outbox, in order."""
    import json  # noqa: PLC0415

    rows = await tx.fetch("select types, payloads from outbox order by id")
    return [
        (kind.removeprefix("id.timbang.credit.").removesuffix(".v1"), json.loads(payload))
        for row in rows
        for kind, payload in zip(row["types"], row["payloads"], strict=True)
    ]
