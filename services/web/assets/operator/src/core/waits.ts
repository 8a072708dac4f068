// After wrong PINs the tablet waits longer and longer; only the right PIN ends it, time alone never takes one away.

/** What is kept about somebody's wrong PINs. */
export interface Wrong {
  readonly count: number;
  readonly last_at: number;
}

const FREE = 2;
const SECONDS = [5, 15, 30, 60, 120, 300, 600, 1_800, 3_600] as const;

/** Seconds until the next PIN is looked at. A clock that was turned back begins the wait anew. */
export function waitSeconds(wrong: Wrong, now: number): number {
  if (wrong.count <= FREE) return 0;
  const whole = SECONDS[Math.min(wrong.count - FREE, SECONDS.length) - 1] ?? 3_600;
  const passed = now < wrong.last_at ? 0 : (now - wrong.last_at) / 1000;
  return Math.max(0, Math.ceil(whole - passed));
}
