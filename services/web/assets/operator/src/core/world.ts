// The database in use and what was read from it. There is the real world and, while somebody practises, another one;
// only the real one is ever sent.

import { loadMorning, loadPeople, loadThings } from "./knowledgestore.ts";
import { type Known, NO_MORNING } from "./morning.ts";
import { OutboxStore } from "./outboxstore.ts";
import { ports } from "./ports.ts";
import { makePriceBook, type PriceBook } from "./pricebook.ts";
import { type Database, type Morning, openStorage, type OwnTablet, REAL, readKept } from "./storage.ts";
import { Value } from "./watched.ts";
import type { Vault } from "./vault.ts";

export interface World {
  readonly db: Database;
  readonly outbox: OutboxStore;
  bank: string | null;
  known: Known;
  book: PriceBook;
  morning: Morning;
  /** Whether members and pick-ups have been opened. */
  open: boolean;
}

/** What the whole app stands on; set by `begin`. */
interface Ground {
  readonly real: World;
  tablet: OwnTablet | null;
  clockOffsetMs: number | null;
}

let ground: Ground | null = null;
/** The practice world while somebody practises. */
export const practiceWorld = new Value<World | null>(null);
/** Counts up whenever something that was learned changed. */
export const learned = new Value(0);

export async function begin(): Promise<void> {
  const db = await openStorage(REAL);
  const real = await makeWorld(db);
  const tablet = (await readKept(db, "tablet")) ?? null;
  const clockOffsetMs = (await readKept(db, "clock_offset_ms")) ?? null;
  ground = { real, tablet, clockOffsetMs };
}

export async function makeWorld(db: Database): Promise<World> {
  return {
    db, outbox: await OutboxStore.open(db, ports.clock.now()), bank: null, known: nothing(), book: makePriceBook([]),
    morning: NO_MORNING, open: false,
  };
}

export function base(): Ground {
  if (ground === null) throw new Error("start() first");
  return ground;
}

/** Where things are recorded now: the real world, or the one for practice. */
export function here(): World {
  return practiceWorld.value ?? base().real;
}

/** Reads the prices of a waste bank; members follow when the vault is open. */
export async function enterBank(world: World, bank: string): Promise<void> {
  const [morning, things] = await Promise.all([loadMorning(world.db, bank), loadThings(world.db, bank)]);
  Object.assign(world, { bank, morning, open: false, known: { ...nothing(), things } });
  world.book = makePriceBook([...things.values()]);
  learned.set(learned.value + 1);
}

/** Opens members and pick-ups. What another vault had sealed is forgotten and asked for anew. */
export async function openPeople(world: World, vault: Vault): Promise<void> {
  if (world.bank === null) return;
  const people = await loadPeople(world.db, world.bank, vault);
  if (people === null) world.morning = NO_MORNING;
  world.known = { ...world.known, ...(people ?? { members: new Map(), pickups: new Map() }) };
  world.open = true;
  learned.set(learned.value + 1);
}

/** Forgets in memory whatever names people. */
export function closePeople(world: World): void {
  world.known = { ...nothing(), things: world.known.things };
  world.open = false;
  learned.set(learned.value + 1);
}

function nothing(): Known {
  return { members: new Map(), things: new Map(), pickups: new Map() };
}
