// The whole of what screens may use of the core. Nothing here touches the DOM; nothing here waits for the network
// unless its name says so (`setUpTablet`, `signIn`, `counter.*`, `door.*`, `knowledge.refresh`).
// STATE: declared first, so that screens can be written; each `declare` is replaced by the real thing.

import type {
  Bag, BagDraft, ClosingDraft, DepositDraft, EnrolmentDraft, Found, GroupRow, Item, Language, Line, Member, Operator,
  Outcome, Pickup, PriceList, PricesNow, Readiness, Row, Safety, SavedDeposit, Session, Unit, Watched, Worth,
} from "./types.ts";
import type { Ports } from "./ports.ts";

export type * from "./types.ts";
export type * from "./ports.ts";

/** Opens the database, reads the words, begins to send. Once, before the first screen; a few milliseconds. */
export declare function start(): Promise<void>;
/** The ports in use: real ones, or those that a test put into `globalThis.timbangPorts` before the app started. */
export declare const ports: Ports;

// ---- Set-up and sign-in -------------------------------------------------------------------------------------------

export declare const session: Watched<Session>;
/** Reads a set-up code out of a scanned QR or typed text; null if there is none in it. */
export declare function readSetUpCode(text: string): string | null;
/** Makes this browser the tablet that the code was made for. Needs a connection. Codes: `no_answer`, the server's. */
export declare function setUpTablet(code: string): Promise<Outcome>;
/**
 * Signs in at the server and keeps a way to unlock with this PIN from now on. Needs a connection; without one it tries
 * `unlock` for a code that is known here. Codes: `no_answer`, `wrong_pin` (`wait_s`), the server's own.
 */
export declare function signIn(code: string, pin: string): Promise<Outcome>;
/** Who may unlock this tablet without a signal. */
export declare function knownOperators(): Promise<readonly Operator[]>;
/**
 * Unlocks with the PIN alone, in well under a second, without the network; then, in the background, signs in at the
 * server if it answers. Every wrong PIN makes the next wait longer (`wrong_pin`, `wait` with `wait_s`).
 */
export declare function unlock(operatorId: string, pin: string): Promise<Outcome>;
/** Forgets the key in memory; the sign-in at the server stays and rows without personal data are still sent. */
export declare function lock(): void;
/** Ends the sign-in at the server if it can be reached, and locks. Never touches the outbox. */
export declare function signOut(): Promise<void>;
/** For an operator of several waste banks: which one is worked for now. */
export declare function chooseBank(wasteBankId: string): void;

// ---- What the tablet knows ---------------------------------------------------------------------------------------

export declare const knowledge: {
  /** Changes whenever something was learned or measured. */
  readonly state: Watched<Readiness>;
  ready(): Promise<Readiness>;
  /** Asks for the morning now (members, prices, pick-ups, waiting bags). Never throws; false if nothing was heard. */
  refresh(): Promise<boolean>;
};

export declare const prices: {
  /** The list in force at an instant with the exceptions that hold for the member; null if there is none yet. */
  current(wasteBankId: string, at: number, memberId?: string): PricesNow | null;
  /** A list by its id, as long as it is honoured. */
  list(priceListId: string): PriceList | null;
  items(): readonly Item[];
  item(code: string): Item | null;
  /** By name in either language, code or search word; the most used here first. */
  search(text: string): readonly Item[];
  /** What this tablet weighed most of late, at most `count`. */
  favourites(count: number): readonly Item[];
};

export declare const members: {
  /** By card (scanned text `TMB1:…` or its number), member number, name or last digits of the phone; at most 20. */
  find(text: string): readonly Found[];
  get(memberId: string): Member | null;
  /** The class of a group member cannot be known; this lists all members of kind `group`. */
  groups(): readonly Member[];
  count(): number;
};
/** The pick-ups of a day (default today), in route order if the server told it, else by slot. */
export declare function listPickups(day?: string): Promise<readonly Pickup[]>;
/** Bags that wait to be weighed here: of this tablet and, as of the last morning, of others. */
export declare function listBags(memberId?: string): Promise<readonly Bag[]>;
/** Whether the two check digits of a card's number fit; blanks are ignored. */
export declare function cardNumberIsWhole(number: string): boolean;

// ---- Valuing, reading and writing figures -------------------------------------------------------------------------

export declare function lineValueRupiah(unit: Unit, quantity: number, priceRupiah: number): number;
export declare function deductionRupiah(grossRupiah: number, basisPoints: number): number;
export declare function worthOf(lines: readonly Line[], by: PricesNow): Worth;
/** Grams, millilitres or pieces of what was typed ("2,5", "2.5", "1.234,5"); null if it is no such quantity. */
export declare function parseQuantity(text: string, unit: Unit): number | null;
/** Whether a quantity is so large that it should be asked about ("Benar 250 kg?"). */
export declare function isLarge(unit: Unit, quantity: number): boolean;
/** `Rp12.500` in both languages. */
export declare function formatRupiah(rupiah: number): string;
/** `2,5 kg`, `2.5 kg` in English. */
export declare function formatKg(grams: number): string;
/** `2,5 kg`, `1,5 liter`, `3 buah`. */
export declare function formatQuantity(unit: Unit, quantity: number): string;
/** `14.05 WIB`, with the day in front if it is not today. */
export declare function formatWhen(at: number): string;
/** `Senin, 22 November 2026` of a WIB day. */
export declare function formatDay(day: string): string;
/** The WIB day of an instant (default now). */
export declare function dayOf(at?: number): string;

// ---- Recording ----------------------------------------------------------------------------------------------------

/** Makes an id (UUIDv7) for whatever is about to be recorded. */
export declare function newId(): string;
/** An empty deposit for a member with the price list in force; null if there are no prices yet. */
export declare function newDeposit(memberId: string): DepositDraft | null;
/**
 * All of these return when the record lies in the database durably (strict); "tersimpan" may be said only then. They
 * reject only if the tablet cannot store (`StorageError`), and never wait for the network. The same id twice is once.
 */
export declare function saveDeposit(draft: DepositDraft): Promise<Row>;
export declare function saveEnrolment(draft: EnrolmentDraft): Promise<Row>;
export declare function saveBags(bags: readonly BagDraft[]): Promise<readonly Row[]>;
export declare function discardBag(bagId: string, reason: string): Promise<Row>;
export declare function saveVoid(depositId: string, reason: string): Promise<Row>;
/** `draft.replaces` names what it corrects. */
export declare function saveCorrection(draft: DepositDraft): Promise<Row>;
/** A class's list: each row is a deposit of its own. */
export declare function saveGroup(rows: readonly GroupRow[], channel?: "assisted" | "self"): Promise<readonly Row[]>;
export declare function saveClosing(draft: ClosingDraft): Promise<Row>;
/** A blank card for a member who has none, or a new one for an old (`why`). */
export declare function saveCard(
  memberId: string, cardNumber: string,
  replaced?: { readonly card_id: string; readonly why: "lost" | "stolen" | "damaged" | "secret_seen" },
): Promise<Row>;
/** A deposit saved here in the last 10 minutes of the same member with the same item and quantity; null if none. */
export declare function findTwin(draft: DepositDraft): Row | null;

/** Drafts survive a restart and an update of the app. They are kept encrypted. */
export declare const drafts: {
  save(draft: DepositDraft): Promise<void>;
  list(): Promise<readonly { readonly draft: DepositDraft; readonly saved_at: number }[]>;
  drop(depositId: string): Promise<void>;
};

// ---- The outbox ---------------------------------------------------------------------------------------------------

export declare const outbox: {
  /** All rows that are kept, newest first; changes with every save and answer, in every tab. */
  readonly rows: Watched<readonly Row[]>;
  /** The one sentence that is always in view, and its figures. */
  readonly safety: Watched<Safety>;
  sentence(): string;
  retry(id: string): Promise<void>;
  /** Only for a carried receipt that the server did not take: it was nobody's deposit here. */
  dismiss(id: string): Promise<void>;
  /** Everything that is not at the server yet, as an encrypted file. */
  exportEncrypted(passphrase: string): Promise<Blob>;
  /** Takes in such a file of this or another tablet: how many rows were new. Codes: `wrong_passphrase`, `no_such_file`. */
  importExported(file: Blob, passphrase: string): Promise<Outcome<{ readonly taken: number; readonly known: number }>>;
};
/** Tries to send now; resolves when that try has ended. */
export declare function flush(): Promise<void>;

// ---- Receipts -----------------------------------------------------------------------------------------------------

/** The signed text for the QR of a deposit (`TMD1.…`), or null if it is not known here. */
export declare function receiptText(depositId: string): string | null;
/** What a scanned receipt says; null if it is none. It says nothing about whether the signature is good. */
export declare function readReceipt(text: string): SavedDeposit | null;
/** Puts scanned receipts into the outbox; each is judged by the server. `known` were here already. */
export declare function carry(
  receipts: readonly string[],
): Promise<{ readonly taken: number; readonly known: number; readonly unreadable: number }>;
/** ESC/POS bytes of lines of text and a QR (null: none), for `ports.printer.print`. */
export declare function printBytes(lines: readonly string[], qr: string | null): Uint8Array;

// ---- The counter (a resident with card and PIN) and other doors; these need a connection ------------------------------

/** A refusal of a server, in words; thrown by `door` and `counter`. */
export declare class Refused extends Error {
  readonly code: string;
  readonly detail: string;
  readonly status: number;
}
/** No answer, or one that says nothing about what became of it. */
export declare class Silent extends Error {}

/** Doors of the services by the operator's own sign-in: `door.get("deposit", "/v1/closings/preview", {…})`. */
export declare const door: {
  get<T>(service: string, path: string, query?: Readonly<Record<string, string>>): Promise<T>;
  post<T>(service: string, path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<T>;
};

export interface Balance { posted_rupiah: number; held_rupiah: number; available_rupiah: number }
export interface Product {
  code: string; kind: string; brand: string; name: string; nominal_rupiah: number | null; amount_rupiah: number | null;
  fee_rupiah: number; available: boolean; why_not: string | null;
  smallest_rupiah?: number | null; largest_rupiah?: number | null; step_rupiah?: number | null;
}
export interface Quote {
  quote_id: string; product: string; product_name: string; target: string | null; owner: string | null;
  warning: string | null; amount_rupiah: number; fee_rupiah: number; expires_at: string;
}
export interface Redemption {
  redemption_id: string; state: string; ended: boolean; reason: string | null; sentence: string | null;
  product_kind: string; product_name: string | null; amount_rupiah: number;
  token: { digits: string | null; kwh: string | null; serial: string } | null; hand_over_by: string | null;
}

export declare const counter: {
  /** `card`: the scanned text, or number and printed code. Signed in for five minutes. */
  signIn(card: string | { number: string; secret: string }, pin: string): Promise<{ member_id: string }>;
  signOut(): Promise<void>;
  balance(): Promise<Balance>;
  products(): Promise<readonly Product[]>;
  quote(wish: { product: string; target?: string; amount_rupiah?: number }): Promise<Quote>;
  /** `key` is made when the check page is made (`newId()`): twice is once. */
  redeem(quoteId: string, key: string, repeatConfirmed?: boolean): Promise<Redemption>;
  redemption(redemptionId: string): Promise<Redemption>;
  /** By the operator's own sign-in: the cash is in the resident's hand. */
  handOver(redemptionId: string): Promise<Redemption>;
};

// ---- Practice, language, the app itself ---------------------------------------------------------------------------

/** A database of its own with invented members and the real prices; nothing of it is ever sent. */
export declare const practice: {
  readonly on: Watched<boolean>;
  start(): Promise<void>;
  /** Forgets all that was practised. */
  stop(): Promise<void>;
};

/** A sentence of petugas.po or bersama.po with `{name}` filled in; the key itself if it is missing. */
export declare function t(key: string, values?: Readonly<Record<string, string | number>>): string;
export declare const language: Watched<Language>;
export declare function setLanguage(language: Language): Promise<void>;

export declare const app: {
  /** A newer version waits; it is taken at the next start, or at once by `applyUpdate` when no draft is open. */
  readonly updateWaits: Watched<boolean>;
  applyUpdate(): Promise<void>;
  readonly version: string;
};
