// The text that is signed for every deposit, and the QR that carries it. Both sides of the road read the same letters:
// a receipt in the resident's hand is a second copy of what a lost tablet had not sent.

import { base64url, fromBase64url, longId, shortId } from "./ids.ts";
import type { Channel, Line, SavedDeposit, Unit } from "./types.ts";

const VERSION = 1;
const MARK = "TMD1";
const SIGNATURE_BYTES = 64;
const CHANNELS: readonly string[] = ["self", "assisted", "pickup"];
const UNITS: readonly string[] = ["kg", "litre", "piece"];

export interface Receipt {
  readonly signed: string;
  readonly signature: string;
  readonly deposit: SavedDeposit;
}

/** What is signed: a compact array whose order never changes within a version. */
export function signedText(deposit: SavedDeposit): string {
  const { replaces } = deposit;
  return JSON.stringify([
    VERSION,
    shortId(deposit.deposit_id),
    shortId(deposit.tablet_id),
    shortId(deposit.recorder_id),
    shortId(deposit.member_id),
    deposit.waste_bank_id,
    deposit.channel,
    deposit.weighed_at,
    shortId(deposit.price_list_id),
    deposit.lines.map((line) => [line.item_code, line.grade, line.unit, line.quantity, line.shown_rupiah]),
    replaces === null ? null : [shortId(replaces.deposit_id), replaces.reason],
    deposit.bag_ids.map(shortId),
  ]);
}

export function qrText(signed: string, signature: string): string {
  return `${MARK}.${signature}.${signed}`;
}

/** What a scanned text says; null if it is no receipt of this version. Whether it is true, only the signature tells. */
export function readReceipt(text: string): Receipt | null {
  const parts = /^TMD1\.([A-Za-z0-9_-]{86})\.(\[.*\])$/s.exec(text.trim());
  const [, signature = "", signed = ""] = parts ?? [];
  if (fromBase64url(signature)?.length !== SIGNATURE_BYTES) return null;
  const deposit = readSigned(signed);
  return deposit === null ? null : { signed, signature, deposit };
}

export function writeSignature(bytes: ArrayBuffer): string {
  return base64url(new Uint8Array(bytes));
}

function readSigned(signed: string): SavedDeposit | null {
  let said: unknown;
  try {
    said = JSON.parse(signed);
  } catch {
    return null;
  }
  if (!Array.isArray(said) || said.length !== 12 || said[0] !== VERSION) return null;
  const parts: readonly unknown[] = said;
  const [deposit_id, tablet_id, recorder_id, member_id] = parts.slice(1, 5).map(longId);
  const [waste_bank_id, channel, weighed_at] = parts.slice(5, 8);
  const price_list_id = longId(parts[8]);
  const lines = readList(parts[9], readLine);
  const replaces = parts[10] === null ? null : readReplaces(parts[10]);
  const bag_ids = readList(parts[11], longId);
  if (!deposit_id || !tablet_id || !recorder_id || !member_id || !price_list_id) return null;
  if (typeof waste_bank_id !== "string" || !isChannel(channel) || !isWhole(weighed_at)) return null;
  if (lines === null || bag_ids === null || replaces === undefined) return null;
  return {
    deposit_id, member_id, waste_bank_id, tablet_id, recorder_id, channel, weighed_at, price_list_id, lines, replaces,
    bag_ids,
  };
}

function readLine(said: unknown): Line | null {
  if (!Array.isArray(said) || said.length !== 5) return null;
  const [item_code, grade, unit, quantity, shown_rupiah]: readonly unknown[] = said;
  if (typeof item_code !== "string" || typeof grade !== "string" || !isUnit(unit)) return null;
  return isWhole(quantity) && isWhole(shown_rupiah) ? { item_code, grade, unit, quantity, shown_rupiah } : null;
}

function readReplaces(said: unknown): SavedDeposit["replaces"] | undefined {
  if (!Array.isArray(said) || said.length !== 2) return undefined;
  const [of, reason]: readonly unknown[] = said;
  const deposit_id = longId(of);
  return deposit_id !== null && typeof reason === "string" ? { deposit_id, reason } : undefined;
}

function readList<T>(said: unknown, read: (one: unknown) => T | null): readonly T[] | null {
  if (!Array.isArray(said)) return null;
  const all = said.map(read);
  return all.includes(null) ? null : (all as readonly T[]);
}

function isWhole(said: unknown): said is number {
  return Number.isSafeInteger(said) && (said as number) >= 0;
}

function isChannel(said: unknown): said is Channel {
  return typeof said === "string" && CHANNELS.includes(said);
}

function isUnit(said: unknown): said is Unit {
  return typeof said === "string" && UNITS.includes(said);
}
