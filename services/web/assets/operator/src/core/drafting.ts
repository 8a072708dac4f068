// Drafts: a weighing that is being entered, sealed, with the number of its shape. It survives a restart and an update.

import { broughtUpToDate, DRAFT_SCHEMA } from "./draftforms.ts";
import { ports } from "./ports.ts";
import { newRow } from "./rows.ts";
import { LockedError } from "./saving.ts";
import { unlocked } from "./session.ts";
import type { DepositDraft } from "./types.ts";
import { seal, unseal } from "./vault.ts";
import { Value } from "./watched.ts";
import { base, here } from "./world.ts";

/** Drafts that this tab has open: an update waits for them. */
export const openDrafts = new Value<ReadonlySet<string>>(new Set());

export const drafts = {
  async save(draft: DepositDraft): Promise<void> {
    const who = unlocked.value;
    const { tablet } = base();
    if (who === null || tablet === null) throw new LockedError("locked");
    mark(draft.deposit_id, true);
    const row = newRow({
      id: draft.deposit_id, kind: "deposit", state: "draft", schema: DRAFT_SCHEMA, saved_at: ports.clock.now(),
      operator_id: who.operator.operator_id, tablet_id: tablet.tablet_id, waste_bank_id: who.bank,
      sealed: await seal(who.vault, draft),
    });
    await here().outbox.add([row]);
  },

  /** Those that can be opened; one of a newer app stays where it is. */
  async list(): Promise<readonly { readonly draft: DepositDraft; readonly saved_at: number }[]> {
    const who = unlocked.value;
    if (who === null) return [];
    const found: { draft: DepositDraft; saved_at: number }[] = [];
    for (const row of here().outbox.rows.value) {
      if (row.state !== "draft" || row.sealed === null) continue;
      const body = await unseal<Readonly<Record<string, unknown>>>(who.vault, row.sealed);
      const draft = body === null ? null : broughtUpToDate(row.schema, body);
      if (draft !== null) found.push({ draft, saved_at: row.saved_at });
    }
    return found.sort((a, b) => b.saved_at - a.saved_at);
  },

  async drop(depositId: string): Promise<void> {
    const row = here().outbox.get(depositId);
    if (row?.state === "draft") await here().outbox.drop([depositId]);
    mark(depositId, false);
  },
};

/** Notes that a draft is open in this tab, or not any more. */
export function mark(depositId: string, open: boolean): void {
  const now = new Set(openDrafts.value);
  if (open) now.add(depositId);
  else now.delete(depositId);
  if (now.size !== openDrafts.value.size) openDrafts.set(now);
}
