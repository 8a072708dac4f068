/** A weighing while it is entered: its prices, its lines, and that nothing typed is lost when the tablet dies. */
import {
  type DepositDraft, drafts, formatQuantity, type Line, lineValueRupiah, newDeposit, outbox, parseQuantity, ports,
  LockedError, prices, type PricesNow, type SavedDeposit, session, Value,
} from "../core/index.ts";
import type { Goods } from "./goods.ts";

/** What is on the scale now: chosen goods and the text typed so far. */
export interface OnScale {
  readonly goods: Goods;
  readonly text: string;
  readonly source: "keypad" | "scale";
}

/** Drafts opened since the app started, so that a new one is there at once. */
const opened = new Map<string, DepositDraft>();

export function openDraft(memberId: string, also: Partial<DepositDraft> = {}): DepositDraft | null {
  const empty = newDeposit(memberId);
  if (empty === null) return null;
  const draft = { ...empty, ...also };
  keepDraft(draft);
  return draft;
}

/** The draft by its id; null if there is none (any more). */
export async function findDraft(depositId: string): Promise<DepositDraft | null> {
  const mine = opened.get(depositId);
  if (mine !== undefined) return mine;
  return (await drafts.list()).find(({ draft }) => draft.deposit_id === depositId)?.draft ?? null;
}

let writing: Promise<void> = Promise.resolve();

/** Whether the last draft could not be written: the tablet is full. It is still in memory, and saving is tried all the same. */
export const draftsUnkept = new Value(false);

/** Keeps the latest; writes stand in line, so that an older one never overtakes. */
export function keepDraft(draft: DepositDraft): void {
  opened.set(draft.deposit_id, draft);
  writing = writing.then(async () => {
    if (opened.get(draft.deposit_id) !== draft) return;
    try {
      await drafts.save(draft);
      draftsUnkept.set(false);
    } catch (error) {
      // Locked in between: what was typed until then is written.
      if (!(error instanceof LockedError)) draftsUnkept.set(true);
    }
  });
}

export async function forgetDraft(depositId: string): Promise<void> {
  opened.delete(depositId);
  await writing;
  await drafts.drop(depositId);
}

/** A correction starts from what was saved, at the prices that were shown then. */
export function openCorrection(saved: SavedDeposit, reason: string): DepositDraft | null {
  return openDraft(saved.member_id, {
    channel: saved.channel,
    lines: saved.lines,
    bag_ids: saved.bag_ids,
    replaces: { deposit_id: saved.deposit_id, reason },
    ...(prices.list(saved.price_list_id) !== null && { price_list_id: saved.price_list_id }),
  });
}

/** The prices of this weighing: those of its list for as long as it has lines, so that no figure changes under the eyes. */
export function pricesOf(draft: DepositDraft): PricesNow | null {
  const bank = session.value.waste_bank_id;
  const now = bank === null ? null : prices.current(bank, ports.clock.now(), draft.member_id);
  if (now?.price_list_id === draft.price_list_id) return now;
  const list = prices.list(draft.price_list_id);
  if (list === null) return now;
  return { ...list, items: prices.items(), price: (code, grade) => list.prices.get(`${code}/${grade}`) ?? null };
}

/** The line that lies on the scale; null while nothing usable is typed. */
export function lineOf({ goods, text }: OnScale): Line | null {
  const quantity = parseQuantity(text, goods.unit);
  if (quantity === null) return null;
  return {
    item_code: goods.code,
    grade: goods.grade,
    unit: goods.unit,
    quantity,
    shown_rupiah: lineValueRupiah(goods.unit, quantity, goods.price),
  };
}

/** A quantity as it would have been typed. */
export function typedAs({ unit, quantity }: Line): string {
  return unit === "piece" ? String(quantity) : String(quantity / 1000).replace(".", ",");
}

export const lineQuantity = ({ unit, quantity }: Line): string => formatQuantity(unit, quantity);

/** What the tablet knows of a deposit that was saved or scanned here. */
export function savedRow(depositId: string) {
  return outbox.rows.value.find((row) => row.kind === "deposit" && row.deposit_id === depositId) ?? null;
}
