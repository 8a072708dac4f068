"""What one transaction tells: the facts that leave with it and the steps of its deposits' histories."""

from datetime import datetime
from uuid import UUID

from services.deposit.domain.states import State, Step
from services.deposit.store import history
from services.deposit.store.rows import Deposit, NewDeposit, NewStep
from services.deposit.workflows.weighings import LINES
from shared.contracts import (
    DepositLine,
    DepositQuarantined,
    DepositRecorded,
    DepositRejected,
    DepositVoided,
    Event,
)
from shared.kernel.ids import uuid7
from shared.runtime.database import Tx
from shared.runtime.outbox import say


class Telling:
    """Collects while the transaction works; `finish` writes all of it at once, in the order of collecting."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._events: list[Event] = []
        self._steps: list[NewStep] = []

    def arrived(self, row: NewDeposit, lines: tuple[DepositLine, ...]) -> None:
        """A deposit was taken in, in the state of the row."""
        if row.state is State.RECORDED:
            self.recorded(row, lines)
        elif row.state is State.QUARANTINED:
            self.quarantined(row)
        else:
            self.step(row.deposit_id, Step.WAITING_FOR_MEMBER)

    def recorded(self, row: NewDeposit | Deposit, lines: tuple[DepositLine, ...] | None = None) -> None:
        """A deposit counts from now on."""
        self._events.append(
            DepositRecorded(
                event_id=uuid7(),
                recorded_at=self.now,
                member_id=row.member_id,
                deposit_id=row.deposit_id,
                waste_bank_id=row.waste_bank_id,
                subdistrict_code=row.subdistrict_code,
                weighed_at=row.weighed_at,
                tablet_id=row.tablet_id,
                recorder_id=row.recorder_id,
                channel=row.channel,
                clock_offset_ms=row.clock_offset_ms,
                price_list_id=row.price_list_id,
                lines=LINES.validate_json(row.lines_json) if lines is None else lines,
                replaces_deposit_id=row.replaces_deposit_id,
            )
        )

    def quarantined(self, row: NewDeposit | Deposit) -> None:
        """A deposit was set aside for a person; its row says why."""
        self.step(row.deposit_id, Step.QUARANTINED, reason=row.why)
        self._events.append(
            DepositQuarantined(
                event_id=uuid7(),
                recorded_at=self.now,
                member_id=row.member_id,
                deposit_id=row.deposit_id,
                waste_bank_id=row.waste_bank_id,
                subdistrict_code=row.subdistrict_code,
                weighed_at=row.weighed_at,
                why=row.why,
            )
        )

    def voided(self, row: NewDeposit | Deposit, by_id: UUID, reason: str, replaced_by: UUID | None) -> None:
        """A deposit does not count any more. The caller adds the step, which may be older than the deposit."""
        self._events.append(
            DepositVoided(
                event_id=uuid7(),
                recorded_at=self.now,
                member_id=row.member_id,
                deposit_id=row.deposit_id,
                waste_bank_id=row.waste_bank_id,
                subdistrict_code=row.subdistrict_code,
                weighed_at=row.weighed_at,
                voided_by=by_id,
                reason=reason,
                replaced_by_deposit_id=replaced_by,
            )
        )

    def rejected(self, row: Deposit, by_id: UUID, reason: str) -> None:
        """A quarantined deposit will never count."""
        self.step(row.deposit_id, Step.REJECTED, by_id, reason)
        self._events.append(
            DepositRejected(
                event_id=uuid7(),
                recorded_at=self.now,
                member_id=row.member_id,
                deposit_id=row.deposit_id,
                waste_bank_id=row.waste_bank_id,
                subdistrict_code=row.subdistrict_code,
                weighed_at=row.weighed_at,
                rejected_by=by_id,
                reason=reason,
            )
        )

    def step(
        self, deposit_id: UUID, step: Step, by_id: UUID | None = None, reason: str | None = None
    ) -> None:
        """Something happened to a deposit, now."""
        self._steps.append(NewStep(deposit_id, step, self.now, by_id, reason))

    async def finish(self, tx: Tx) -> None:
        """Write the steps and publish the facts."""
        if self._steps:
            await history.add_steps(tx, self._steps)
        if self._events:
            await say(tx, self._events)
