// What is sent next, and what an answer means for a row: pure, so that every order and every answer can be tested.
// Enrolments go before deposits, bags before the weighing that empties them, voids after their deposit and only under
// their own operator. One bad row never holds up the others.

import { wibDay } from "./figures.ts";
import type { StoredRow, StoredState } from "./rows.ts";
import type { RowKind } from "./types.ts";

export type DoorName = "enrolments" | "bags" | "deposits" | "carried" | "single";

/** Under whose sign-in it is sent. `key`: fingerprint of the open vault, null while locked. */
export interface Sender {
  readonly operator_id: string;
  readonly tablet_id: string;
  readonly key: string | null;
}

export interface Sending {
  readonly door: DoorName;
  readonly rows: readonly StoredRow[];
}

/** One answer for one row; `words` for people. */
export interface Judged {
  readonly state: StoredState;
  readonly code: string | null;
  readonly detail: string | null;
  readonly twin_of: string | null;
}

const RANK: Readonly<Record<RowKind, number>> = {
  enrolment: 0, card: 1, bag: 2, deposit: 3, void: 4, pickup_done: 5, bag_discard: 6, closing: 7,
};
const MOST: Readonly<Record<DoorName, number>> = { enrolments: 50, bags: 100, deposits: 100, carried: 100, single: 1 };
/** An enrolment that cannot be sent must not hold its deposits back for ever: the server sets them aside visibly. */
const HELD_FOR_ENROLMENT_MS = 12 * 3_600_000;
const ASK_AGAIN_MS = 10 * 60_000;

/** The next rows to send by one door; null if there is nothing (more) to do. `done`: tried in this round already. */
export function nextSending(
  rows: readonly StoredRow[], sender: Sender, now: number, done: ReadonlySet<string>,
  limits: ReadonlyMap<DoorName, number>,
): Sending | null {
  const waiting = waitingIds(rows);
  const candidates = rows
    .filter((row) => !done.has(row.id) && isDue(row, now) && maySend(row, sender) && !isHeld(row, rows, waiting, now))
    .sort((a, b) => RANK[a.kind] - RANK[b.kind] || a.tries - b.tries || a.saved_at - b.saved_at || (a.id < b.id ? -1 : 1));
  const first = candidates[0];
  if (first === undefined) return null;
  const door = doorOf(first, sender);
  const most = Math.min(MOST[door], limits.get(door) ?? MOST[door]);
  const rank = RANK[first.kind];
  const along = candidates.filter((row) => RANK[row.kind] === rank && doorOf(row, sender) === door);
  return { door, rows: along.slice(0, most) };
}

/** Whether a waiting row needs somebody else's (or anybody's) sign-in before it can go. */
export function needsSignIn(row: StoredRow, sender: Sender | null): boolean {
  return sender === null || (isPersonal(row.kind) && row.operator_id !== sender.operator_id);
}

/** By which door a row goes: a deposit that somebody else weighed, or another tablet, is carried with its signature. */
export function doorOf(row: StoredRow, sender: Sender): DoorName {
  if (row.kind === "enrolment") return "enrolments";
  if (row.kind === "bag") return "bags";
  if (row.kind !== "deposit") return "single";
  const own = !row.carried && row.operator_id === sender.operator_id && row.tablet_id === sender.tablet_id;
  return own ? "deposits" : "carried";
}

/** A void or closing is a decision: only the one who made it may bring it. */
function isPersonal(kind: RowKind): boolean {
  return kind === "void" || kind === "closing";
}

function isDue(row: StoredRow, now: number): boolean {
  if (row.state === "waiting") return true;
  const unsettled = row.kind === "deposit" && (row.state === "waiting_for_member" || row.state === "quarantined");
  return unsettled && now - (row.answered_at ?? 0) > ASK_AGAIN_MS;
}

function maySend(row: StoredRow, sender: Sender): boolean {
  if (row.sealed !== null && row.sealed.key !== sender.key) return false;
  return !needsSignIn(row, sender);
}

interface Waiting {
  readonly enrolments: ReadonlyMap<string, number>;
  readonly bags: ReadonlySet<string>;
  readonly deposits: ReadonlySet<string>;
}

function waitingIds(rows: readonly StoredRow[]): Waiting {
  const waiting = rows.filter((row) => row.state === "waiting");
  return {
    enrolments: new Map(waiting.filter((r) => r.kind === "enrolment").map((r) => [r.id, r.saved_at])),
    bags: new Set(waiting.filter((r) => r.kind === "bag").map((r) => r.id)),
    deposits: new Set(waiting.filter((r) => r.kind === "deposit").map((r) => r.id)),
  };
}

/** Whether something that must arrive before it is still on the tablet. */
function isHeld(row: StoredRow, rows: readonly StoredRow[], waiting: Waiting, now: number): boolean {
  const enrolled = row.member_id === null ? undefined : waiting.enrolments.get(row.member_id);
  const enrolmentFirst = enrolled !== undefined && now - enrolled < HELD_FOR_ENROLMENT_MS;
  switch (row.kind) {
    case "enrolment":
      return false;
    case "card":
    case "bag":
      return enrolmentFirst;
    case "deposit":
      return enrolmentFirst || (row.deposit?.bag_ids.some((bag) => waiting.bags.has(bag)) ?? false);
    case "bag_discard":
      return waiting.bags.has(String(row.body?.["bag_id"]));
    case "void":
    case "pickup_done":
      return row.deposit_id !== null && waiting.deposits.has(row.deposit_id);
    case "closing":
      return rows.some((other) => belongsTo(other, row));
  }
}

/** Whether a deposit of the day that is closed has not been sent. */
function belongsTo(other: StoredRow, closing: StoredRow): boolean {
  return other.kind === "deposit" && other.state === "waiting" && other.deposit !== null
    && other.waste_bank_id === closing.waste_bank_id
    && wibDay(other.deposit.weighed_at) <= String(closing.body?.["on"]);
}

/** A row after it was judged. */
export function judged(row: StoredRow, by: Judged, now: number): StoredRow {
  return { ...row, ...by, answered_at: now, tries: 0 };
}

/** Half as many after a failure, twice as many after a success: the row that spoils a batch is found by itself. */
export function nextLimit(door: DoorName, sent: number, worked: boolean, before: number): number {
  return worked ? Math.min(MOST[door], Math.max(before, sent) * 2) : Math.max(1, Math.floor(sent / 2));
}

/** How long to wait after so many rounds in a row without an answer: 1 s doubling to 5 min, spread by `draw` (0 to 1). */
export function backOffMs(failures: number, draw: number): number {
  const whole = Math.min(300_000, 1_000 * 2 ** Math.min(failures - 1, 10));
  return Math.round(whole * (0.75 + draw / 4));
}
