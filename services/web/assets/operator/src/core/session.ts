// Who is at the tablet, and what the server thinks of it. The two are told apart: a PIN unlocks the tablet without any
// network, a sign-in at the server lets rows go out. Ending either never touches a row.

import { learnBanks } from "./banks.ts";
import { ask, line, meant, Refused, Silent } from "./gateway.ts";
import { fromBase64url } from "./ids.ts";
import { ports } from "./ports.ts";
import { asTablet } from "./reattaching.ts";
import { makeSigningKeys, writePublicKey } from "./signing.ts";
import { hasRoom, isStorageTrouble, keep, type KnownOperator, type OwnTablet } from "./storage.ts";
import type { Operator, Outcome, Session, Tablet, Trouble } from "./types.ts";
import { makeDeviceKey, openVault, unwrap, type Vault, wrap } from "./vault.ts";
import { waitSeconds, type Wrong } from "./waits.ts";
import { Value } from "./watched.ts";
import { base, closePeople, enterBank, openPeople } from "./world.ts";

/** How the server refuses a PIN that opened the vault a moment ago. */
const NOT_ANY_MORE = "wrong_code_or_pin";
/** A sign-out that the server has not heard of. */
const LEAVING = "timbang-keluar";

interface SignedIn {
  readonly operator_id: string;
  readonly code: string;
  readonly role: string;
  readonly waste_bank_ids: readonly string[];
  readonly waste_bank_names: Readonly<Record<string, string>>;
}

/** This browser as the server set it up. */
interface SetUp extends Tablet {
  readonly waste_bank_name: string | null;
  readonly keepsake: string | null;
}

/** Who is unlocked here; `vault` opens what is personal. */
interface Unlocked {
  readonly operator: Operator;
  readonly vault: Vault;
  readonly bank: string;
}

export const unlocked = new Value<Unlocked | null>(null);
/** Whose sign-in the browser's cookie is: an id, null for nobody, undefined while it was not asked. */
export const signedIn = new Value<string | null | undefined>(undefined);
export const session = new Value<Session>({ state: "locked", tablet: null, operator: null, waste_bank_id: null });

/** Keeps `session` what the three others say. */
export function watchSession(): void {
  for (const each of [unlocked, signedIn, line]) each.subscribe(reckonSession);
  signedIn.subscribe((who) => {
    meant.operator_id = who ?? null;
  });
}

function reckonSession(): void {
  const who = unlocked.value;
  const own = base().tablet;
  const tablet: Tablet | null = own === null
    ? null : { tablet_id: own.tablet_id, name: own.name, waste_bank_id: own.waste_bank_id };
  const bank = who?.bank ?? tablet?.waste_bank_id ?? null;
  session.set({ state: stateOf(who), tablet, operator: who?.operator ?? null, waste_bank_id: bank });
}

function stateOf(who: Unlocked | null): Session["state"] {
  if (who === null) return "locked";
  if (signedIn.value === who.operator.operator_id) return line.value === "silent" ? "offline" : "online";
  return signedIn.value === undefined || line.value === "silent" ? "offline" : "need_sign_in";
}

export async function setUpTablet(code: string): Promise<Outcome> {
  // A new tablet has a new vault: what the old one sealed and did not send could never be opened again.
  if (base().real.outbox.rows.value.some((row) => row.sealed !== null && row.state === "waiting")) return no("unsent_first");
  if (!(await hasRoom(base().real.db))) return no("storage_full");
  try {
    const signing = await makeSigningKeys();
    const device = await makeDeviceKey();
    const made = await ask<SetUp>("POST", "/tablet", { body: { code, public_key: await writePublicKey(signing) } });
    const { tablet_id, name, waste_bank_id, keepsake } = made;
    const tablet: OwnTablet = { tablet_id, name, waste_bank_id, signing, device, keepsake };
    const { real } = base();
    await real.db.clear("operators");
    await real.outbox.drop(real.outbox.rows.value.filter((row) => row.state === "draft").map((row) => row.id));
    await keep(real.db, "tablet", tablet);
    base().tablet = tablet;
    await learnBanks({ [waste_bank_id]: made.waste_bank_name });
    await enterBank(real, waste_bank_id);
    reckonSession();
    return { ok: true };
  } catch (error) {
    return trouble(error);
  }
}

export async function signIn(code: string, pin: string): Promise<Outcome> {
  try {
    const { operator, raw } = await signInAtServer(code, pin);
    await open(operator, raw);
    return { ok: true };
  } catch (error) {
    return error instanceof Silent ? unlockByCode(code, pin) : trouble(error);
  }
}

/** Makes a sign-in and keeps a way to unlock with this PIN; opens nothing. Throws Refused and Silent. */
async function signInAtServer(code: string, pin: string): Promise<{ operator: Operator; raw: Uint8Array<ArrayBuffer> }> {
  const { tablet } = base();
  if (tablet === null) throw new Refused(401, "tablet_unknown", null);
  const answer = await asTablet(() => ask<SignedIn & { vault_key: string }>("POST", "/masuk", { body: { code, pin } }));
  const raw = fromBase64url(answer.vault_key);
  if (raw === null) throw new Silent(200);
  localStorage.removeItem(LEAVING);
  const { operator_id, role, waste_bank_ids } = answer;
  const operator: Operator = { operator_id, code: answer.code, role, waste_bank_ids };
  const known: KnownOperator = { ...operator, wrap: await wrap(raw, pin, tablet.device), wrong: { count: 0, last_at: 0 } };
  await writeOperator(known);
  await learnBanks(answer.waste_bank_names);
  signedIn.set(operator_id);
  return { operator, raw };
}

export async function knownOperators(): Promise<readonly Operator[]> {
  const all = await base().real.db.getAll("operators");
  return all.map(({ operator_id, code, role, waste_bank_ids }) => ({ operator_id, code, role, waste_bank_ids }));
}

export async function unlock(operatorId: string, pin: string): Promise<Outcome> {
  const outcome = await openByPin(operatorId, pin);
  if (outcome.ok) void renewSignIn(operatorId, pin);
  return outcome;
}

/** Wrong PINs that a full tablet could not write down: they count for as long as the app runs. */
const unwritten = new Map<string, Wrong>();

/** A tablet that is full must still open, or nobody could take out of it what it holds. */
async function writeOperator(known: KnownOperator): Promise<void> {
  try {
    await base().real.db.put("operators", known);
    unwritten.delete(known.operator_id);
  } catch (error) {
    if (!isStorageTrouble(error)) throw error;
    unwritten.set(known.operator_id, known.wrong);
  }
}

/** Opens the vault by what is stored here. Every wrong PIN is written down before it is answered. */
async function openByPin(operatorId: string, pin: string): Promise<Outcome> {
  const { real, tablet } = base();
  const known = await real.db.get("operators", operatorId);
  if (known === undefined || tablet === null) return no("operator_unknown_here");
  const now = ports.clock.now();
  const before = unwritten.get(operatorId) ?? known.wrong;
  const wait_s = waitSeconds(before, now);
  if (wait_s > 0) return no("wait", wait_s);
  // Written first: closing the browser while the PIN is tried saves nobody a wait.
  const wrong = { count: before.count + 1, last_at: now };
  await writeOperator({ ...known, wrong });
  const raw = await unwrap(known.wrap, pin, tablet.device);
  if (raw === null) return no("wrong_pin", waitSeconds(wrong, now));
  await writeOperator({ ...known, wrong: { count: 0, last_at: 0 } });
  await open(known, raw);
  return { ok: true };
}

async function unlockByCode(code: string, pin: string): Promise<Outcome> {
  const wanted = code.trim().toUpperCase();
  const known = (await knownOperators()).find((each) => each.code.toUpperCase() === wanted);
  return known === undefined ? no("no_answer") : openByPin(known.operator_id, pin);
}

/** After an unlock: if the server has no sign-in of this operator any more, the PIN just typed makes one. */
async function renewSignIn(operatorId: string, pin: string): Promise<void> {
  try {
    const whose = await askWhose();
    if (whose === operatorId) return;
    const known = await base().real.db.get("operators", operatorId);
    if (known !== undefined && unlocked.value?.operator.operator_id === operatorId) await signInAtServer(known.code, pin);
  } catch (error) {
    // Silence: `line` says so, and the next round asks again. A refusal: `session` says that the PIN is wanted.
    if (!(error instanceof Silent) && !(error instanceof Refused)) throw error;
    if (error instanceof Refused && error.code === NOT_ANY_MORE) await forgetOperator(operatorId);
  }
}

/** Who left, or has another PIN by now, opens nothing here with the old one. Rows stay; who signs in next opens them. */
async function forgetOperator(operatorId: string): Promise<void> {
  await base().real.db.delete("operators", operatorId);
  if (unlocked.value?.operator.operator_id === operatorId) lock();
}

/** Asks the server whose sign-in the browser holds; null for nobody. Throws Silent. */
export async function askWhose(): Promise<string | null> {
  try {
    if (localStorage.getItem(LEAVING) !== null) await leave();
    const { operator_id, waste_bank_names } = await ask<SignedIn>("GET", "/saya");
    signedIn.set(operator_id);
    await learnBanks(waste_bank_names);
    return operator_id;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    signedIn.set(null);
    return null;
  }
}

async function open(operator: Operator, raw: Uint8Array<ArrayBuffer>): Promise<void> {
  const { real, tablet } = base();
  const banks = operator.waste_bank_ids;
  const own = tablet?.waste_bank_id ?? "";
  const bank = banks.includes(own) ? own : (banks[0] ?? own);
  const vault = await openVault(raw);
  if (real.bank !== bank) await enterBank(real, bank);
  await openPeople(real, vault);
  const { operator_id, code, role, waste_bank_ids } = operator;
  unlocked.set({ operator: { operator_id, code, role, waste_bank_ids }, vault, bank });
}

export async function chooseBank(bank: string): Promise<void> {
  const who = unlocked.value;
  if (who === null || !who.operator.waste_bank_ids.includes(bank)) return;
  const { real } = base();
  await enterBank(real, bank);
  await openPeople(real, who.vault);
  unlocked.set({ ...who, bank });
}

export function lock(): void {
  closePeople(base().real);
  unlocked.set(null);
}

/** Without a connection the server is told at the next one; the tablet is locked at once. */
export async function signOut(): Promise<void> {
  lock();
  localStorage.setItem(LEAVING, "1");
  signedIn.set(null);
  try {
    await leave();
  } catch (error) {
    if (!(error instanceof Silent) && !(error instanceof Refused)) throw error;
  }
}

async function leave(): Promise<void> {
  await ask("POST", "/keluar");
  localStorage.removeItem(LEAVING);
}

/** What a screen shows of an error of the doors; anything else is a bug and goes on. */
export function trouble(error: unknown): Trouble {
  if (error instanceof Refused) return { ok: false, code: error.code, detail: error.detail, wait_s: 0 };
  if (error instanceof Silent) return no("no_answer");
  throw error;
}

export function no(code: string, wait_s = 0): Trouble {
  return { ok: false, code, detail: null, wait_s };
}
