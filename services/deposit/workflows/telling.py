"""What one transaction tells: the facts that leave with it and the steps of its deposits' histories."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.deposit.domain.states import State, Step, Why
from services.deposit.store import history
from services.deposit.store.rows import Deposit, NewDeposit, NewStep
from shared.contracts import (
    DepositQuarantined,
    DepositQuarantinedV2,
    DepositRecorded,
    DepositRejected,
    DepositVoided,
    Event,
)
from shared.kernel.ids import uuid7, uuid7_text
from shared.runtime.audit import Act, note
from shared.runtime.database import Tx
from shared.runtime.outbox import Encoded, say


class Telling:
    """Collects while the transaction works; `finish` writes all of it at once, in the order of collecting.

    DepositRecorded, of which there are many, is written as JSON directly: every part of it was checked at the door
    and needs no escaping, and its lines are the text that is stored. A test reads it with the model and compares.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._now_text = now.isoformat()
        self._texts: dict[UUID, str] = {}
        self._events: list[Event | Encoded] = []
        self._steps: list[NewStep] = []
        self._acts: list[Act] = []

    def arrived(self, row: NewDeposit) -> None:
        """A deposit was taken in, in the state of the row."""
        if row.state is State.RECORDED:
            self.recorded(row)
        elif row.state is State.QUARANTINED:
            self.quarantined(row)
        else:
            self.step(row.deposit_id, Step.WAITING_FOR_MEMBER)

    def recorded(self, row: NewDeposit | Deposit) -> None:
        """A deposit counts from now on."""
        event_id, member_id = uuid7_text(), str(row.member_id)
        replaces = "null" if row.replaces_deposit_id is None else f'"{row.replaces_deposit_id}"'
        carried = "" if row.carried_by_id is None else f',"carried_by_id":"{row.carried_by_id}"'
        payload = (
            f'{{"event_id":"{event_id}","recorded_at":"{self._now_text}","member_id":"{member_id}",'
            f'"deposit_id":"{row.deposit_id}","waste_bank_id":"{row.waste_bank_id}",'
            f'"subdistrict_code":"{row.subdistrict_code}","weighed_at":"{row.weighed_at.isoformat()}",'
            f'"tablet_id":"{self._text(row.tablet_id)}","recorder_id":"{self._text(row.recorder_id)}",'
            f'"channel":"{row.channel}","clock_offset_ms":{row.clock_offset_ms},'
            f'"price_list_id":"{self._text(row.price_list_id)}","lines":{row.lines_json},'
            f'"replaces_deposit_id":{replaces}{carried}}}'
        )
        self._events.append(
            Encoded(DepositRecorded.TOPIC, DepositRecorded.TYPE, event_id, member_id, payload.encode())
        )

    def _text(self, often: UUID) -> str:
        """An id that most deposits of a batch share, as text."""
        text = self._texts.get(often)
        if text is None:
            text = self._texts[often] = str(often)
        return text

    def quarantined(self, row: NewDeposit | Deposit) -> None:
        """A deposit was set aside for a person; its row says why."""
        self.step(row.deposit_id, Step.QUARANTINED, reason=row.why)
        about = self._about(row) | {"why": row.why}
        # The first version of the event knows four reasons, and its readers no other one.
        if row.why is Why.TABLET_REVOKED:
            self._events.append(DepositQuarantinedV2(**about))
        else:
            self._events.append(DepositQuarantined(**about))

    def voided(self, row: NewDeposit | Deposit, by_id: UUID, reason: str, replaced_by: UUID | None) -> None:
        """A deposit does not count any more. The caller adds the step, which may be older than the deposit."""
        self._events.append(
            DepositVoided(
                **self._about(row), voided_by=by_id, reason=reason, replaced_by_deposit_id=replaced_by
            )
        )

    def rejected(self, row: Deposit, by_id: UUID, reason: str) -> None:
        """A quarantined deposit will never count."""
        self.step(row.deposit_id, Step.REJECTED, by_id, reason)
        self._events.append(DepositRejected(**self._about(row), rejected_by=by_id, reason=reason))

    def _about(self, row: NewDeposit | Deposit) -> dict[str, Any]:
        """What every fact about a deposit names, besides its record."""
        return {
            "event_id": uuid7(),
            "recorded_at": self.now,
            "member_id": row.member_id,
            "deposit_id": row.deposit_id,
            "waste_bank_id": row.waste_bank_id,
            "subdistrict_code": row.subdistrict_code,
            "weighed_at": row.weighed_at,
        }

    def step(
        self, deposit_id: UUID, step: Step, by_id: UUID | None = None, reason: str | None = None
    ) -> None:
        """Something happened to a deposit, now."""
        self._steps.append(NewStep(deposit_id, step, self.now, by_id, reason))

    def say(self, event: Event) -> None:
        """A fact that has no word of its own here."""
        self._events.append(event)

    def act(self, act: Act) -> None:
        """Somebody did something that is audited."""
        self._acts.append(act)

    async def finish(self, tx: Tx) -> None:
        """Write the steps, publish the facts, and last, because others wait for its commit, the audit."""
        if self._steps:
            await history.add_steps(tx, self._steps)
        if self._events:
            await say(tx, self._events)
        await note(tx, self._acts, self.now)
