// Other roads for what was recorded: receipts scanned on another tablet, and the queue as an encrypted file.

import { fromBase64url } from "./ids.ts";
import { ports } from "./ports.ts";
import { qrText, readReceipt, type Receipt } from "./receipts.ts";
import { newRow, type StoredRow } from "./rows.ts";
import { onSavedNow } from "./saving.ts";
import { no, unlocked } from "./session.ts";
import type { EnrolmentDraft, Outcome } from "./types.ts";
import { lockText, seal, unlockText, unseal } from "./vault.ts";
import { here } from "./world.ts";

const FILE = "timbang-antrean";

/** The signed text of a deposit that is known here; null if it is not, or carries no signature. */
export function receiptText(depositId: string): string | null {
  const row = here().outbox.get(depositId);
  return row?.signed && row.signature ? qrText(row.signed, row.signature) : null;
}

/** Puts scanned receipts into the outbox; the server judges each. One it did not take gives way to another scan. */
export async function carry(texts: readonly string[]): Promise<{ taken: number; known: number; unreadable: number }> {
  const receipts = texts.map(readReceipt);
  const readable = new Map(receipts.filter((each) => each !== null).map((each) => [each.deposit.deposit_id, each]));
  const wanted = [...readable.values()].filter(isNew);
  await here().outbox.add(wanted.map(carriedRow), isRefusedCarried);
  if (wanted.length > 0) onSavedNow();
  const unreadable = receipts.filter((each) => each === null).length;
  return { taken: wanted.length, known: texts.length - unreadable - wanted.length, unreadable };
}

function isNew({ deposit, signature, signed }: Receipt): boolean {
  const old = here().outbox.get(deposit.deposit_id);
  if (old === null) return true;
  return isRefusedCarried(old) && (old.signature !== signature || old.signed !== signed);
}

function isRefusedCarried(row: StoredRow): boolean {
  return row.carried && row.state === "invalid";
}

function carriedRow({ deposit, signed, signature }: Receipt): StoredRow {
  const { deposit_id, member_id, tablet_id, waste_bank_id, recorder_id } = deposit;
  return newRow({
    id: deposit_id, kind: "deposit", saved_at: ports.clock.now(), operator_id: recorder_id, tablet_id, waste_bank_id,
    member_id, deposit_id, deposit, signed, signature, carried: true,
  });
}

/** What lies in an exported file: rows with their personal part in clear, all of it under the passphrase. */
interface Exported {
  readonly row: Omit<StoredRow, "sealed">;
  readonly opened: unknown;
}

/** Everything that is not at the server, as a file that only the passphrase opens. Sealed rows need an open vault. */
export async function exportEncrypted(passphrase: string): Promise<Blob> {
  const vault = unlocked.value?.vault ?? null;
  const rows: Exported[] = [];
  for (const { sealed, ...row } of here().outbox.rows.value) {
    if (row.state === "recorded" || row.state === "draft") continue;
    const opened = sealed === null || vault === null ? null : await unseal(vault, sealed);
    if (sealed === null || opened !== null) rows.push({ row, opened });
  }
  const locked = await lockText(JSON.stringify(rows), passphrase);
  return new Blob([JSON.stringify({ kind: FILE, version: 1, ...locked })], { type: "application/json" });
}

/** Takes a file in: deposits go out as carried ones with their own tablet's signature. */
export async function importExported(file: Blob, passphrase: string): Promise<Outcome<{ taken: number; known: number }>> {
  const text = await readFile(file, passphrase);
  if (typeof text !== "string") return text ?? no("no_such_file");
  const exported = JSON.parse(text) as readonly Exported[];
  const known = exported.filter(({ row }) => here().outbox.get(row.id) !== null).length;
  const rows = await Promise.all(exported.filter(({ row }) => here().outbox.get(row.id) === null).map(importedRow));
  await here().outbox.add(rows.filter((row) => row !== null));
  onSavedNow();
  return { ok: true, taken: rows.filter((row) => row !== null).length, known };
}

async function importedRow({ row, opened }: Exported): Promise<StoredRow | null> {
  const vault = unlocked.value?.vault ?? null;
  if (opened === null) return { ...row, state: "waiting", carried: true, sealed: null };
  if (vault === null) return null;
  return { ...row, state: "waiting", carried: true, sealed: await seal(vault, opened as EnrolmentDraft) };
}

async function readFile(file: Blob, passphrase: string): Promise<string | null | ReturnType<typeof no>> {
  let said: Readonly<Record<string, unknown>>;
  try {
    said = JSON.parse(await file.text()) as Readonly<Record<string, unknown>>;
  } catch {
    return null;
  }
  const { salt, iv, data } = { salt: bytesOf(said["salt"]), iv: bytesOf(said["iv"]), data: bytesOf(said["data"]) };
  const rounds = Number(said["rounds"]);
  if (said["kind"] !== FILE || salt === null || iv === null || data === null || !(rounds > 0)) return null;
  return (await unlockText({ salt, iv, rounds, data }, passphrase)) ?? no("wrong_passphrase");
}

function bytesOf(said: unknown): Uint8Array<ArrayBuffer> | null {
  return typeof said === "string" ? fromBase64url(said) : null;
}
