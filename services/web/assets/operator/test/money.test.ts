// The tablet's money against the same vectors as the server's (tests/contracts/rounding.json).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { deductionRupiah, lineValueRupiah, worthOf } from "../src/core/money.ts";
import type { Deduction, Line, Unit } from "../src/core/types.ts";

interface Vectors {
  line_values: { why: string; unit: Unit; quantity: number; price_rupiah: number; value_rupiah: number }[];
  deductions: { why: string; gross_rupiah: number; basis_points: number; deduction_rupiah: number }[];
  nets: { why: string; gross_rupiah: number; basis_points: number[]; net_rupiah: number }[];
}
const file = new URL("../../../../../tests/contracts/rounding.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;
const RULE: Deduction = { beneficiary: "bank", basis_points: 500, name_id: "", name_en: "", reason_id: "", reason_en: "" };

function line(shown_rupiah: number): Line {
  return { item_code: "P05", grade: "bersih", unit: "kg", quantity: 1, shown_rupiah };
}

test("every line value of the shared vectors", () => {
  assert.ok(vectors.line_values.length > 30);
  for (const v of vectors.line_values) assert.equal(lineValueRupiah(v.unit, v.quantity, v.price_rupiah), v.value_rupiah, v.why);
});

test("every deduction of the shared vectors", () => {
  assert.ok(vectors.deductions.length > 10);
  for (const v of vectors.deductions) assert.equal(deductionRupiah(v.gross_rupiah, v.basis_points), v.deduction_rupiah, v.why);
});

test("every net of the shared vectors", () => {
  assert.ok(vectors.nets.length > 3);
  for (const v of vectors.nets) {
    const worth = worthOf([line(v.gross_rupiah)], { deductions: v.basis_points.map((part) => ({ ...RULE, basis_points: part })) });
    assert.equal(worth.net_rupiah, v.net_rupiah, v.why);
  }
});

test("gross, shares and net of a weighing add up", () => {
  const worth = worthOf([line(20), line(19)], { deductions: [RULE, { ...RULE, beneficiary: "other" }] });
  assert.deepEqual([worth.gross_rupiah, worth.deductions.map((d) => d.amount_rupiah), worth.net_rupiah], [39, [1, 1], 37]);
});
