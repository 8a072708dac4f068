// A draft outlives updates of the app: it is kept with the number of its shape and brought up to date when it is read.

import type { DepositDraft } from "./types.ts";

export const DRAFT_SCHEMA = 2;

type Body = Readonly<Record<string, unknown>>;

/** From the shape of that number to the next. 1 had neither pick-ups nor a source of the weight. */
const STEPS: Readonly<Record<number, (body: Body) => Body>> = {
  1: (body) => ({ ...body, pickup_id: null, weight_source: "keypad" }),
};

/** The draft in today's shape; null if it comes from a newer app than this one, which leaves it as it is. */
export function broughtUpToDate(schema: number, body: Body): DepositDraft | null {
  let now = body;
  for (let at = schema; at < DRAFT_SCHEMA; at += 1) {
    const step = STEPS[at];
    if (step === undefined) return null;
    now = step(now);
  }
  return schema <= DRAFT_SCHEMA && typeof now["deposit_id"] === "string" ? (now as unknown as DepositDraft) : null;
}
