// A record as it lies in the database. Only ids, figures and the operator's own words stand here in clear; whatever
// names a member is in `sealed`. What is derived (sending, need_sign_in) is never stored, so that it cannot get stuck.

import type { Row, RowKind, RowState, SavedDeposit } from "./types.ts";

export type StoredState = Exclude<RowState, "sending" | "need_sign_in">;

/** Encrypted under the vault's key whose fingerprint is `key`. */
export interface Sealed {
  readonly key: string;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly data: ArrayBuffer;
}

export interface StoredRow {
  readonly id: string;
  readonly kind: RowKind;
  readonly state: StoredState;
  readonly schema: number;
  readonly saved_at: number;
  readonly answered_at: number | null;
  readonly operator_id: string;
  readonly tablet_id: string;
  readonly waste_bank_id: string;
  readonly member_id: string | null;
  readonly deposit_id: string | null;
  readonly deposit: SavedDeposit | null;
  readonly signed: string | null;
  readonly signature: string | null;
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly sealed: Sealed | null;
  readonly code: string | null;
  readonly detail: string | null;
  readonly twin_of: string | null;
  readonly carried: boolean;
  readonly tries: number;
  /** How far the tablet's clock was ahead of the server's when it was last measured before saving. */
  readonly clock_offset_ms: number | null;
}

const ROW_SCHEMA = 1;
const KEPT_MS = 30 * 86_400_000;

/** A new row that waits to be sent. */
export function newRow(
  about: Pick<StoredRow, "id" | "kind" | "saved_at" | "operator_id" | "tablet_id" | "waste_bank_id"> & Partial<StoredRow>,
): StoredRow {
  return {
    state: "waiting", schema: ROW_SCHEMA, answered_at: null, member_id: null, deposit_id: null, deposit: null,
    signed: null, signature: null, body: null, sealed: null, code: null, detail: null, twin_of: null, carried: false,
    tries: 0, clock_offset_ms: null, ...about,
  };
}

/** A stored row as screens see it. */
export function shown(row: StoredRow, sending: ReadonlySet<string>, needsSignIn: (row: StoredRow) => boolean): Row {
  const { schema: _s, signed: _t, signature: _g, body: _b, sealed: _e, clock_offset_ms: _c, state, ...rest } = row;
  if (state !== "waiting") return { ...rest, state };
  return { ...rest, state: sending.has(row.id) ? "sending" : needsSignIn(row) ? "need_sign_in" : "waiting" };
}

/** What is at the server for longer than thirty days goes; what it did not take stays until a person has looked. */
export function mayGo(row: StoredRow, now: number): boolean {
  const there = row.state === "recorded" || row.state === "waiting_for_member" || row.state === "quarantined";
  return there && row.answered_at !== null && row.answered_at < now - KEPT_MS;
}
