// Rows and safety as screens watch them: reckoned anew whenever a row, a sign-in or the language changes.

import { formatWhen } from "./figures.ts";
import { language, t } from "./i18n.ts";
import { needsSignIn, type Sender } from "./plan.ts";
import { ports } from "./ports.ts";
import { shown, type StoredRow } from "./rows.ts";
import { safetyOf, sentenceParts } from "./safety.ts";
import { signedIn, unlocked } from "./session.ts";
import { sending } from "./sync.ts";
import type { Row, Safety } from "./types.ts";
import { Value } from "./watched.ts";
import { base, here, practiceWorld } from "./world.ts";

export const rows = new Value<readonly Row[]>([]);
export const safety = new Value<Safety>({ sentence: "", unsent: 0, troubled: 0, safe_until: null });

/** Rows that do not wait look the same for as long as they are the same: thousands need not be made anew. */
const settledViews = new WeakMap<StoredRow, Row>();

export function watchView(): void {
  let leave = (): void => undefined;
  practiceWorld.subscribe(() => {
    leave();
    leave = here().outbox.rows.subscribe(reckonRows);
  });
  for (const each of [sending, signedIn, unlocked]) each.subscribe(reckonRows);
  base().real.outbox.rows.subscribe(reckonSafety);
  language.subscribe(reckonSafety);
}

function reckonRows(): void {
  const sender = senderNow();
  const waits = (row: StoredRow): boolean => needsSignIn(row, sender);
  const all = here().outbox.rows.value.map((row) => viewOf(row, waits));
  rows.set(all.sort((a, b) => b.saved_at - a.saved_at || (a.id < b.id ? 1 : -1)));
}

function viewOf(row: StoredRow, waits: (row: StoredRow) => boolean): Row {
  if (row.state === "waiting") return shown(row, sending.value, waits);
  const known = settledViews.get(row) ?? shown(row, sending.value, waits);
  settledViews.set(row, known);
  return known;
}

/** Before the server was asked, the sign-in is not known to be missing: the row just waits. */
function senderNow(): Sender | null {
  const { tablet } = base();
  const operator_id = signedIn.value === undefined ? (unlocked.value?.operator.operator_id ?? "") : signedIn.value;
  return operator_id === null || tablet === null ? null : { operator_id, tablet_id: tablet.tablet_id, key: null };
}

/** Safety is about what was really weighed, also while somebody practises. */
function reckonSafety(): void {
  const figures = safetyOf(base().real.outbox.rows.value);
  const when = (at: number): string => formatWhen(at, ports.clock.now(), language.value);
  const sentence = sentenceParts(figures, when).map(({ key, values }) => t(key, values)).join(" ");
  const { unsent, troubled, safe_until } = figures;
  safety.set({ sentence, unsent, troubled, safe_until });
}
