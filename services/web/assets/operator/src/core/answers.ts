// What the doors answer about each record, read as what becomes of a row.

import type { components as Deposit } from "../types/deposit.ts";
import type { components as Identity } from "../types/identity.ts";
import type { Judged } from "./plan.ts";
import type { StoredState } from "./rows.ts";

export type DepositSaid = Deposit["schemas"]["DepositAnswer"];
export type EnrolmentSaid = Identity["schemas"]["MemberAnswer"];
export type BagSaid = Deposit["schemas"]["BagAnswer"];

const WORDS: ReadonlySet<string> = new Set<DepositSaid["status"] | EnrolmentSaid["status"] | BagSaid["status"]>(
  ["recorded", "repeated", "conflict", "waiting", "quarantined", "refused"],
);

/** A word that only a newer service says is no answer: nothing counts as recorded by it, and the row stays. */
export function isUnderstood(said: { readonly status: string }): boolean {
  return WORDS.has(said.status);
}

/** A repeat tells where the deposit stands by now: what waited for its member may be recorded since. */
export function judgeDeposit(said: DepositSaid): Judged {
  const rest = { detail: said.detail ?? null, twin_of: said.suspected_duplicate_of ?? null };
  if (said.status === "conflict" || said.status === "refused") {
    return { state: refused(said.status), code: said.code ?? said.status, ...rest };
  }
  return { state: standing(said.status, said.state ?? null), code: said.reason ?? null, ...rest };
}

/** Somebody who is recorded may still lack the card or PIN that was sent along: that is told, not tried again. */
export function judgeEnrolment(said: EnrolmentSaid): Judged {
  if (said.status === "conflict" || said.status === "refused") {
    return { state: refused(said.status), code: said.code ?? said.status, detail: said.detail ?? null, twin_of: null };
  }
  const code = said.card_code ?? said.pin_code ?? null;
  return { state: "recorded", code, detail: null, twin_of: null };
}

export function judgeBag(said: BagSaid): Judged {
  const state: StoredState = said.status === "refused" ? "invalid" : "recorded";
  const code = said.code ?? (said.label_in_use ? "label_in_use" : null);
  return { state, code, detail: said.detail ?? null, twin_of: null };
}

/** What a door for one record answered with a status of its own. */
export function judgeRefusal(status: number, code: string, detail: string | null): Judged {
  return { state: status === 409 ? "conflict" : "invalid", code, detail, twin_of: null };
}

export const TAKEN: Judged = { state: "recorded", code: null, detail: null, twin_of: null };

/** How a tablet has always kept what a door refused. */
function refused(status: "conflict" | "refused"): StoredState {
  return status === "conflict" ? "conflict" : "invalid";
}

function standing(status: DepositSaid["status"], state: string | null): StoredState {
  if (state === "waiting_for_member" || status === "waiting") return "waiting_for_member";
  if (state === "quarantined" || status === "quarantined") return "quarantined";
  return "recorded";
}
