// Recording: a row is made, signed or sealed, and written; only then it is said to be saved. No network is asked.

import { wibDay } from "./figures.ts";
import { uuid7 } from "./ids.ts";
import { remember } from "./people.ts";
import { ports } from "./ports.ts";
import { pricesAt } from "./pricebook.ts";
import { signedText } from "./receipts.ts";
import { newRow, type StoredRow } from "./rows.ts";
import { unlocked } from "./session.ts";
import { sign } from "./signing.ts";
import { keepIfPossible } from "./storage.ts";
import type {
  BagDraft, Channel, ClosingDraft, DepositDraft, EnrolmentDraft, GroupRow, Line, SavedDeposit,
} from "./types.ts";
import { seal, type Vault } from "./vault.ts";
import { base, here, practiceWorld } from "./world.ts";

/** Nobody is unlocked: a record would belong to nobody. */
export class LockedError extends Error {}

interface Recorder {
  readonly operator_id: string;
  readonly tablet_id: string;
  readonly waste_bank_id: string;
  readonly vault: Vault;
  readonly signing: CryptoKeyPair;
}

let saved: () => void = () => undefined;

/** Tells `listener` after every save: it is time to send. */
export function onSaved(listener: () => void): void {
  saved = listener;
}

/** Rows came in by another road than the scale. */
export function onSavedNow(): void {
  if (practiceWorld.value === null) saved();
}

export function newId(): string {
  return uuid7(ports.clock.now());
}

function recorder(): Recorder {
  const who = unlocked.value;
  const { tablet } = base();
  if (who === null || tablet === null) throw new LockedError("locked");
  return {
    operator_id: who.operator.operator_id, tablet_id: tablet.tablet_id, waste_bank_id: who.bank, vault: who.vault,
    signing: tablet.signing,
  };
}

/** What every new row says about where it comes from. */
function origin(by: Recorder): Pick<StoredRow, "saved_at" | "operator_id" | "tablet_id" | "waste_bank_id" | "clock_offset_ms"> {
  const { operator_id, tablet_id, waste_bank_id } = by;
  return { saved_at: ports.clock.now(), operator_id, tablet_id, waste_bank_id, clock_offset_ms: base().clockOffsetMs };
}

async function add(rows: readonly StoredRow[]): Promise<readonly StoredRow[]> {
  const stand = await here().outbox.add(rows);
  onSavedNow();
  return stand;
}

async function addOne(row: StoredRow): Promise<StoredRow> {
  return (await add([row]))[0] ?? row;
}

export function newDeposit(memberId: string): DepositDraft | null {
  const { book } = here();
  const now = pricesAt(book, ports.clock.now(), memberId);
  if (now === null) return null;
  return {
    deposit_id: newId(), member_id: memberId, channel: "self", price_list_id: now.price_list_id, lines: [], bag_ids: [],
    replaces: null, pickup_id: null, weight_source: "keypad",
  };
}

export async function saveDeposit(draft: DepositDraft): Promise<StoredRow> {
  if (draft.lines.length === 0) throw new RangeError("a deposit needs a line");
  const by = recorder();
  const rows = [await depositRow(draft, by)];
  if (draft.pickup_id !== null) rows.push(pickupRow(draft, by));
  const [row] = await add(rows);
  void countUses(draft.lines);
  return row ?? (rows[0] as StoredRow);
}

async function depositRow(
  draft: Pick<DepositDraft, "deposit_id" | "member_id" | "channel" | "price_list_id" | "lines" | "replaces" | "bag_ids">,
  by: Recorder,
): Promise<StoredRow> {
  const from = origin(by);
  const { deposit_id, member_id, channel, price_list_id, replaces } = draft;
  const deposit: SavedDeposit = {
    deposit_id, member_id, waste_bank_id: by.waste_bank_id, tablet_id: by.tablet_id, recorder_id: by.operator_id, channel,
    weighed_at: from.saved_at, price_list_id, lines: draft.lines.map(bareLine), replaces, bag_ids: [...draft.bag_ids],
  };
  const signed = signedText(deposit);
  const signature = await sign(by.signing, signed);
  return newRow({ ...from, id: deposit_id, kind: "deposit", member_id, deposit_id, deposit, signed, signature });
}

/** The line without anything that a screen may have hung onto it. */
function bareLine({ item_code, grade, unit, quantity, shown_rupiah }: Line): Line {
  return { item_code, grade, unit, quantity, shown_rupiah };
}

function pickupRow(draft: DepositDraft, by: Recorder): StoredRow {
  const from = origin(by);
  const { deposit_id, member_id, pickup_id } = draft;
  const body = { pickup_id, deposit_id, done_at: new Date(from.saved_at).toISOString() };
  return newRow({ ...from, id: `pickup:${String(pickup_id)}`, kind: "pickup_done", member_id, deposit_id, body });
}

/** Each row of a class's list is a deposit of its own; all or none are written. */
export async function saveGroup(
  rows: readonly GroupRow[], priceListId: string, channel: Exclude<Channel, "pickup">,
): Promise<readonly StoredRow[]> {
  const by = recorder();
  const made = rows.filter((row) => row.lines.length > 0).map((row) =>
    depositRow({ ...row, channel, price_list_id: priceListId, replaces: null, bag_ids: [] }, by));
  const stand = await add(await Promise.all(made));
  void countUses(rows.flatMap((row) => row.lines));
  return stand;
}

export async function saveEnrolment(draft: EnrolmentDraft): Promise<StoredRow> {
  const by = recorder();
  const row = newRow({
    ...origin(by), id: draft.member_id, kind: "enrolment", member_id: draft.member_id,
    sealed: await seal(by.vault, draft),
  });
  const stands = await addOne(row);
  remember(draft);
  return stands;
}

export function saveBags(bags: readonly BagDraft[]): Promise<readonly StoredRow[]> {
  const by = recorder();
  const from = origin(by);
  const received_at = new Date(from.saved_at).toISOString();
  return add(bags.map(({ bag_id, member_id, label }) => newRow({
    ...from, id: bag_id, kind: "bag", member_id,
    body: { bag_id, member_id, waste_bank_id: by.waste_bank_id, label, received_at },
  })));
}

export function discardBag(bagId: string, reason: string): Promise<StoredRow> {
  const by = recorder();
  return addOne(newRow({ ...origin(by), id: `discard:${bagId}`, kind: "bag_discard", body: { bag_id: bagId, reason } }));
}

export function saveVoid(depositId: string, reason: string): Promise<StoredRow> {
  const by = recorder();
  const member_id = here().outbox.get(depositId)?.member_id ?? null;
  return addOne(newRow({
    ...origin(by), id: `void:${depositId}`, kind: "void", member_id, deposit_id: depositId, body: { reason },
  }));
}

export function saveClosing(draft: ClosingDraft): Promise<StoredRow> {
  const by = recorder();
  const body = { ...draft, waste_bank_id: by.waste_bank_id };
  return addOne(newRow({ ...origin(by), id: draft.closing_id, kind: "closing", body }));
}

export async function saveCard(
  memberId: string, cardNumber: string,
  replaced: { readonly card_id: string; readonly reason: string } | null,
): Promise<StoredRow> {
  const by = recorder();
  const sealed = await seal(by.vault, { card_number: cardNumber, ...replaced });
  return addOne(newRow({ ...origin(by), id: newId(), kind: "card", member_id: memberId, sealed }));
}

/** How often each item was weighed here: for the tiles that come first. */
async function countUses(lines: readonly Line[]): Promise<void> {
  if (practiceWorld.value !== null) return;
  const { db } = base().real;
  const uses = { ...((await db.get("kept", "uses")) as Readonly<Record<string, number>> | undefined) };
  for (const { item_code } of lines) uses[item_code] = (uses[item_code] ?? 0) + 1;
  await keepIfPossible(db, "uses", uses);
}

export function today(): string {
  return wibDay(ports.clock.now());
}
