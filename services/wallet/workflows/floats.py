"""The deposit that a biller holds for the programme: money put in, taken out or set right."""

from collections.abc import Sequence
from uuid import UUID

from services.wallet.domain.posting import SEPARATOR, Cause, Posting, TransferKind, fingerprint
from services.wallet.domain.redemptions import float_change_legs
from services.wallet.store import posting as store
from services.wallet.workflows.repetition import distinct, refuse_changed
from shared.contracts import FloatChanged
from shared.runtime.database import Tx


async def change_floats(tx: Tx, events: Sequence[FloatChanged]) -> None:
    """Post each change once. Raises UnacceptableEventError if it was heard before with other figures."""
    heard = distinct(events, _transfer_id, _fingerprint, "the float change")
    posting = Posting({})
    legs = {
        each: float_change_legs(event.provider, event.amount_rupiah, lost=event.redemption_id is not None)
        for each, (event, _) in heard.items()
    }
    accounts = {account.id: account for pair in legs.values() for account, _ in pair}
    # No member's lock guards these: the floats' own does, before asking what is known.
    await store.lock_system(tx, accounts.keys(), accounts.values())
    known = await store.fingerprints(tx, list(heard))
    refuse_changed(known, heard, "the float change")
    for transfer_id, (event, print_) in heard.items():
        if transfer_id not in known:
            cause = Cause(event.change_id, print_, event.recorded_at)
            posting.post(
                TransferKind.FLOAT_CHANGE, transfer_id, cause, legs[transfer_id], reason=event.reason
            )
    await store.write_transfers(tx, posting)
    await store.write_system(tx, posting)


def _transfer_id(event: FloatChanged) -> UUID:
    return TransferKind.FLOAT_CHANGE.of(event.change_id)


def _fingerprint(event: FloatChanged) -> bytes:
    return fingerprint(SEPARATOR.join((event.provider, event.kind, str(event.amount_rupiah))))
