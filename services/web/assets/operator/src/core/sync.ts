// Sending: one flusher on the whole tablet (Web Locks), started by whatever gives hope, stopped by silence and begun
// again later. A request whose answer never came is simply sent again: every record has an id of its own.

import { line, Refused, Silent } from "./gateway.ts";
import { ports } from "./ports.ts";
import { backOffMs, type DoorName, judged, nextLimit, nextSending, type Sender, type Sending } from "./plan.ts";
import type { StoredRow } from "./rows.ts";
import { send } from "./sending.ts";
import { askWhose, signedIn, unlocked } from "./session.ts";
import { judgeRefusal } from "./answers.ts";
import { isStorageTrouble } from "./storage.ts";
import { Value } from "./watched.ts";
import { base } from "./world.ts";

/** The screen comes first: it is drawn before anything goes out. */
const AFTER_SAVE_MS = 250;
const REST_MS = 3_000;

/** Ids on their way at this moment. */
export const sending = new Value<ReadonlySet<string>>(new Set());
/** Comes after every round that reached the server. */
export const reached = new Value(0);

type Ended = "done" | "silent" | "signed_out";

const limits = new Map<DoorName, number>();
let running: Promise<void> | null = null;
let again = false;
let failures = 0;
let failedAt = -Infinity;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Sends what can be sent. Callers during a round share the one after it, so nothing saved meanwhile is forgotten. */
export function flush(): Promise<void> {
  if (running !== null) {
    again = true;
    return running;
  }
  running = flushAll().finally(() => {
    running = null;
  });
  return running;
}

/** Something says that the line may be back: whatever was waited for until now is forgotten. */
function hope(): void {
  failures = 0;
  void flush();
}

/** After a save. With no line at all, a queue of people must not become a queue of requests. */
export function flushSoon(): void {
  const rests = failedAt + REST_MS - performance.now();
  clearTimeout(timer);
  timer = setTimeout(() => void flush(), Math.max(AFTER_SAVE_MS, rests));
}

async function flushAll(): Promise<void> {
  do {
    again = false;
    clearTimeout(timer);
    const ended = await navigator.locks.request("timbang-flush", round);
    if (ended === "silent") {
      failures += 1;
      failedAt = performance.now();
      timer = setTimeout(() => void flush(), backOffMs(failures, Math.random()));
      return;
    }
    failures = 0;
    if (ended === "signed_out") return;
    reached.set(reached.value + 1);
  } while (again);
}

/** Under whose sign-in rows go out now; null if nobody's. Throws Silent. */
async function currentSender(): Promise<Sender | null> {
  const operator_id = signedIn.value === undefined ? await askWhose() : signedIn.value;
  const { tablet } = base();
  if (operator_id === null || tablet === null) return null;
  return { operator_id, tablet_id: tablet.tablet_id, key: unlocked.value?.vault.fingerprint ?? null };
}

async function round(): Promise<Ended> {
  const { outbox } = base().real;
  if (!outbox.rows.value.some((row) => row.state !== "draft" && row.state !== "recorded")) return "done";
  const done = new Set<string>();
  let silence = false;
  try {
    for (;;) {
      const sender = await currentSender();
      if (sender === null) return "signed_out";
      const next = nextSending(outbox.rows.value, sender, ports.clock.now(), done, limits);
      if (next === null) return silence ? "silent" : "done";
      silence = (await sendOne(next, done)) || silence;
    }
  } catch (error) {
    // What could not be written down about an answer is asked for again later: every record has an id of its own.
    if (error instanceof Silent || isStorageTrouble(error)) return "silent";
    throw error;
  } finally {
    sending.set(new Set());
  }
}

/** True if this part of the round has to be tried again later. Throws Silent if nothing answers at all. */
async function sendOne(next: Sending, done: Set<string>): Promise<boolean> {
  const ids = next.rows.map((row) => row.id);
  const before = limits.get(next.door) ?? ids.length;
  sending.set(new Set(ids));
  try {
    const answers = await send(next, unlocked.value?.vault ?? null, ports.clock.now());
    const now = ports.clock.now();
    await base().real.outbox.change(ids, (row) => {
      const answer = answers.get(row.id);
      return answer === undefined ? { ...row, tries: row.tries + 1 } : judged(row, answer, now);
    });
    for (const id of ids) done.add(id);
    failures = 0;
    limits.set(next.door, nextLimit(next.door, ids.length, true, before));
    return answers.size < ids.length;
  } catch (error) {
    return notTaken(error, next, ids, done, before);
  }
}

/** A whole request was not taken: by silence, by a sign-in that is over, or because one of its rows spoils it. */
async function notTaken(
  error: unknown, next: Sending, ids: readonly string[], done: Set<string>, before: number,
): Promise<boolean> {
  if (error instanceof Silent && error.status === null) {
    // Noted once: a day without a line is not written down with every try.
    await base().real.outbox.change(ids, (row) => (row.tries === 0 ? triedInVain(row) : null));
    throw error;
  }
  if (error instanceof Refused && error.status === 401) {
    signedIn.set(null);
    return false;
  }
  if (!(error instanceof Refused) && !(error instanceof Silent)) throw error;
  limits.set(next.door, nextLimit(next.door, ids.length, false, before));
  const lasting = error instanceof Refused && isAboutTheRows(error, next.door);
  if (lasting && ids.length > 1) return false;
  const now = ports.clock.now();
  await base().real.outbox.change(ids, (row) => lasting
    ? judged(row, judgeRefusal(error.status, error.code, error.detail), now)
    : triedInVain(row));
  for (const id of ids) done.add(id);
  return !lasting;
}

function triedInVain(row: StoredRow): StoredRow {
  return row.state === "waiting" ? { ...row, tries: row.tries + 1, code: "no_answer" } : row;
}

/** Whether a refusal judges what was sent; one that only says "not here" or "not now" must not mark a good row. */
function isAboutTheRows(refused: Refused, by: DoorName): boolean {
  if (refused.code.startsWith("status_") || [405, 408, 425, 429].includes(refused.status)) return false;
  return refused.status !== 404 || by === "single";
}

/** Listens to everything that gives hope: a signal, somebody who looks at the tablet, time. */
export function beginSync(everyMs: number, everyTime: () => void): void {
  addEventListener("online", hope);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") hope();
  });
  line.subscribe((found) => {
    if (found === "heard" && failures > 0 && running === null) hope();
  });
  signedIn.subscribe((who) => {
    if (typeof who === "string") void flush();
  });
  unlocked.subscribe((who) => {
    if (who !== null) void flush();
  });
  setInterval(() => {
    everyTime();
    void flush();
  }, everyMs);
  void flush();
}
