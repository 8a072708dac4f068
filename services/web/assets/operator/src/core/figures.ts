// Figures as people type and read them: "2,5" and "2.5" are the same weight, Rp12.500, 14.05 WIB.

import type { Language, Unit } from "./types.ts";

/** The largest quantity that the server takes: a thousand tonnes, a million litres, a thousand million pieces. */
const QUANTITY_MAX = 1_000_000_000;
const LARGE: Readonly<Record<Unit, number>> = { kg: 100_000, litre: 100_000, piece: 500 };
const ZONE = "Asia/Jakarta";
const WIB_AHEAD_MS = 7 * 3_600_000;

/**
 * Grams, millilitres or pieces of what was typed. A comma or point is the decimal mark; both together are thousands and
 * decimals ("1.234,5"). More than three decimals, zero, signs and other text are null: nothing is guessed.
 */
export function parseQuantity(text: string, unit: Unit): number | null {
  const typed = text.replaceAll(/\s/g, "");
  const plain = /^\d{1,3}([.,])\d{3}(\1\d{3})*[.,]\d{1,3}$/.test(typed) && mixed(typed)
    ? typed.replaceAll(typed.charAt(typed.search(/[.,]/)), "")
    : typed;
  if (unit === "piece") return within(/^\d{1,9}$/.test(plain) ? Number(plain) : null);
  const parts = /^(\d{0,7})(?:[.,](\d{0,3}))?$/.exec(plain);
  if (parts === null) return null;
  const [, whole = "", rest = ""] = parts;
  if (whole === "" && rest === "") return null;
  return within(Number(whole || "0") * 1000 + Number(rest.padEnd(3, "0")));
}

export function isLarge(unit: Unit, quantity: number): boolean {
  return quantity >= LARGE[unit];
}

/** The same in both languages: it stands on receipts. */
export function formatRupiah(rupiah: number): string {
  const digits = Math.abs(rupiah).toString().replaceAll(/\B(?=(\d{3})+$)/g, ".");
  return `${rupiah < 0 ? "-" : ""}Rp${digits}`;
}

/** Thousandths as a number with at most three decimals and none that says nothing: 2500 is `2,5`. */
export function formatThousandths(quantity: number, language: Language): string {
  const [mark, group] = language === "id" ? [",", "."] : [".", ","];
  const whole = Math.floor(quantity / 1000).toString().replaceAll(/\B(?=(\d{3})+$)/g, group);
  const rest = (quantity % 1000).toString().padStart(3, "0").replace(/0+$/, "");
  return rest === "" ? whole : `${whole}${mark}${rest}`;
}

/** The WIB day of an instant as YYYY-MM-DD. */
export function wibDay(at: number): string {
  return new Date(at + WIB_AHEAD_MS).toISOString().slice(0, 10);
}

/** `14.05 WIB` (`14:05 WIB` in English), with the day in front if it is not that of `now`. */
export function formatWhen(at: number, now: number, language: Language): string {
  const clock = new Date(at + WIB_AHEAD_MS).toISOString().slice(11, 16);
  const time = `${language === "id" ? clock.replace(":", ".") : clock} WIB`;
  return wibDay(at) === wibDay(now) ? time : `${shortDay(at, language)} ${time}`;
}

/** `Minggu, 22 November 2026`. */
export function formatDay(day: string, language: Language): string {
  return new Intl.DateTimeFormat(locale(language), {
    timeZone: "UTC", weekday: "long", day: "numeric", month: "long", year: "numeric",
  }).format(Date.parse(day));
}

function shortDay(at: number, language: Language): string {
  return new Intl.DateTimeFormat(locale(language), { timeZone: ZONE, day: "numeric", month: "short" }).format(at);
}

function locale(language: Language): string {
  return language === "id" ? "id-ID" : "en-GB";
}

/** Whether points and commas both stand in it, so that the last of them is the decimal mark. */
function mixed(typed: string): boolean {
  return typed.includes(".") && typed.includes(",");
}

function within(quantity: number | null): number | null {
  return quantity !== null && quantity > 0 && quantity <= QUANTITY_MAX ? quantity : null;
}
