// What the screens and the core speak of. Money is whole rupiah, kg are grams, litres are millilitres, instants are
// epoch milliseconds by the tablet's clock unless a name says otherwise; days are WIB dates (YYYY-MM-DD).

export type Language = "id" | "en";
export type Unit = "kg" | "litre" | "piece";
export type Channel = "self" | "assisted" | "pickup";
export type MemberKind = "person" | "household" | "group" | "waste_bank_unit";
export type WasteClass =
  | "food" | "wood" | "paper" | "plastic" | "metal" | "textile" | "rubber_leather" | "glass" | "other";

/** A value that tells its listeners when it changes. `subscribe` calls at once with the present value. */
export interface Watched<T> {
  readonly value: T;
  subscribe(listener: (value: T) => void): () => void;
}

export interface Tablet {
  readonly tablet_id: string;
  readonly name: string;
  readonly waste_bank_id: string;
}

/** Somebody who has signed in on this tablet before, and may unlock it without a signal. */
export interface Operator {
  readonly operator_id: string;
  readonly code: string;
  readonly role: string;
  readonly waste_bank_ids: readonly string[];
}

/**
 * `locked`: nobody is at the tablet, personal data cannot be read. `offline`: unlocked by PIN, no answer from the
 * server. `online`: unlocked and signed in. `need_sign_in`: unlocked, but the server wants the PIN once more; recording
 * goes on, what needs the server waits. `tablet` is null before the set-up.
 */
export interface Session {
  readonly state: "locked" | "offline" | "online" | "need_sign_in";
  readonly tablet: Tablet | null;
  readonly operator: Operator | null;
  readonly waste_bank_id: string | null;
}

/** A refusal or failure that a screen shows: `code` is stable, `detail` a sentence of the server or null. */
export interface Trouble {
  readonly ok: false;
  readonly code: string;
  readonly detail: string | null;
  /** Seconds until the next try is taken; 0 if at once. */
  readonly wait_s: number;
}
export type Outcome<T = object> = ({ readonly ok: true } & T) | Trouble;

export interface Card {
  readonly card_id: string;
  readonly number: string;
  readonly blocked: boolean;
}

/** A member as the tablet knows them. `unsent`: enrolled here, not yet at the server. */
export interface Member {
  readonly member_id: string;
  readonly code: string | null;
  readonly kind: MemberKind;
  readonly name: string;
  readonly phone_tail: string | null;
  readonly cards: readonly Card[];
  readonly unsent: boolean;
}

/** What a search found. `blocked_card`: it was found by a card that opens nothing any more: show it, ask for another. */
export interface Found {
  readonly member: Member;
  readonly by: "card" | "number" | "name" | "phone";
  readonly blocked_card: boolean;
}

export interface Grade {
  readonly grade: string;
  readonly name_id: string;
  readonly name_en: string;
  readonly condition_id: string;
  readonly condition_en: string;
}

export interface Item {
  readonly code: string;
  readonly name_id: string;
  readonly name_en: string;
  readonly waste_class: WasteClass;
  readonly unit: Unit;
  readonly grades: readonly Grade[];
  readonly grams_per_unit_estimate?: number | null;
  readonly search_words?: readonly string[];
  readonly used_goods?: boolean;
}

export interface Deduction {
  readonly beneficiary: string;
  readonly basis_points: number;
  readonly name_id: string;
  readonly name_en: string;
  readonly reason_id: string;
  readonly reason_en: string;
}

/** A published price list; `prices` by `item_code/grade`, rupiah per kg, litre or piece. */
export interface PriceList {
  readonly price_list_id: string;
  readonly name: string;
  readonly waste_bank_id: string | null;
  readonly effective_at: number;
  readonly prices: ReadonlyMap<string, number>;
  readonly deductions: readonly Deduction[];
}

/** The list in force with the exceptions that were approved for this waste bank (and member). */
export interface PricesNow extends PriceList {
  readonly items: readonly Item[];
  /** The price that is shown and paid, or null if the item is not bought in this grade. */
  price(item_code: string, grade: string): number | null;
}

export interface Line {
  readonly item_code: string;
  readonly grade: string;
  readonly unit: Unit;
  /** Grams, millilitres or pieces. */
  readonly quantity: number;
  readonly shown_rupiah: number;
}

export interface Share {
  readonly beneficiary: string;
  readonly name_id: string;
  readonly name_en: string;
  readonly basis_points: number;
  readonly amount_rupiah: number;
}

export interface Worth {
  readonly gross_rupiah: number;
  readonly deductions: readonly Share[];
  readonly net_rupiah: number;
}

/** A weighing while it is entered. `deposit_id` is made when it begins: saving twice is saving once. */
export interface DepositDraft {
  readonly deposit_id: string;
  readonly member_id: string;
  readonly channel: Channel;
  readonly price_list_id: string;
  readonly lines: readonly Line[];
  readonly bag_ids: readonly string[];
  /** Of a correction: the deposit that it replaces, and why (nobody is to be named in it). */
  readonly replaces: { readonly deposit_id: string; readonly reason: string } | null;
  /** Of a pick-up: it is told done after the deposit has arrived. */
  readonly pickup_id: string | null;
  /** How the weight came in; noted on the tablet only. */
  readonly weight_source: "keypad" | "scale";
}

export interface EnrolmentDraft {
  readonly member_id: string;
  readonly kind: MemberKind;
  readonly name: string;
  readonly phone: string | null;
  readonly address: string | null;
  readonly village: string | null;
  /** Twelve digits of a blank card in the operator's hand, or null. */
  readonly card_number: string | null;
  /** Six digits that the member typed themselves, or null. */
  readonly pin: string | null;
}

export interface GroupRow {
  readonly deposit_id: string;
  readonly member_id: string;
  readonly lines: readonly Line[];
}

export interface BagDraft {
  readonly bag_id: string;
  readonly member_id: string;
  /** What stands on the bag, such as LP-0001. */
  readonly label: string;
}

export interface Bag extends BagDraft {
  readonly waste_bank_id: string;
  readonly received_at: number;
  readonly unsent: boolean;
}

export interface ClosingDraft {
  readonly closing_id: string;
  readonly on: string;
  readonly classes: readonly { readonly waste_class: WasteClass; readonly counted_grams: number }[];
  readonly cash_counted_rupiah: number;
  readonly note: string | null;
}

export interface Place {
  readonly address: string;
  readonly village?: string | null;
  readonly latitude?: number | null;
  readonly longitude?: number | null;
  readonly note?: string | null;
}

/** A call as the driver sees it, in the order of driving. */
export interface Pickup {
  readonly pickup_id: string;
  readonly member_id: string;
  readonly scheduled_on: string;
  readonly slot: string;
  readonly attempt: number;
  readonly estimated_grams: number;
  readonly place: Place | null;
  /** Weighed on this tablet, although the server may not know yet. */
  readonly done: boolean;
}

export type RowKind =
  | "enrolment" | "card" | "bag" | "deposit" | "void" | "pickup_done" | "bag_discard" | "closing";

/**
 * `draft`: being entered. `waiting`: saved, not at the server. `sending`: on its way. `recorded`: at the server.
 * `waiting_for_member`, `quarantined`: at the server, a person or an enrolment is needed. `conflict`, `invalid`: the
 * server did not take it as it is; it stays here until a person has looked. `need_sign_in`: waits for its operator's PIN.
 */
export type RowState =
  | "draft" | "waiting" | "sending" | "recorded" | "waiting_for_member" | "quarantined"
  | "conflict" | "invalid" | "need_sign_in";

/** One record of the tablet, as the unsent list and the day's history show it. */
export interface Row {
  readonly id: string;
  readonly kind: RowKind;
  readonly state: RowState;
  readonly saved_at: number;
  /** When the server answered about it last, by the tablet's clock; null while it never did. */
  readonly answered_at: number | null;
  readonly operator_id: string;
  readonly tablet_id: string;
  readonly waste_bank_id: string;
  /** The member it is about; null for a closing. Names are asked of `members.get`. */
  readonly member_id: string | null;
  /** Of a deposit, or the deposit that a void or pick-up is about. */
  readonly deposit_id: string | null;
  readonly deposit: SavedDeposit | null;
  /** Why it stands where it stands: a code of docs/api/problems.md or of ours, and the server's sentence. */
  readonly code: string | null;
  readonly detail: string | null;
  /** The server asks whether this deposit was entered twice. */
  readonly twin_of: string | null;
  /** Scanned from a receipt or taken from a file: not recorded on this tablet. */
  readonly carried: boolean;
  readonly tries: number;
}

/** A deposit as it was saved: what the resident saw, and what is signed. */
export interface SavedDeposit {
  readonly deposit_id: string;
  readonly member_id: string;
  readonly waste_bank_id: string;
  readonly tablet_id: string;
  readonly recorder_id: string;
  readonly channel: Channel;
  readonly weighed_at: number;
  readonly price_list_id: string;
  readonly lines: readonly Line[];
  readonly replaces: { readonly deposit_id: string; readonly reason: string } | null;
  readonly bag_ids: readonly string[];
}

/** How ready the tablet is to work without a signal. Ages in milliseconds, null before the first time. */
export interface Readiness {
  readonly ready: boolean;
  readonly pricesAge: number | null;
  readonly membersAge: number | null;
  readonly pickupsAge: number | null;
  readonly membersCount: number;
  readonly storagePersisted: boolean;
  readonly freeBytes: number | null;
  /** Less than 50 MB are free. */
  readonly lowSpace: boolean;
  /** How far the tablet's clock is ahead of the server's; null before it was measured. */
  readonly clockOffsetMs: number | null;
  /** More than five minutes off: tell the operator, never refuse. */
  readonly clockWrong: boolean;
  /** A part of the morning did not come; what is there is used. */
  readonly missing: readonly ("members" | "prices" | "pickups")[];
}

/** The one sentence about safety, from the outbox alone; the figures behind it for badges. */
export interface Safety {
  readonly sentence: string;
  readonly unsent: number;
  readonly troubled: number;
  /** Everything saved up to here is at the server; null if nothing is. */
  readonly safe_until: number | null;
}
