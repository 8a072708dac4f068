// A resident at the counter, with card and PIN: their own doors, for five minutes. All of it needs a connection.

import { ask, door } from "./gateway.ts";
import { readCard } from "./cards.ts";
import { asTablet } from "./reattaching.ts";
import { session } from "./session.ts";

export interface Balance {
  readonly posted_rupiah: number;
  readonly held_rupiah: number;
  readonly available_rupiah: number;
}

export interface Product {
  readonly code: string;
  readonly kind: string;
  readonly brand: string;
  readonly name: string;
  readonly nominal_rupiah: number | null;
  readonly amount_rupiah: number | null;
  readonly fee_rupiah: number;
  readonly available: boolean;
  readonly why_not: string | null;
  readonly smallest_rupiah?: number | null;
  readonly largest_rupiah?: number | null;
  readonly step_rupiah?: number | null;
}

export interface Quote {
  readonly quote_id: string;
  readonly product: string;
  readonly product_name: string;
  readonly target: string | null;
  readonly owner: string | null;
  readonly warning: string | null;
  readonly amount_rupiah: number;
  readonly fee_rupiah: number;
  readonly expires_at: string;
}

export interface Redemption {
  readonly redemption_id: string;
  readonly state: string;
  readonly ended: boolean;
  readonly reason: string | null;
  readonly sentence: string | null;
  readonly product_kind: string;
  readonly product_name: string | null;
  readonly amount_rupiah: number;
  readonly token: { readonly digits: string | null; readonly kwh: string | null; readonly serial: string } | null;
  readonly hand_over_by: string | null;
}

export interface QuoteWish {
  readonly product: string;
  readonly target?: string;
  readonly amount_rupiah?: number;
}

let memberId: string | null = null;

export const counter = {
  /** `card`: the scanned text, or number and printed code. Signed in for five minutes. Throws Refused and Silent. */
  async signIn(card: string | { readonly number: string; readonly secret: string }, pin: string): Promise<{ member_id: string }> {
    const read = typeof card === "string" ? readCard(card) : card;
    const body = { card_number: read?.number, card_secret: read?.secret, pin };
    const answer = await asTablet(() => ask<{ member_id: string }>("POST", "/loket/masuk", { body }));
    memberId = answer.member_id;
    return { member_id: answer.member_id };
  },

  /** Forgets who was at the counter; the server's five minutes may still run. */
  async signOut(): Promise<void> {
    memberId = null;
    await ask("POST", "/loket/keluar");
  },

  balance: (): Promise<Balance> => ask("GET", `/loket/wallet/v1/members/${String(memberId)}/balance`),

  async products(): Promise<readonly Product[]> {
    const said = await ask<{ products?: readonly Product[] } | readonly Product[]>("GET", "/loket/payout/v1/products");
    return "length" in said ? said : (said.products ?? []);
  },

  /** Cash is quoted for the counter of this waste bank. */
  quote(wish: QuoteWish): Promise<Quote> {
    const cash = wish.amount_rupiah === undefined ? {} : { waste_bank_id: session.value.waste_bank_id };
    return ask("POST", "/loket/payout/v1/quotes", { body: { ...wish, ...cash } });
  },

  /** `key` is made with the page on which it is confirmed: twice is once. */
  redeem(quoteId: string, key: string, repeatConfirmed = false): Promise<Redemption> {
    return ask("POST", "/loket/payout/v1/redemptions", {
      body: { quote_id: quoteId, repeat_confirmed: repeatConfirmed },
      headers: { "Idempotency-Key": key },
    });
  },

  redemption: (redemptionId: string): Promise<Redemption> => ask("GET", `/loket/payout/v1/redemptions/${redemptionId}`),

  /** By the operator's own sign-in: the cash is in the resident's hand. */
  handOver: (redemptionId: string): Promise<Redemption> =>
    door.post("payout", `/v1/redemptions/${redemptionId}:hand-over`, {}),
};
