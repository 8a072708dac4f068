// The tablet's database. Two of them exist: the real one, and one for practice that is thrown away.
// What is recorded is written with strict durability: it lies on the disk before anybody reads "tersimpan".

import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { ThingSaid } from "./pricebook.ts";
import type { Sealed, StoredRow } from "./rows.ts";
import type { Operator, Tablet } from "./types.ts";
import type { Wrap } from "./vault.ts";
import type { Wrong } from "./waits.ts";

export const REAL = "timbang";
export const PRACTICE = "timbang-latihan";

/** This browser as a tablet: who it is, and keys that cannot be taken out of it. */
export interface OwnTablet extends Tablet {
  readonly signing: CryptoKeyPair;
  readonly device: CryptoKey;
  /** Sealed by the server: with a signature of `signing` it brings back a cookie that was lost. Older tablets have none. */
  readonly keepsake?: string | null;
}

export interface KnownOperator extends Operator {
  readonly wrap: Wrap;
  readonly wrong: Wrong;
}

/** Where the tablet stands with a waste bank's morning; ids and instants only. */
export interface Morning {
  readonly cursor: string | null;
  readonly members_at: number | null;
  readonly prices_at: number | null;
  readonly pickups_at: number | null;
  readonly members_count: number;
  readonly missing: readonly ("members" | "prices" | "pickups")[];
  /** Absorbed ids and what they are now. */
  readonly merged: Readonly<Record<string, string>>;
  readonly bags: readonly { bag_id: string; member_id: string; waste_bank_id: string; label: string; received_at: number }[];
  /** When all bags were told; null if there were too many for one answer. */
  readonly bags_at: number | null;
  /** Pick-ups of a day in the order of driving. */
  readonly routes: Readonly<Record<string, readonly string[]>>;
}

/** Single things that are kept, each under its own name. */
export interface Kept {
  tablet: OwnTablet;
  clock_offset_ms: number;
  uses: Readonly<Record<string, number>>;
  /** Official names of waste banks. */
  banks: Readonly<Record<string, string>>;
  idle_minutes: number;
}

interface Shape extends DBSchema {
  kept: { key: string; value: unknown };
  operators: { key: string; value: KnownOperator };
  mornings: { key: string; value: Morning };
  /** Members and pick-ups, by `<bank>|<part>`. */
  sealed: { key: string; value: Sealed };
  /** Catalogue, lists and exceptions, by `<bank>|<kind>|<id>`. */
  things: { key: string; value: ThingSaid };
  outbox: { key: string; value: StoredRow };
}

export type Database = IDBPDatabase<Shape>;

/** The tablet could not store: full, or taken away by the browser. Nothing was recorded. */
export class StorageError extends Error {}

export function openStorage(name: string): Promise<Database> {
  return openDB<Shape>(name, 1, {
    upgrade(db) {
      for (const store of ["kept", "mornings", "sealed", "things"] as const) db.createObjectStore(store);
      db.createObjectStore("operators", { keyPath: "operator_id" });
      db.createObjectStore("outbox", { keyPath: "id" });
    },
    // Another tab with a newer app waits for this one: give way, a closed database is opened again at the next start.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });
}

export async function readKept<K extends keyof Kept>(db: Database, name: K): Promise<Kept[K] | undefined> {
  return (await db.get("kept", name)) as Kept[K] | undefined;
}

/** It lies on the disk before this is done: what is kept here is seldom, and some of it cannot be had again. */
export async function keep<K extends keyof Kept>(db: Database, name: K, value: Kept[K]): Promise<void> {
  const tx = db.transaction("kept", "readwrite", { durability: "strict" });
  await Promise.all([tx.store.put(value, name), tx.done]);
}

/** The same for what is good to have: a full tablet goes on without it. */
export async function keepIfPossible<K extends keyof Kept>(db: Database, name: K, value: Kept[K]): Promise<void> {
  try {
    await keep(db, name, value);
  } catch (error) {
    if (!isStorageTrouble(error)) throw error;
  }
}

/** Full, or taken away by the browser. */
export function isStorageTrouble(error: unknown): boolean {
  return error instanceof StorageError || error instanceof DOMException;
}

const TRIAL_BYTES = 65_536;

/** Whether something can be written at all, tried before something is asked for that can be had only once. */
export async function hasRoom(db: Database): Promise<boolean> {
  try {
    const tx = db.transaction("kept", "readwrite", { durability: "strict" });
    await Promise.all([tx.store.put(new Uint8Array(TRIAL_BYTES), "trial"), tx.done]);
    await db.delete("kept", "trial");
    return true;
  } catch (error) {
    if (isStorageTrouble(error)) return false;
    throw error;
  }
}

/** Every key that begins with a prefix. */
export function under(prefix: string): IDBKeyRange {
  return IDBKeyRange.bound(prefix, `${prefix}\uffff`);
}
