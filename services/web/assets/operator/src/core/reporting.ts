// The tablet tells how it is doing, so that somebody notices one that cannot send. Ids and figures only.

import type { components as Deposit } from "../types/deposit.ts";
import { door, Refused, Silent } from "./gateway.ts";
import { reckonReadiness, spaceLeft } from "./knowledge.ts";
import { ports } from "./ports.ts";
import { keepIfPossible } from "./storage.ts";
import { session } from "./session.ts";
import { base } from "./world.ts";

const MIB = 1024 * 1024;
const EVERY_MS = 5 * 60_000;
/** The server's clock is told to the second. */
const HALF_A_SECOND = 500;
/** A slow answer says little about the time at which its clock was read. */
const ROUND_TRIP_MOST_MS = 5_000;

let last = -Infinity;

/** At most every five minutes; a report that does not arrive is followed by the next one. */
export async function report(version: string): Promise<void> {
  const now = ports.clock.now();
  const bank = session.value.waste_bank_id;
  if (bank === null || Math.abs(now - last) < EVERY_MS) return;
  last = now;
  const waiting = base().real.outbox.rows.value.filter((row) => row.state === "waiting");
  const oldest = waiting.reduce((least, row) => Math.min(least, row.saved_at), Infinity);
  const free = await spaceLeft();
  try {
    await door.post("deposit", "/v1/tablets:report", {
      waste_bank_id: bank,
      reported_at: new Date(now).toISOString(),
      app_version: version,
      queue_length: waiting.length,
      oldest_queued_at: oldest === Infinity ? null : new Date(oldest).toISOString(),
      battery_percent: await ports.battery.percent(),
      storage_free_mib: free === null ? null : Math.floor(free / MIB),
    } satisfies Deposit["schemas"]["TabletReport"]);
  } catch (error) {
    if (!(error instanceof Silent) && !(error instanceof Refused)) throw error;
    last = -Infinity;
  }
}

/** Measures how far the tablet's clock is ahead of the server's; it is noted with what is recorded, never refused. */
export function measureClock(serverNow: number, roundTripMs: number): void {
  if (roundTripMs > ROUND_TRIP_MOST_MS) return;
  const ground = base();
  const offset = Math.round(ports.clock.now() - roundTripMs / 2 - serverNow - HALF_A_SECOND);
  const before = ground.clockOffsetMs;
  ground.clockOffsetMs = offset;
  if (before !== null && Math.abs(before - offset) <= 1_000) return;
  void keepIfPossible(ground.real.db, "clock_offset_ms", offset);
  void reckonReadiness();
}
