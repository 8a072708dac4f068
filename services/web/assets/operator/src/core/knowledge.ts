// What is fetched for a day without a signal, and how ready the tablet is for it.

import { door, Silent } from "./gateway.ts";
import { saveKnown } from "./knowledgestore.ts";
import { type MorningPage, takeIn, type Touched } from "./morning.ts";
import { ports } from "./ports.ts";
import { makePriceBook, pricesAt } from "./pricebook.ts";
import { unlocked } from "./session.ts";
import type { Morning } from "./storage.ts";
import type { Readiness } from "./types.ts";
import type { Vault } from "./vault.ts";
import { Value } from "./watched.ts";
import { base, enterBank, learned, openPeople, type World } from "./world.ts";
import { wibDay } from "./figures.ts";

const LOW_SPACE = 50 * 1024 * 1024;
const CLOCK_WRONG_MS = 5 * 60_000;
const PAGES_A_WRITE = 8;
/** More pages than any waste bank has members: a server that always says "more" must not keep a tablet busy for ever. */
const PAGES_MOST = 500;

export const readiness = new Value<Readiness>({
  ready: false, pricesAge: null, membersAge: null, pickupsAge: null, membersCount: 0, storagePersisted: false,
  freeBytes: null, lowSpace: false, clockOffsetMs: null, clockWrong: false, missing: [],
});

/** Reckons anew how ready the tablet is. */
export async function reckonReadiness(): Promise<Readiness> {
  const { real, clockOffsetMs } = base();
  const now = ports.clock.now();
  const [storagePersisted, freeBytes, app] = await Promise.all([isPersisted(), spaceLeft(), appIsKept()]);
  const { prices_at, members_at, pickups_at, members_count, missing } = real.morning;
  const age = (at: number | null): number | null => (at === null ? null : Math.max(0, now - at));
  const found: Readiness = {
    ready: app && base().tablet !== null && members_at !== null && pricesAt(real.book, now, null) !== null,
    pricesAge: age(prices_at), membersAge: age(members_at), pickupsAge: age(pickups_at), membersCount: members_count,
    storagePersisted, freeBytes, lowSpace: freeBytes !== null && freeBytes < LOW_SPACE,
    clockOffsetMs, clockWrong: Math.abs(clockOffsetMs ?? 0) > CLOCK_WRONG_MS, missing,
  };
  readiness.set(found);
  return found;
}

export async function askToPersist(): Promise<void> {
  await (navigator.storage as StorageManager | undefined)?.persist();
}

export async function spaceLeft(): Promise<number | null> {
  const told = await (navigator.storage as StorageManager | undefined)?.estimate();
  return told?.quota === undefined || told.usage === undefined ? null : told.quota - told.usage;
}

async function isPersisted(): Promise<boolean> {
  return (await (navigator.storage as StorageManager | undefined)?.persisted()) ?? false;
}

/** Whether the app itself starts without a signal. */
async function appIsKept(): Promise<boolean> {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  const registration = await workers?.getRegistration();
  return registration !== undefined && registration.active !== null;
}

let asking: Promise<boolean> | null = null;

/** Asks for everything that changed; several askers share one question. False if nothing was heard. */
export function refresh(): Promise<boolean> {
  const shared = asking ?? askAlone();
  asking = shared;
  return shared;
}

/** One tab asks at a time: the other would write the same pages. */
async function askAlone(): Promise<boolean> {
  try {
    return await navigator.locks.request("timbang-morning", refreshOnce);
  } catch (error) {
    // Full or taken away: what is known in memory goes on being used, and the readiness tells its age.
    if (error instanceof DOMException) return false;
    throw error;
  } finally {
    asking = null;
  }
}

async function refreshOnce(): Promise<boolean> {
  const who = unlocked.value;
  const { real } = base();
  if (who === null) return false;
  await catchUp(real, who.bank, who.vault);
  const heard = await readPages(real, who.bank, who.vault);
  if (heard) await readExtras(real, who.bank, who.vault);
  learned.set(learned.value + 1);
  await reckonReadiness();
  return heard;
}

/** Another tab may have learned more than this one. */
async function catchUp(world: World, bank: string, vault: Vault): Promise<void> {
  const stored = await world.db.get("mornings", bank);
  if (world.bank === bank && world.open && (stored?.cursor ?? null) === world.morning.cursor) return;
  await enterBank(world, bank);
  await openPeople(world, vault);
}

async function readPages(world: World, bank: string, vault: Vault): Promise<boolean> {
  let touched = untouched();
  let { morning } = world;
  for (let number = 1; number <= PAGES_MOST; number += 1) {
    const query = { waste_bank_id: bank, cursor: morning.cursor ?? undefined };
    const page = await askQuietly<MorningPage>("/v1/morning", query);
    // Locked or moved on meanwhile: what was heard belongs to nobody here any more.
    if (page === null || unlocked.value?.bank !== bank || !world.open) return false;
    morning = takeIn(world.known, morning, page, ports.clock.now(), touched);
    if (!page.more || number % PAGES_A_WRITE === 0) {
      await write(world, bank, vault, morning, touched);
      touched = untouched();
    }
    if (!page.more) return true;
  }
  return true;
}

async function write(world: World, bank: string, vault: Vault, morning: Morning, touched: Touched): Promise<void> {
  await saveKnown(world.db, bank, vault, world.known, morning, touched);
  world.morning = morning;
  if (touched.things) world.book = makePriceBook([...world.known.things.values()]);
}

interface BagsPage {
  readonly bags: Morning["bags"] extends readonly (infer B)[] ? readonly (Omit<B, "received_at"> & { received_at: string })[] : never;
  readonly next_cursor: string | null;
}
interface RouteSaid {
  readonly slots: readonly { readonly stops: readonly { readonly pickup: { readonly pickup_id: string } }[] }[];
}

/** Bags that wait here, and today's order of driving: good to have, and nothing fails without them. */
async function readExtras(world: World, bank: string, vault: Vault): Promise<void> {
  const asked = ports.clock.now();
  const today = wibDay(asked);
  const [bags, route] = await Promise.all([
    askQuietly<BagsPage>("/v1/bags", { waste_bank_id: bank, limit: 200 }),
    askQuietly<RouteSaid>("/v1/pickup-routes", { waste_bank_id: bank, on: today }),
  ]);
  if (!world.open || world.bank !== bank) return;
  const morning: Morning = {
    ...world.morning,
    bags: bags?.bags.map((bag) => ({ ...bag, received_at: Date.parse(bag.received_at) })) ?? world.morning.bags,
    bags_at: bags === null ? world.morning.bags_at : bags.next_cursor === null ? asked : null,
    routes: route === null ? world.morning.routes
      : { [today]: route.slots.flatMap((slot) => slot.stops.map((stop) => stop.pickup.pickup_id)) },
  };
  await write(world, bank, vault, morning, untouched());
}

async function askQuietly<T>(path: string, query: Readonly<Record<string, string | number | undefined>>): Promise<T | null> {
  try {
    return await door.get<T>("deposit", path, query);
  } catch (error) {
    if (error instanceof Silent || (error as { status?: unknown }).status !== undefined) return null;
    throw error;
  }
}

function untouched(): Touched {
  return { members: new Set(), things: false, pickups: false };
}
