// A tablet that nobody touches for some minutes locks itself: it lies about among people. Nothing that was begun is lost
// by it, and what was saved goes on being sent.

import { ports } from "./ports.ts";
import { unlocked } from "./session.ts";
import { keepIfPossible, readKept } from "./storage.ts";
import { Value } from "./watched.ts";
import { base } from "./world.ts";

/** Minutes that can be chosen; there is no "never". */
export const IDLE_CHOICES = [2, 5, 10, 30] as const;
const LOOK_EVERY_MS = 5_000;

export const idleMinutes = new Value(5);
/** Whether the last lock came by itself. */
export const lockedItself = new Value(false);

let touched = { clock: 0, running: 0 };

/** Somebody is at the tablet, also if it is the camera or the scale that tells. */
export function noteTouch(): void {
  touched = { clock: ports.clock.now(), running: ports.clock.running() };
}

export async function chooseIdle(minutes: number): Promise<void> {
  idleMinutes.set(minutes);
  await keepIfPossible(base().real.db, "idle_minutes", minutes);
}

/** Calls `lockUp` when nobody touched the unlocked tablet for as long as was chosen. */
export async function watchIdle(lockUp: () => void): Promise<void> {
  const chosen = await readKept(base().real.db, "idle_minutes");
  if (chosen !== undefined) idleMinutes.set(chosen);
  for (const kind of ["pointerdown", "keydown", "click", "wheel", "touchmove"]) {
    addEventListener(kind, noteTouch, { capture: true, passive: true });
  }
  unlocked.subscribe((who) => {
    noteTouch();
    if (who !== null) lockedItself.set(false);
  });
  const lockIfLeft = (passedMs: number): void => {
    if (unlocked.value === null || passedMs < idleMinutes.value * 60_000) return;
    lockedItself.set(true);
    lockUp();
  };
  setInterval(() => lockIfLeft(ports.clock.running() - touched.running), LOOK_EVERY_MS);
  // A tablet that slept knows by its clock alone for how long; it looks before anybody sees what it showed.
  document.addEventListener("visibilitychange", () => lockIfLeft(ports.clock.now() - touched.clock));
}
