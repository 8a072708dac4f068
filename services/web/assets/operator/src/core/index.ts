// The whole of what screens may use of the core. Nothing here touches the DOM, and nothing waits for the network unless
// its name says so (`setUpTablet`, `signIn`, `counter.*`, `door.*`, `knowledge.refresh`, `flush`).

import { readBanks } from "./banks.ts";
import { mark, openDrafts } from "./drafting.ts";
import * as figures from "./figures.ts";
import { findItems } from "./finding.ts";
import { onServerTime } from "./gateway.ts";
import { language, setLanguage, storedLanguage, t } from "./i18n.ts";
import { askToPersist, readiness, reckonReadiness, refresh } from "./knowledge.ts";
import { openEnrolments, watchPeople } from "./people.ts";
import { backOffMs } from "./plan.ts";
import { ports } from "./ports.ts";
import { pricesAt } from "./pricebook.ts";
import { readReceipt as readSigned } from "./receipts.ts";
import { measureClock, report } from "./reporting.ts";
import { shown, type StoredRow } from "./rows.ts";
import * as saving from "./saving.ts";
import { askWhose, signedIn, unlocked, watchSession } from "./session.ts";
import { readKept } from "./storage.ts";
import { beginSync, flush, flushSoon, reached } from "./sync.ts";
import { exportEncrypted, importExported } from "./transfer.ts";
import { twinOf } from "./twins.ts";
import type {
  Bag, BagDraft, ClosingDraft, DepositDraft, EnrolmentDraft, GroupRow, Item, Pickup, PriceList, PricesNow, Row,
  SavedDeposit, Unit,
} from "./types.ts";
import { applyUpdate, tellBusy, updateWaits, watchUpdates } from "./updating.ts";
import { rows, safety, watchView } from "./view.ts";
import { base, begin, enterBank, here, learned } from "./world.ts";

export type * from "./types.ts";
export type * from "./ports.ts";
export type { Balance, Product, Quote, QuoteWish, Redemption } from "./counter.ts";
export { cardNumberIsWhole, readCard, readSetUpCode } from "./cards.ts";
export { bankName, bankNames } from "./banks.ts";
export { counter } from "./counter.ts";
export { drafts } from "./drafting.ts";
export { printBytes, type PrintedQr } from "./escpos.ts";
export { formatRupiah, isLarge, parseQuantity } from "./figures.ts";
export { forms } from "./forms.ts";
export { door, Refused, Silent } from "./gateway.ts";
export { chooseIdle, IDLE_CHOICES, idleMinutes, lockedItself, noteTouch, watchIdle } from "./idle.ts";
export { language, setLanguage, t } from "./i18n.ts";
export { deductionRupiah, lineValueRupiah, worthOf } from "./money.ts";
export { members } from "./people.ts";
export { isMobilePhone } from "./phones.ts";
export { ports } from "./ports.ts";
export { practice } from "./practising.ts";
export { LockedError, newDeposit, newId } from "./saving.ts";
export { chooseBank, knownOperators, lock, session, setUpTablet, signIn, signOut, unlock } from "./session.ts";
export { StorageError } from "./storage.ts";
export { flush } from "./sync.ts";
export { carry, receiptText } from "./transfer.ts";
export { Value } from "./watched.ts";

declare const __VERSION__: string;
const ROUND_EVERY_MS = 5 * 60_000;
const MORNING_EVERY_MS = 15 * 60_000;

let usesHere: ReadonlyMap<string, number> = new Map();
let morningAt = -Infinity;
let morningsMissed = 0;
let morningTimer: ReturnType<typeof setTimeout> | undefined;

/** Opens the database, reads the words, begins to send. Once, before the first screen; a few milliseconds. */
export async function start(): Promise<void> {
  await Promise.all([begin(), setLanguage(storedLanguage())]);
  const { real, tablet } = base();
  if (tablet !== null) await Promise.all([enterBank(real, tablet.waste_bank_id), readBanks()]);
  onServerTime(measureClock);
  saving.onSaved(flushSoon);
  watchSession();
  watchPeople();
  watchView();
  tellBusy();
  unlocked.subscribe((who) => {
    if (who !== null) void learn(who.vault);
  });
  reached.subscribe(() => void tellAndLearn());
  beginSync(ROUND_EVERY_MS, everyRound);
  void watchUpdates().then(reckonReadiness);
  void askToPersist().then(reckonReadiness);
  void readUses();
}

/** What an open vault allows at once: new members are findable, and the morning is asked for. */
async function learn(vault: Parameters<typeof openEnrolments>[1]): Promise<void> {
  await openEnrolments(base().real.outbox.rows.value, vault);
  await tellAndLearn();
}

/** After an answer of the server: the morning if it is old, and a word about how the tablet is doing. */
async function tellAndLearn(): Promise<void> {
  const now = ports.clock.now();
  if (typeof signedIn.value !== "string") return;
  if (unlocked.value !== null && Math.abs(now - morningAt) > MORNING_EVERY_MS) {
    morningAt = now;
    if (await refresh()) morningsMissed = 0;
    else askMorningLater();
  }
  await report(__VERSION__);
}

/** A morning that did not come is asked for again soon: the queue is at the door. */
function askMorningLater(): void {
  morningAt = -Infinity;
  morningsMissed += 1;
  clearTimeout(morningTimer);
  morningTimer = setTimeout(() => void tellAndLearn(), 5 * backOffMs(morningsMissed, Math.random()));
}

function everyRound(): void {
  void reckonReadiness();
  // Another tab may have signed in meanwhile; silence is no answer and changes nothing.
  if (signedIn.value === null) askWhose().catch(() => undefined);
}

async function readUses(): Promise<void> {
  usesHere = new Map(Object.entries((await readKept(base().real.db, "uses")) ?? {}));
}

// ---- What the tablet knows ---------------------------------------------------------------------------------------

export const knowledge = {
  /** Changes whenever something was learned or measured. */
  state: readiness,
  ready: reckonReadiness,
  /** Asks for the morning now (members, prices, pick-ups, waiting bags). Never throws; false if nothing was heard. */
  refresh,
};

export const prices = {
  /** The list in force at an instant with the exceptions that hold for the member; null if there is none yet. */
  current: (_wasteBankId: string, at: number, memberId?: string): PricesNow | null =>
    pricesAt(here().book, at, memberId ?? null),
  /** A list by its id, as long as it is honoured. */
  list: (priceListId: string): PriceList | null =>
    here().book.lists.find((each) => each.price_list_id === priceListId) ?? null,
  items: (): readonly Item[] => here().book.items,
  item: (code: string): Item | null => here().book.items.find((each) => each.code === code) ?? null,
  /** By name in either language, code or search word; the most used here first. */
  search: (text: string): readonly Item[] => findItems(here().book.items, text, usesHere),
  /** What this tablet weighed most of late, at most `count`. */
  favourites: (count: number): readonly Item[] =>
    findItems(here().book.items, "", usesHere).filter((item) => usesHere.has(item.code)).slice(0, count),
};

/** The pick-ups of a day (default today), in route order if the server told it, else by slot. */
export async function listPickups(day: string = dayOf()): Promise<readonly Pickup[]> {
  const world = here();
  const route = world.morning.routes[day] ?? [];
  const place = (id: string): number => (route.includes(id) ? route.indexOf(id) : route.length);
  return [...world.known.pickups.values()]
    .filter((each) => each.scheduled_on === day)
    .map((each) => ({ ...each, done: world.outbox.get(`pickup:${each.pickup_id}`) !== null }))
    .sort((a, b) => place(a.pickup_id) - place(b.pickup_id) || (a.slot < b.slot ? -1 : 1));
}

/** Bags that wait to be weighed here: of this tablet and, as of the last morning, of others. */
export async function listBags(memberId?: string): Promise<readonly Bag[]> {
  const world = here();
  const all = world.outbox.rows.value;
  const ended = new Set(all.flatMap((row) =>
    row.state === "draft" ? [] : row.kind === "bag_discard" ? [String(row.body?.["bag_id"])] : (row.deposit?.bag_ids ?? [])));
  const told = new Set(world.morning.bags.map((bag) => bag.bag_id));
  // One that the server had before it listed them all, and did not list, was weighed or put aside elsewhere.
  const isThere = (row: StoredRow): boolean =>
    row.state === "waiting" || told.has(row.id) || (row.answered_at ?? 0) > (world.morning.bags_at ?? -1);
  const own = all.filter((row) => row.kind === "bag" && row.state !== "invalid" && isThere(row)).map(ownBag);
  const bags = new Map([...world.morning.bags.map((bag) => ({ ...bag, unsent: false })), ...own].map((bag) => [bag.bag_id, bag]));
  return [...bags.values()]
    .filter((bag) => !ended.has(bag.bag_id) && (memberId === undefined || bag.member_id === memberId))
    .sort((a, b) => a.received_at - b.received_at);
}

function ownBag(row: StoredRow): Bag {
  return {
    bag_id: row.id, member_id: String(row.member_id), label: String(row.body?.["label"]), waste_bank_id: row.waste_bank_id,
    received_at: row.saved_at, unsent: row.state === "waiting",
  };
}

// ---- Reading and writing figures ----------------------------------------------------------------------------------

/** `2,5 kg`; `2.5 kg` in English. */
export const formatKg = (grams: number): string => formatQuantity("kg", grams);
/** `2,5 kg`, `1,5 liter`, `3 buah`. */
export function formatQuantity(unit: Unit, quantity: number): string {
  const figure = unit === "piece" ? String(quantity) : figures.formatThousandths(quantity, language.value);
  const words = { kg: t("petugas.satuan.kg"), litre: t("petugas.satuan.litre"), piece: t("petugas.satuan.piece") };
  return `${figure} ${words[unit]}`;
}
/** `14.05 WIB`, with the day in front if it is not today. */
export const formatWhen = (at: number): string => figures.formatWhen(at, ports.clock.now(), language.value);
/** `Minggu, 22 November 2026` of a WIB day. */
export const formatDay = (day: string): string => figures.formatDay(day, language.value);
/** The WIB day of an instant (default now). */
export const dayOf = (at: number = ports.clock.now()): string => figures.wibDay(at);

// ---- Recording ----------------------------------------------------------------------------------------------------
// All of these return when the record lies in the database durably; "tersimpan" may be said only then. They reject if
// the tablet cannot store (`StorageError`) or nobody is unlocked (`LockedError`). The same id twice is once.

export async function saveDeposit(draft: DepositDraft): Promise<Row> {
  const row = await saving.saveDeposit(draft);
  mark(draft.deposit_id, false);
  void readUses();
  return view(row);
}
/** `draft.replaces` names what it corrects. */
export const saveCorrection = (draft: DepositDraft): Promise<Row> => saveDeposit(draft);
export const saveEnrolment = async (draft: EnrolmentDraft): Promise<Row> => view(await saving.saveEnrolment(draft));
export const saveBags = async (bags: readonly BagDraft[]): Promise<readonly Row[]> => (await saving.saveBags(bags)).map(view);
export const discardBag = async (bagId: string, reason: string): Promise<Row> => view(await saving.discardBag(bagId, reason));
export const saveVoid = async (depositId: string, reason: string): Promise<Row> => view(await saving.saveVoid(depositId, reason));
export const saveClosing = async (draft: ClosingDraft): Promise<Row> => view(await saving.saveClosing(draft));
/** A class's list: each row is a deposit of its own; rows without lines are left out. */
export async function saveGroup(group: readonly GroupRow[], channel: "assisted" | "self" = "assisted"): Promise<readonly Row[]> {
  const list = pricesAt(here().book, ports.clock.now(), null);
  if (list === null) throw new RangeError("no price list");
  const saved = await saving.saveGroup(group, list.price_list_id, channel);
  for (const row of saved) mark(row.id, false);
  return saved.map(view);
}
/** A blank card for a member who has none, or a new one for an old. */
export async function saveCard(
  memberId: string, cardNumber: string,
  replaced?: { readonly card_id: string; readonly reason: "lost" | "stolen" | "damaged" | "secret_seen" },
): Promise<Row> {
  return view(await saving.saveCard(memberId, cardNumber, replaced ?? null));
}
/** A deposit saved here in the last 10 minutes of the same member with the same item and quantity; null if none. */
export function findTwin(draft: DepositDraft): Row | null {
  const kept = here().outbox.rows.value.filter((row) => row.kind === "deposit" && row.state !== "draft");
  const twin = twinOf(draft, kept, ports.clock.now());
  return twin === null ? null : view(twin);
}

function view(row: StoredRow): Row {
  return shown(row, new Set(), () => false);
}

// ---- The outbox ---------------------------------------------------------------------------------------------------

export const outbox = {
  /** All rows that are kept, newest first; changes with every save and answer, in every tab. */
  rows,
  /** The one sentence that is always in view, and its figures. */
  safety,
  sentence: (): string => safety.value.sentence,
  async retry(id: string): Promise<void> {
    await here().outbox.change([id], (row) =>
      row.state === "draft" || row.state === "recorded" ? null : { ...row, state: "waiting", tries: 0 });
    await flush();
  },
  /** Only for a carried receipt that the server did not take: it was nobody's deposit here. */
  async dismiss(id: string): Promise<void> {
    const row = here().outbox.get(id);
    if (row !== null && row.carried && row.state === "invalid") await here().outbox.drop([id]);
  },
  /** Everything that is not at the server yet, as an encrypted file. */
  exportEncrypted,
  /** Takes such a file of this or another tablet in. Codes: `wrong_passphrase`, `no_such_file`. */
  importExported,
};

/** What a scanned receipt says; null if it is none. It says nothing about whether the signature is good. */
export function readReceipt(text: string): SavedDeposit | null {
  return readSigned(text)?.deposit ?? null;
}

export const app = {
  /** A newer version waits; it is taken at the next start, when locked, or by `applyUpdate` if no draft is open. */
  updateWaits,
  applyUpdate,
  /** What an update waits for in this tab. */
  openDrafts,
  version: __VERSION__,
};

// Whatever is learned changes how ready the tablet is.
learned.subscribe((count) => {
  if (count > 0) void reckonReadiness();
});
