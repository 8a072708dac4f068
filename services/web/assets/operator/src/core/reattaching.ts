// Browsers write cookies down half a minute late. A tablet whose battery was pulled right after the set-up shows what it
// stored then, sealed by the server, and signs: the server gives the cookie back, and no script ever sees what is in it.

import { ask, Refused } from "./gateway.ts";
import { sign } from "./signing.ts";
import { base } from "./world.ts";

/** What the server signs for and nothing else: never to be mistaken for a weighing. */
const MARK = "TMT1";

/** Asks as this tablet; if the server does not know it any more, once again after showing what was kept. */
export async function asTablet<T>(asking: () => Promise<T>): Promise<T> {
  try {
    return await asking();
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== "tablet_unknown" || !(await comeBack())) throw error;
    return asking();
  }
}

/** True if the server knows this tablet again. Throws Refused and Silent. */
async function comeBack(): Promise<boolean> {
  const { tablet } = base();
  if (tablet?.keepsake == null) return false;
  const { challenge } = await ask<{ challenge: string }>("POST", "/tablet/tanya");
  const signature = await sign(tablet.signing, `${MARK}.${challenge}`);
  await ask("POST", "/tablet/kembali", { body: { keepsake: tablet.keepsake, challenge, signature } });
  return true;
}
