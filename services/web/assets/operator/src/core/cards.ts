// What stands on a card: twelve digits, the last two of them check digits (ISO 7064 MOD 97-10), and a QR.

export interface ScannedCard {
  readonly number: string;
  /** Opens the member's own doors; it is never stored on the tablet. */
  readonly secret: string | null;
}

/** Whether the check digits fit. Twelve digits are exact in a double. */
export function cardNumberIsWhole(number: string): boolean {
  const digits = number.replaceAll(/\s/g, "");
  return /^\d{12}$/.test(digits) && Number(digits) % 97 === 1;
}

/** The card that was scanned (`TMB1:<number>:<secret>`) or typed; null if it is none. */
export function readCard(text: string): ScannedCard | null {
  const scanned = /^TMB1:(\d{12}):([0-9A-Z]{8,40})$/.exec(text.trim());
  const number = scanned?.[1] ?? text.replaceAll(/[\s-]/g, "");
  return cardNumberIsWhole(number) ? { number, secret: scanned?.[2] ?? null } : null;
}

/** A set-up code within what was scanned or typed: `8ZP3-K7Q2F-94WMA`, in blanks, small letters or an address. */
export function readSetUpCode(text: string): string | null {
  const found = /(?:^|[^0-9A-Z])([0-9A-Z]{4})[ -]?([0-9A-Z]{5})[ -]?([0-9A-Z]{5})$/.exec(text.trim().toUpperCase());
  return found === null ? null : found.slice(1).join("-");
}
