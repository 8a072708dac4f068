"""A waste bank moves in with its passbooks: one person proposes the file, another confirms it, every row or none."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.wallet.domain.accounts import AccountKind, system_account
from services.wallet.domain.passbooks import Fault, PassbookRow, RowFault, opening_cause, read_passbooks
from services.wallet.domain.posting import SEPARATOR, Cause, Posting, Transfer, TransferKind, fingerprint
from services.wallet.domain.refusals import Refusal
from services.wallet.store import passbooks, people
from services.wallet.store import posting as store
from services.wallet.store.passbooks import PassbookImport
from shared.contracts import OpeningBalancePosted
from shared.kernel import wib
from shared.kernel.ids import uuid7
from shared.runtime.audit import Act, done_by, note
from shared.runtime.database import Tx
from shared.runtime.outbox import say
from shared.runtime.tokens import Caller

__all__ = ["PassbookImport", "Preview", "confirm", "decline", "list_imports", "look", "propose", "read"]

list_imports = passbooks.imports


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do: nothing at all if it has a single fault."""

    rows: Sequence[PassbookRow]
    faults: Sequence[Fault]

    @property
    def total_rupiah(self) -> int:
        """The sum of all rows that can be read."""
        return sum(row.balance_rupiah for row in self.rows)


async def look(tx: Tx, waste_bank_id: str, text: str, now: datetime) -> Preview:
    """Read a file and compare it with what is known; nothing is kept."""
    rows, faults = read_passbooks(text, wib.day(now))
    found = [*faults, *await _known_faults(tx, waste_bank_id, rows)]
    return Preview(rows, sorted(found, key=lambda each: (each.line, each.column)))


async def propose(
    tx: Tx,
    *,
    import_id: UUID,
    waste_bank_id: str,
    subdistrict_code: str,
    text: str,
    total_rupiah: int,
    who: Caller,
    now: datetime,
) -> PassbookImport | Preview | Refusal:
    """Keep a file for the second person. A file with faults is answered with its preview; the same again is no news."""
    preview = await look(tx, waste_bank_id, text, now)
    new = PassbookImport(
        import_id=import_id,
        waste_bank_id=waste_bank_id,
        subdistrict_code=subdistrict_code,
        state="proposed",
        total_rupiah=preview.total_rupiah,
        member_ids=[row.member_id for row in preview.rows],
        amounts_rupiah=[row.balance_rupiah for row in preview.rows],
        as_of=[row.as_of for row in preview.rows],
        proposed_by=who.subject,
        proposed_at=now,
    )
    known = await passbooks.find(tx, import_id)
    if known is not None:
        return known if _same(known, new) else Refusal.IMPORT_CONFLICT
    if preview.faults:
        return preview
    if total_rupiah != preview.total_rupiah:
        return Refusal.TOTAL_DIFFERS
    if not await passbooks.insert(tx, new):
        return Refusal.IMPORT_CONFLICT
    await note(tx, [_act("passbook_import.propose", new, who, None)], now)
    return new


async def confirm(tx: Tx, import_id: UUID, who: Caller, now: datetime) -> PassbookImport | Preview | Refusal:
    """Post every row, once for ever per member and waste bank. What became impossible meanwhile stops all of it."""
    known = await passbooks.find(tx, import_id, lock=True)
    if known is None or not who.covers_bank(known.waste_bank_id, known.subdistrict_code):
        return Refusal.IMPORT_UNKNOWN
    if known.state == "posted" and known.decided_by == who.subject:
        return known
    if known.state != "proposed":
        return Refusal.IMPORT_DECIDED
    if known.proposed_by == who.subject:
        return Refusal.SECOND_PERSON
    rows = rows_of(known)
    members = await store.lock_members(tx, {row.member_id: known.subdistrict_code for row in rows})
    faults = await _known_faults(tx, known.waste_bank_id, rows)
    if faults:
        return Preview(rows, faults)
    posting = Posting(members)
    transfers = [_post(posting, known, row) for row in rows]
    await store.write_transfers(tx, posting)
    said = [_posted(known, row, each, now) for row, each in zip(rows, transfers, strict=True)]
    await say(tx, said)
    await passbooks.decide(tx, import_id, "posted", who.subject, now)
    posted = replace(known, state="posted", decided_by=who.subject, decided_at=now)
    await store.write_system(tx, posting)
    await note(tx, [_act("passbook_import.confirm", posted, who, {"state": known.state})], now)
    return posted


async def decline(
    tx: Tx, import_id: UUID, who: Caller, reason: str, now: datetime
) -> PassbookImport | Refusal:
    """Turn a proposal down, or take one's own back. The same person again changes nothing."""
    known = await passbooks.find(tx, import_id, lock=True)
    if known is None or not who.covers_bank(known.waste_bank_id, known.subdistrict_code):
        return Refusal.IMPORT_UNKNOWN
    if known.state == "declined" and known.decided_by == who.subject:
        return known
    if known.state != "proposed":
        return Refusal.IMPORT_DECIDED
    await passbooks.decide(tx, import_id, "declined", who.subject, now)
    declined = replace(known, state="declined", decided_by=who.subject, decided_at=now)
    await note(tx, [_act("passbook_import.decline", declined, who, {"state": known.state}, reason)], now)
    return declined


async def read(tx: Tx, import_id: UUID, who: Caller) -> PassbookImport | Refusal:
    """One import, for those in whose area its waste bank lies."""
    known = await passbooks.find(tx, import_id)
    if known is None or not who.covers_bank(known.waste_bank_id, known.subdistrict_code):
        return Refusal.IMPORT_UNKNOWN
    return known


def rows_of(known: PassbookImport) -> list[PassbookRow]:
    """Its rows. Lines are counted as in a file with one line of heading and none empty."""
    kept = zip(known.member_ids, known.amounts_rupiah, known.as_of, strict=True)
    return [PassbookRow(number, *each) for number, each in enumerate(kept, start=2)]


async def _known_faults(tx: Tx, waste_bank_id: str, rows: Sequence[PassbookRow]) -> list[Fault]:
    """Members who left, who stand twice under ids that were merged, or whose passbook was taken over before."""
    if not rows:
        return []
    standing = await people.standing(tx, [row.member_id for row in rows])
    survivors = {survivor for survivor, _ in standing.values()}
    family: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for survivor, given_up in await passbooks.absorbed(tx, survivors):
        family[survivor].add(given_up)
    opened_by = {
        TransferKind.OPENING_BALANCE.of(opening_cause(member_id, waste_bank_id)): survivor
        for survivor in survivors
        for member_id in family[survivor] | {survivor}
    }
    opened = {opened_by[each] for each in await store.fingerprints(tx, list(opened_by))}
    return _judge(rows, standing, opened)


def _judge(
    rows: Sequence[PassbookRow], standing: Mapping[UUID, tuple[UUID, bool]], opened: set[UUID]
) -> list[Fault]:
    faults: list[Fault] = []
    seen: set[UUID] = set()
    for row in rows:
        survivor, has_left = standing[row.member_id]
        if has_left:
            faults.append(Fault(row.line, "member_id", RowFault.HAS_LEFT))
        elif survivor in opened:
            faults.append(Fault(row.line, "member_id", RowFault.ALREADY_OPENED))
        elif survivor in seen:
            faults.append(Fault(row.line, "member_id", RowFault.TWICE_IN_FILE))
        seen.add(survivor)
    return faults


def _post(posting: Posting, known: PassbookImport, row: PassbookRow) -> Transfer:
    facts = (known.waste_bank_id, row.member_id.hex, str(row.balance_rupiah), row.as_of.isoformat())
    cause = Cause(
        opening_cause(row.member_id, known.waste_bank_id),
        fingerprint(SEPARATOR.join(facts)),
        wib.start_of_day(row.as_of),
        known.waste_bank_id,
        known.subdistrict_code,
    )
    owed_by_bank = system_account(AccountKind.OPENING, known.waste_bank_id)
    kind, amount = TransferKind.OPENING_BALANCE, row.balance_rupiah
    account = posting.members[row.member_id]
    return posting.post(kind, kind.of(cause.id), cause, [(owed_by_bank, -amount)], account, amount)


def _posted(
    known: PassbookImport, row: PassbookRow, transfer: Transfer, now: datetime
) -> OpeningBalancePosted:
    return OpeningBalancePosted(
        event_id=uuid7(),
        recorded_at=now,
        member_id=row.member_id,
        transfer_id=transfer.id,
        import_id=known.import_id,
        waste_bank_id=known.waste_bank_id,
        subdistrict_code=known.subdistrict_code,
        amount_rupiah=row.balance_rupiah,
        balance_rupiah=transfer.member_balance_rupiah or 0,
        posted_at=now,
    )


def _same(one: PassbookImport, other: PassbookImport) -> bool:
    return (one.waste_bank_id, *map(list, (one.member_ids, one.amounts_rupiah, one.as_of))) == (
        other.waste_bank_id,
        *map(list, (other.member_ids, other.amounts_rupiah, other.as_of)),
    )


def _act(
    action: str,
    about: PassbookImport,
    who: Caller,
    before: dict[str, str] | None,
    reason: str | None = None,
) -> Act:
    return Act(
        action,
        "passbook_import",
        str(about.import_id),
        subdistrict_code=about.subdistrict_code,
        before=before,
        after={
            "state": about.state,
            "waste_bank_id": about.waste_bank_id,
            "rows": len(about.member_ids),
            "total_rupiah": about.total_rupiah,
        },
        reason=reason,
        **done_by(who),
    )
