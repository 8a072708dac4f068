// What is being typed into a form, sealed like every other personal thing: a tablet that locked itself or lost its power
// gives it back to whoever unlocks it.

import { unlocked } from "./session.ts";
import type { Sealed } from "./rows.ts";
import { seal, unseal } from "./vault.ts";
import { here } from "./world.ts";

/** After half a day somebody else stands before the tablet. */
const KEPT_MS = 12 * 3_600_000;

interface Typed<T> {
  readonly at: number;
  readonly form: T;
}

let writing: Promise<unknown> = Promise.resolve();

/** Writes stand in line, so that what was forgotten is not written once more. A full disk only means that it is not kept. */
function inTurn(work: () => Promise<unknown>): Promise<void> {
  const done = writing.then(work).catch(() => undefined);
  writing = done;
  return done.then(() => undefined);
}

export const forms = {
  keep<T extends object>(name: string, form: T): Promise<void> {
    return inTurn(async () => {
      const who = unlocked.value;
      if (who === null) return;
      await here().db.put("kept", await seal(who.vault, { at: Date.now(), form } satisfies Typed<T>), `form:${name}`);
    });
  },

  /** What was typed into it before; null if nothing was, or nobody here may open it. */
  async open<T extends object>(name: string): Promise<T | null> {
    await writing;
    const who = unlocked.value;
    const sealed = (await here().db.get("kept", `form:${name}`)) as Sealed | undefined;
    if (who === null || sealed === undefined) return null;
    const typed = await unseal<Typed<T>>(who.vault, sealed);
    return typed === null || Date.now() - typed.at > KEPT_MS ? null : typed.form;
  },

  forget: (name: string): Promise<void> => inTurn(() => here().db.delete("kept", `form:${name}`)),
};
