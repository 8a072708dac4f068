// How rows are written for the doors, and which answer belongs to which row.

import {
  type BagSaid, type DepositSaid, type EnrolmentSaid, isUnderstood, judgeBag, judgeDeposit, judgeEnrolment, TAKEN,
} from "./answers.ts";
import { door } from "./gateway.ts";
import type { components as Deposit, paths as DepositDoors } from "../types/deposit.ts";
import type { components as Identity } from "../types/identity.ts";
import type { Judged, Sending } from "./plan.ts";
import type { StoredRow } from "./rows.ts";
import type { EnrolmentDraft, SavedDeposit } from "./types.ts";
import { unseal, type Vault } from "./vault.ts";

/** What the doors take, as their services publish it: a change there that this file does not follow fails the build. */
type Batch = DepositDoors["/v1/deposits:batch"]["post"]["requestBody"]["content"]["application/json"];
type Weighing = Batch["deposits"][number];
type Carried = Deposit["schemas"]["CarriedBatch"];
type NewMember = Identity["schemas"]["NewMember"];

/** Sends rows by their door; answers by row id. A row without an answer is tried again. Throws Refused and Silent. */
export async function send(next: Sending, vault: Vault | null, now: number): Promise<ReadonlyMap<string, Judged>> {
  const sent_at = new Date(now).toISOString();
  switch (next.door) {
    case "deposits":
      return judgedDeposits(next.rows, await door.post("deposit", "/v1/deposits:batch", {
        sent_at, deposits: next.rows.flatMap((row) => (row.deposit === null ? [] : [weighing(row.deposit)])),
      } satisfies Batch));
    case "carried":
      return judgedDeposits(next.rows, await door.post("deposit", "/v1/deposits:carried", {
        sent_at, deposits: next.rows.map(({ signed, signature }) => ({ signed: signed ?? "", signature: signature ?? "" })),
      } satisfies Carried));
    case "bags":
      return sendBags(next.rows, sent_at);
    case "enrolments":
      return sendEnrolments(next.rows, vault);
    case "single":
      return sendSingle(next.rows, vault);
  }
}

/** A deposit as the batch door takes it; the instant is the one that was signed. */
export function weighing(deposit: SavedDeposit): Weighing {
  const { tablet_id: _t, recorder_id: _r, weighed_at, ...rest } = deposit;
  return { ...rest, weighed_at: new Date(weighed_at).toISOString() };
}

interface Results<T> {
  readonly results?: readonly T[];
}

/** By id where the answer names one, else by its place: what could not be read at all has no id. */
function judgedDeposits(rows: readonly StoredRow[], said: Results<DepositSaid>): ReadonlyMap<string, Judged> {
  const answers = new Map<string, Judged>();
  for (const [place, row] of rows.entries()) {
    const answer = said.results?.[place];
    if (answer === undefined || !isUnderstood(answer)) continue;
    if ((answer.deposit_id ?? row.id) === row.id) answers.set(row.id, judgeDeposit(answer));
  }
  return answers;
}

async function sendBags(rows: readonly StoredRow[], sent_at: string): Promise<ReadonlyMap<string, Judged>> {
  const said = await door.post<Results<BagSaid>>("deposit", "/v1/bags:batch", { sent_at, bags: rows.map((row) => row.body) });
  return new Map((said.results ?? []).filter(isUnderstood).map((each) => [each.bag_id, judgeBag(each)]));
}

async function sendEnrolments(rows: readonly StoredRow[], vault: Vault | null): Promise<ReadonlyMap<string, Judged>> {
  const members: NewMember[] = [];
  for (const row of rows) {
    const draft = await opened<EnrolmentDraft>(row, vault);
    if (draft === null) continue;
    members.push({ ...draft, waste_bank_id: row.waste_bank_id, enrolled_at: new Date(row.saved_at).toISOString() });
  }
  if (members.length === 0) return new Map();
  const said = await door.post<{ results?: readonly EnrolmentSaid[] }>("identity", "/v1/members:batch", { members });
  return new Map((said.results ?? []).filter(isUnderstood).map((each) => [each.member_id, judgeEnrolment(each)]));
}

/** Doors that take one record: any answer at all means that it was taken. */
async function sendSingle(rows: readonly StoredRow[], vault: Vault | null): Promise<ReadonlyMap<string, Judged>> {
  const [row] = rows;
  if (row === undefined) return new Map();
  if (row.kind === "card") {
    const card = await opened<CardWish>(row, vault);
    if (card === null) return new Map();
    await sendCard(String(row.member_id), card);
  } else {
    const { path, body } = singleDoor(row);
    await door.post("deposit", path, body);
  }
  return new Map([[row.id, TAKEN]]);
}

/** Path and body of a void, closing, finished pick-up or discarded bag. */
function singleDoor(row: StoredRow): { readonly path: string; readonly body: unknown } {
  const { pickup_id, bag_id, ...rest } = row.body ?? {};
  switch (row.kind) {
    case "void":
      return { path: `/v1/deposits/${String(row.deposit_id)}:void`, body: rest };
    case "pickup_done":
      return { path: `/v1/pickups/${String(pickup_id)}:done`, body: rest };
    case "bag_discard":
      return { path: `/v1/bags/${String(bag_id)}:discard`, body: rest };
    default:
      return { path: "/v1/closings", body: row.body };
  }
}

interface CardWish {
  readonly card_number: string;
  readonly card_id?: string;
  readonly reason?: string;
  /** What an older app called it. */
  readonly why?: string;
}

function sendCard(memberId: string, { card_number, card_id, reason, why }: CardWish): Promise<unknown> {
  return card_id === undefined
    ? door.post("identity", `/v1/members/${memberId}:issue-card`, { card_number })
    : door.post("identity", `/v1/cards/${card_id}:replace`, { card_number, reason: reason ?? why });
}

async function opened<T>(row: StoredRow, vault: Vault | null): Promise<T | null> {
  return row.sealed === null || vault === null ? null : unseal<T>(vault, row.sealed);
}
