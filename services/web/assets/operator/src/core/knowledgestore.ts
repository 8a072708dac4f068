// What the tablet knows of a waste bank, on disk: prices in clear, members and pick-ups sealed in chunks, so that a small
// change does not write ten thousand members anew. Cursor and content are written in one transaction.

import { type Known, NO_MORNING, thingKey, type Touched, type MemberSaid, type PickupSaid } from "./morning.ts";
import type { Sealed } from "./rows.ts";
import { type Database, type Morning, under } from "./storage.ts";
import { seal, unseal, type Vault } from "./vault.ts";

const CHUNKS = 64;

export async function loadMorning(db: Database, bank: string): Promise<Morning> {
  return (await db.get("mornings", bank)) ?? NO_MORNING;
}

/** Prices, which anybody may know. */
export async function loadThings(db: Database, bank: string): Promise<Known["things"]> {
  const things = await db.getAll("things", under(`${bank}|`));
  return new Map(things.map((thing) => [thingKey(thing), thing]));
}

/** Members and pick-ups; null if they were sealed by another vault and have to be asked for anew. */
export async function loadPeople(
  db: Database, bank: string, vault: Vault,
): Promise<{ members: Known["members"]; pickups: Known["pickups"] } | null> {
  const chunks = await db.getAll("sealed", under(`${bank}|m|`));
  const opened = await Promise.all(chunks.map((chunk) => unseal<MemberSaid[]>(vault, chunk)));
  const sealedPickups = await db.get("sealed", `${bank}|p`);
  const pickups = sealedPickups === undefined ? [] : await unseal<PickupSaid[]>(vault, sealedPickups);
  if (pickups === null || opened.includes(null)) return null;
  const members = new Map<string, MemberSaid>();
  for (const chunk of opened) for (const member of chunk ?? []) members.set(member.member_id, member);
  return { members, pickups: new Map(pickups.map((each) => [each.pickup_id, each])) };
}

/** Writes what was touched, and where the tablet stands with it. */
export async function saveKnown(
  db: Database, bank: string, vault: Vault, known: Known, morning: Morning, touched: Touched,
): Promise<void> {
  const chunks = await sealMembers(vault, known, touched);
  const pickups = touched.pickups ? await seal(vault, [...known.pickups.values()]) : null;
  const tx = db.transaction(["mornings", "sealed", "things"], "readwrite");
  const sealed = tx.objectStore("sealed");
  const things = tx.objectStore("things");
  const writes: Promise<unknown>[] = [tx.objectStore("mornings").put(morning, bank)];
  for (const [number, chunk] of chunks) writes.push(sealed.put(chunk, `${bank}|m|${String(number)}`));
  if (pickups !== null) writes.push(sealed.put(pickups, `${bank}|p`));
  if (touched.things) {
    writes.push(things.delete(under(`${bank}|`)));
    for (const [key, thing] of known.things) writes.push(things.put(thing, `${bank}|${key}`));
  }
  await Promise.all([...writes, tx.done]);
}

async function sealMembers(vault: Vault, known: Known, touched: Touched): Promise<readonly [number, Sealed][]> {
  const wanted = touched.members === null ? null : new Set([...touched.members].map(chunkOf));
  const chunks = new Map<number, MemberSaid[]>();
  for (let number = 0; number < CHUNKS; number += 1) if (wanted?.has(number) ?? true) chunks.set(number, []);
  for (const member of known.members.values()) chunks.get(chunkOf(member.member_id))?.push(member);
  return Promise.all([...chunks].map(async ([number, each]) => [number, await seal(vault, each)] as [number, Sealed]));
}

function chunkOf(memberId: string): number {
  return parseInt(memberId.slice(-2), 16) % CHUNKS;
}
