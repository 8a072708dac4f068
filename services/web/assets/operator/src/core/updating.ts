// A newer version waits until nobody is in the middle of anything: it is taken at the next start, when the tablet is
// locked, or when a screen says so; never while a draft is open in any tab.

import { openDrafts } from "./drafting.ts";
import { unlocked } from "./session.ts";
import { Value } from "./watched.ts";

const WORKER = "/petugas/sw.js";
const SCOPE = "/petugas";
const LOOK_EVERY_MS = 3_600_000;

export const updateWaits = new Value(false);
let registration: ServiceWorkerRegistration | null = null;
let wanted = false;
/** Another tab took a newer version: the files of this one are gone from the cache. */
let behind = false;

/** Registers the service worker; the app works without one, only not without a signal. */
export async function watchUpdates(): Promise<void> {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (workers === undefined) return;
  const hadOne = workers.controller !== null;
  workers.addEventListener("controllerchange", () => {
    // The very first worker changes nothing. If another tab took a newer version, this one follows when it is idle.
    if (wanted) location.reload();
    else if (hadOne) behind = true;
    void takeIfIdle();
  });
  try {
    registration = await workers.register(WORKER, { scope: SCOPE, updateViaCache: "none" });
  } catch {
    return;
  }
  look(registration, workers);
  registration.addEventListener("updatefound", () => {
    const coming = registration?.installing;
    coming?.addEventListener("statechange", () => {
      if (registration !== null) look(registration, workers);
    });
  });
  unlocked.subscribe(() => void takeIfIdle());
  openDrafts.subscribe(() => void takeIfIdle());
  setInterval(() => void registration?.update().catch(() => undefined), LOOK_EVERY_MS);
}

function look(found: ServiceWorkerRegistration, workers: ServiceWorkerContainer): void {
  updateWaits.set(found.waiting !== null && workers.controller !== null);
  void takeIfIdle();
}

async function takeIfIdle(): Promise<void> {
  if (unlocked.value !== null) return;
  if (behind && openDrafts.value.size === 0) location.reload();
  await applyUpdate();
}

/** Takes the waiting version and starts anew; false, and nothing else, while a draft is open in this tab or another. */
export async function applyUpdate(): Promise<boolean> {
  const waiting = registration?.waiting;
  if (!updateWaits.value || waiting === null || waiting === undefined) return true;
  if (openDrafts.value.size > 0 || await othersAreBusy()) return false;
  wanted = true;
  waiting.postMessage("apply");
  return true;
}

/** Whether another tab has a draft open: each tab holds a shared lock for as long. */
async function othersAreBusy(): Promise<boolean> {
  const { held } = await navigator.locks.query();
  return held?.some((lock) => lock.name === BUSY) ?? false;
}

const BUSY = "timbang-draft";
let release: (() => void) | null = null;

/** Holds a lock while this tab has a draft open, so that other tabs see it. */
export function tellBusy(): void {
  openDrafts.subscribe((open) => {
    if (open.size > 0 && release === null) {
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      void navigator.locks.request(BUSY, { mode: "shared" }, () => held);
    } else if (open.size === 0 && release !== null) {
      release();
      release = null;
    }
  });
}
