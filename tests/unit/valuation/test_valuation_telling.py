"""What is written by hand for speed is what the models say."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.valuation.domain.book import PublishedList, Tariff
from services.valuation.domain.pricing import Worth, price
from services.valuation.store.valuations import lines_text, shares_text
from services.valuation.workflows.telling import valued_text
from shared.contracts import DepositLine, DepositRecorded, DepositValued
from shared.kernel.catalogue import DeductionRule
from shared.kernel.ids import uuid7

NOW = datetime(2026, 11, 22, 4, 0, 0, 123_456, tzinfo=UTC)
WORDS = dict.fromkeys(("name_id", "name_en", "reason_id", "reason_en"), "x")
TARIFFS = {
    ("P05", "bersih"): Tariff("kg", 1_625, "plastic", None),
    ("M01", "kotor"): Tariff("litre", 1_921, "other", 910),
    ("B02", "-"): Tariff("piece", 600, "glass", 480),
}
RULES = tuple(
    DeductionRule(beneficiary=name, basis_points=points, **WORDS)
    for name, points in (("waste_bank", 500), ("school", 333))
)
BY = PublishedList(UUID(int=1), None, NOW, TARIFFS, RULES)
IN_FORCE = PublishedList(
    UUID(int=2), None, NOW, {("P05", "bersih"): Tariff("kg", 2_000, "plastic", None)}, ()
)

codes = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), min_size=1, max_size=64
)
zones = st.sampled_from([UTC, timezone(timedelta(hours=7))])
facts = st.fixed_dictionaries(
    {
        "event_id": st.just(uuid7()),
        "recorded_at": st.just(NOW),
        "member_id": st.uuids(),
        "deposit_id": st.uuids(),
        "waste_bank_id": codes,
        "subdistrict_code": codes,
        "weighed_at": st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1), timezones=zones),  # noqa: DTZ001
        "tablet_id": st.uuids(),
        "recorder_id": st.uuids(),
        "channel": st.just("self"),
        "price_list_id": st.just(BY.id),
        "lines": st.lists(
            st.builds(
                lambda key, quantity: DepositLine(
                    item_code=key[0], grade=key[1], unit=TARIFFS[key].unit, quantity=quantity, shown_rupiah=0
                ),
                st.sampled_from(sorted(TARIFFS)),
                st.integers(0, 1_000_000),
            ),
            min_size=1,
            max_size=5,
        ),
    }
)


@given(facts)
def test_the_event_written_by_hand_is_the_one_that_the_model_writes(fields: dict[str, Any]) -> None:
    recorded = DepositRecorded(**fields)
    worth = price(recorded.lines, BY, IN_FORCE)
    assert isinstance(worth, Worth)
    told = valued_text(recorded, worth, str(recorded.deposit_id), str(recorded.member_id), NOW.isoformat())
    event = DepositValued.model_validate_json(told.payload, strict=True)
    assert json.loads(told.payload).keys() == DepositValued.model_fields.keys()
    assert event == DepositValued.model_validate(
        {
            name: getattr(recorded, name)
            for name in ("member_id", "deposit_id", "waste_bank_id", "subdistrict_code")
        }
        | {
            "event_id": told.event_id,
            "recorded_at": NOW,
            "weighed_at": recorded.weighed_at,
            "price_list_id": BY.id,
            "list_in_force_id": IN_FORCE.id,
            "lines": [line._asdict() for line in worth.lines],
            "gross_rupiah": worth.gross_rupiah,
            "deductions": [share._asdict() for share in worth.deductions],
            "net_rupiah": worth.net_rupiah,
            "price_difference_rupiah": worth.price_difference_rupiah,
        }
    )
    assert (told.key, told.TYPE, told.TOPIC) == (event.key, event.TYPE, event.TOPIC)
    assert json.loads(lines_text(worth.lines)) == [list(line) for line in worth.lines]
    assert json.loads(shares_text(worth.deductions)) == [list(share) for share in worth.deductions]
