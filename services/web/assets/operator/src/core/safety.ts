// The one sentence: what is still only on this tablet, and until when everything is at the server. It is reckoned from
// the rows alone; no connection state and no spinner has a say in it.

import type { StoredRow } from "./rows.ts";

export interface SafetyFigures {
  /** Deposits that are not at the server. */
  readonly unsent: number;
  /** Other records that are not. */
  readonly others: number;
  /** What the server did not take; it is counted as not safe. */
  readonly troubled: number;
  /** Everything saved up to this instant is at the server; null if nothing is. */
  readonly safe_until: number | null;
  readonly none: boolean;
}

export function safetyOf(rows: readonly StoredRow[]): SafetyFigures {
  let unsent = 0;
  let others = 0;
  let troubled = 0;
  let oldestUnsafe = Infinity;
  for (const row of rows) {
    if (row.state === "waiting") {
      if (row.kind === "deposit") unsent += 1;
      else others += 1;
    } else if (row.state === "conflict" || row.state === "invalid") troubled += 1;
    else continue;
    oldestUnsafe = Math.min(oldestUnsafe, row.saved_at);
  }
  let safeUntil: number | null = null;
  for (const row of rows) {
    if (isSafe(row) && row.saved_at < oldestUnsafe) safeUntil = Math.max(safeUntil ?? 0, row.saved_at);
  }
  const none = !rows.some((row) => row.state !== "draft");
  return { unsent, others, troubled, safe_until: safeUntil, none };
}

/** What to say, as keys and values: put together by the words of the language. */
export function sentenceParts(
  figures: SafetyFigures, when: (at: number) => string,
): readonly { readonly key: SafetyKey; readonly values: Readonly<Record<string, string | number>> }[] {
  const parts: { key: SafetyKey; values: Record<string, string | number> }[] = [];
  const until = figures.safe_until;
  if (figures.none) parts.push({ key: "petugas.aman.kosong", values: {} });
  else if (figures.unsent > 0 && until !== null) {
    parts.push({ key: "petugas.aman.menunggu", values: { n: figures.unsent, jam: when(until) } });
  } else if (figures.unsent > 0) parts.push({ key: "petugas.aman.menunggu_semua", values: { n: figures.unsent } });
  else if (until !== null) parts.push({ key: "petugas.aman.semua", values: { jam: when(until) } });
  if (figures.others > 0) parts.push({ key: "petugas.aman.lain", values: { n: figures.others } });
  if (figures.troubled > 0) parts.push({ key: "petugas.aman.periksa", values: { n: figures.troubled } });
  return parts;
}

export type SafetyKey =
  | "petugas.aman.kosong" | "petugas.aman.menunggu" | "petugas.aman.menunggu_semua" | "petugas.aman.semua"
  | "petugas.aman.lain" | "petugas.aman.periksa";

function isSafe(row: StoredRow): boolean {
  return row.state === "recorded" || row.state === "waiting_for_member" || row.state === "quarantined";
}
