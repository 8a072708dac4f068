"""What wallet writes by hand for speed is what the model says."""

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.wallet.domain.accounts import MemberAccount, provider_account
from services.wallet.domain.posting import Cause, Posting, TransferKind
from services.wallet.workflows.deposits import posted_text
from shared.contracts import CreditPosted, DepositValued
from shared.kernel.ids import uuid7

NOW = datetime(2026, 11, 22, 4, 0, 0, 123_456, tzinfo=UTC)
codes = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), min_size=1, max_size=64
)
zones = st.sampled_from([UTC, timezone(timedelta(hours=7))])
instants = st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1), timezones=zones)  # noqa: DTZ001
rupiah = st.integers(0, 1_000_000_000)


@given(st.uuids(), st.uuids(), codes, codes, instants, rupiah, st.integers(-1_000_000_000, 1_000_000_000))
def test_the_credit_written_by_hand_is_the_one_that_the_model_writes(
    member_id: UUID, deposit_id: UUID, bank: str, code: str, weighed_at: datetime, amount: int, before: int
) -> None:
    valued = DepositValued(
        event_id=uuid7(),
        recorded_at=NOW,
        member_id=member_id,
        deposit_id=deposit_id,
        waste_bank_id=bank,
        subdistrict_code=code,
        weighed_at=weighed_at,
        price_list_id=uuid7(),
        list_in_force_id=uuid7(),
        lines=(),
        gross_rupiah=amount,
        net_rupiah=amount,
    )
    member = MemberAccount(member_id, posted=before)
    credit_id = TransferKind.CREDIT.of(deposit_id)
    transfer = Posting({member_id: member}).post(
        TransferKind.CREDIT,
        credit_id,
        Cause(deposit_id, b"", weighed_at),
        [(provider_account("digiflazz"), -amount)],
        member,
        amount,
    )
    told = posted_text(valued, transfer, NOW.isoformat())
    event = CreditPosted.model_validate_json(told.payload, strict=True)
    assert json.loads(told.payload).keys() == CreditPosted.model_fields.keys()
    assert event == CreditPosted(
        event_id=UUID(str(told.event_id)),
        recorded_at=NOW,
        member_id=member_id,
        transfer_id=credit_id,
        deposit_id=deposit_id,
        waste_bank_id=bank,
        subdistrict_code=code,
        weighed_at=weighed_at,
        amount_rupiah=amount,
        balance_rupiah=before + amount,
    )
    assert (told.key, told.TYPE, told.TOPIC) == (event.key, event.TYPE, event.TOPIC)
