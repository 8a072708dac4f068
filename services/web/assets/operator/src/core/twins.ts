// Whether a weighing looks like one that was just saved: asked about, never refused.

import type { Line } from "./types.ts";

const SAME_WITHIN_MS = 10 * 60_000;

interface Weighed {
  readonly deposit_id: string;
  readonly member_id: string;
  readonly lines: readonly Line[];
}

/** The first earlier one of the same member with the same item, grade and quantity within ten minutes; null if none. */
export function twinOf<T extends { readonly saved_at: number; readonly deposit: Weighed | null }>(
  draft: Weighed, earlier: readonly T[], now: number,
): T | null {
  return earlier.find(({ saved_at, deposit }) =>
    deposit !== null && deposit.deposit_id !== draft.deposit_id && deposit.member_id === draft.member_id
    && now - saved_at < SAME_WITHIN_MS && deposit.lines.some((line) => draft.lines.some((mine) => same(line, mine)))) ?? null;
}

function same(a: Line, b: Line): boolean {
  return a.item_code === b.item_code && a.grade === b.grade && a.quantity === b.quantity;
}
