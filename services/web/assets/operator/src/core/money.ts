// Every rounding of money on the tablet; tests/contracts/rounding.json holds it to what the server reckons.
// All products stay below 2^53, where whole numbers are exact; the division is done on whole numbers only.

import type { Deduction, Line, Unit, Worth } from "./types.ts";

const BASIS_POINTS = 10_000;
const PARTS_OF_A_THOUSAND = 1_000;

/** What a line is worth in whole rupiah, rounded down. Grams for kg, millilitres for litre, a count for piece. */
export function lineValueRupiah(unit: Unit, quantity: number, priceRupiah: number): number {
  const product = quantity * priceRupiah;
  return unit === "piece" ? product : wholePart(product, PARTS_OF_A_THOUSAND);
}

/** What one deduction takes of the gross value: rounded down, so the fraction stays the resident's. */
export function deductionRupiah(grossRupiah: number, basisPoints: number): number {
  return wholePart(grossRupiah * basisPoints, BASIS_POINTS);
}

/** Gross, who keeps what, and what the resident gets, of lines that show their value. */
export function worthOf(lines: readonly Line[], by: { readonly deductions: readonly Deduction[] }): Worth {
  const gross = lines.reduce((sum, line) => sum + line.shown_rupiah, 0);
  const deductions = by.deductions.map((rule) => ({
    beneficiary: rule.beneficiary,
    name_id: rule.name_id,
    name_en: rule.name_en,
    basis_points: rule.basis_points,
    amount_rupiah: deductionRupiah(gross, rule.basis_points),
  }));
  const taken = deductions.reduce((sum, share) => sum + share.amount_rupiah, 0);
  return { gross_rupiah: gross, deductions, net_rupiah: gross - taken };
}

/** floor(a / b) without ever dividing into a fraction, which a double would round. */
function wholePart(a: number, b: number): number {
  return (a - (a % b)) / b;
}
