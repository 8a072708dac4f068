import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatDay, formatRupiah, formatThousandths, formatWhen, isLarge, parseQuantity, wibDay,
} from "../src/core/figures.ts";
import { isMobilePhone } from "../src/core/phones.ts";

test("a comma and a point are the same weight", () => {
  for (const typed of ["2,5", "2.5", " 2,50 ", "2,500", "02.5"]) assert.equal(parseQuantity(typed, "kg"), 2500, typed);
  assert.equal(parseQuantity(",5", "kg"), 500);
  assert.equal(parseQuantity("3,", "kg"), 3000);
  assert.equal(parseQuantity("0,001", "litre"), 1);
  assert.equal(parseQuantity("1.234,5", "kg"), 1_234_500);
  assert.equal(parseQuantity("1,234.5", "kg"), 1_234_500);
});

test("what is no quantity is not guessed", () => {
  for (const typed of ["", "0", "0,000", "-1", "2,5,1", "1.2345", "dua", "1e3", ".", ",", "2 kg", "99999999"]) {
    assert.equal(parseQuantity(typed, "kg"), null, typed);
  }
  assert.equal(parseQuantity("2,5", "piece"), null);
  assert.equal(parseQuantity("12", "piece"), 12);
  assert.equal(parseQuantity("1000000", "kg"), 1_000_000_000);
  assert.equal(parseQuantity("1000001", "kg"), null);
});

test("250 kg are asked about, 25 kg are not", () => {
  assert.ok(isLarge("kg", 250_000));
  assert.ok(!isLarge("kg", 25_000));
});

test("rupiah are written the same in both languages", () => {
  assert.equal(formatRupiah(12_500), "Rp12.500");
  assert.equal(formatRupiah(0), "Rp0");
  assert.equal(formatRupiah(-1_234_567), "-Rp1.234.567");
});

test("weights say no more than they know", () => {
  assert.equal(formatThousandths(2_500, "id"), "2,5");
  assert.equal(formatThousandths(2_500, "en"), "2.5");
  assert.equal(formatThousandths(1_234_005, "id"), "1.234,005");
  assert.equal(formatThousandths(3_000, "id"), "3");
});

test("times are those of WIB, whatever the tablet's zone", () => {
  const at = Date.parse("2026-11-22T17:05:00Z");
  assert.equal(wibDay(at), "2026-11-23");
  assert.equal(formatWhen(at, at, "id"), "00.05 WIB");
  assert.equal(formatWhen(at, at, "en"), "00:05 WIB");
  assert.equal(formatWhen(at, at + 86_400_000, "id"), "23 Nov 00.05 WIB");
  assert.equal(formatDay("2026-11-22", "id"), "Minggu, 22 November 2026");
});

test("a mobile number is known however it is typed, and nothing else is one", () => {
  for (const typed of ["081234567890", "0812-3456-7890", "62 812 3456 7890", "+6281234567890", "+62 (812) 3456.7890", "81234567890"]) {
    assert.ok(isMobilePhone(typed), typed);
  }
  for (const typed of ["", "0611234567", "08123", "0812345678901234", "nol delapan", "+6581234567890", "0812 3456 7890        000000"]) {
    assert.ok(!isMobilePhone(typed), typed);
  }
});
