// What waste banks are called officially. The server tells it whenever it says who is signed in; it is kept for the days
// without a signal, in clear: everybody may know it.

import { keepIfPossible, readKept } from "./storage.ts";
import { Value } from "./watched.ts";
import { base } from "./world.ts";

type Names = Readonly<Record<string, string>>;

/** Official names by id, those that were told here. */
export const bankNames = new Value<Names>({});

export async function readBanks(): Promise<void> {
  bankNames.set((await readKept(base().real.db, "banks")) ?? {});
}

export async function learnBanks(told: Readonly<Record<string, string | null>>): Promise<void> {
  const fresh = Object.entries(told).filter((each): each is [string, string] => each[1] !== null && bankNames.value[each[0]] !== each[1]);
  if (fresh.length === 0) return;
  bankNames.set({ ...bankNames.value, ...Object.fromEntries(fresh) });
  await keepIfPossible(base().real.db, "banks", bankNames.value);
}

/** The official name; for a waste bank that nobody named here, its id as people would write it. */
export function bankName(wasteBankId: string | null): string {
  return bankNames.value[wasteBankId ?? ""]
    ?? (wasteBankId ?? "").split("-").map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join(" ");
}
