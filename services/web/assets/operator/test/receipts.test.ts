import assert from "node:assert/strict";
import { test } from "node:test";
import { cardNumberIsWhole, readCard, readSetUpCode } from "../src/core/cards.ts";
import { printBytes } from "../src/core/escpos.ts";
import { fromBase64url, longId, shortId, uuid7 } from "../src/core/ids.ts";
import { qrText, readReceipt, signedText } from "../src/core/receipts.ts";
import { makeSigningKeys, sign, writePublicKey } from "../src/core/signing.ts";
import { readWeight } from "../src/core/devices/serial.ts";
import { deposit } from "./made.ts";

test("ids are UUIDv7 of their instant and are written in 22 letters", () => {
  const at = Date.parse("2026-11-22T10:42:00.123Z");
  const id = uuid7(at);
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(parseInt(id.replace("-", "").slice(0, 12), 16), at);
  assert.ok(uuid7(at) < uuid7(at + 1));
  assert.equal(shortId(id).length, 22);
  assert.equal(longId(shortId(id)), id);
  assert.equal(longId("short"), null);
});

test("what is signed is the agreed array, to the letter", () => {
  const text = signedText(deposit({ bag_ids: [], replaces: null }));
  assert.equal(
    text,
    '[1,"AZqwAAAAcACAAAAAAAAAAQ","AZqwAAAAcACAAAAAAAAAAg","AZqwAAAAcACAAAAAAAAAAw","AZqwAAAAcACAAAAAAAAABA",'
    + '"lubuk-pakam-induk","self",1763805720123,"AZqwAAAAcACAAAAAAAAABQ",[["P05","bersih","kg",2500,4062]],null,[]]',
  );
});

test("a receipt is read as it was written", () => {
  const whole = deposit({
    replaces: { deposit_id: "019ab000-0000-7000-8000-000000000009", reason: "salah “ketik”, é" },
    bag_ids: ["019ab000-0000-7000-8000-000000000008"],
  });
  const signed = signedText(whole);
  const read = readReceipt(qrText(signed, "A".repeat(86)));
  assert.deepEqual(read?.deposit, whole);
  assert.equal(read?.signed, signed);
});

test("what is no receipt is not taken for one", () => {
  const signed = signedText(deposit());
  const good = qrText(signed, "A".repeat(86));
  const wrong = [
    "", "TMB1:123", signed, good.replace("TMD1", "TMD2"), good.slice(0, -1), qrText(signed, "A".repeat(85)),
    good.replace("[1,", "[2,"), good.replace('"self"', '"none"'), good.replace("2500", "2500.5"), good.replace("2500", "-1"),
    good.replace('"kg"', '"ton"'), good.replace("lubuk-pakam-induk", "").replace('""', "7"),
  ];
  for (const text of wrong) assert.equal(readReceipt(text), null, text);
});

test("the signature is 64 bytes that the public point verifies", async () => {
  const keys = await makeSigningKeys();
  const point = fromBase64url(await writePublicKey(keys));
  const signed = signedText(deposit());
  const signature = fromBase64url(await sign(keys, signed));
  assert.equal(point?.length, 65);
  assert.equal(signature?.length, 64);
  const key = await crypto.subtle.importKey("raw", point ?? new Uint8Array(), { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"]);
  const verify = (text: string) =>
    crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature ?? new Uint8Array(), new TextEncoder().encode(text));
  assert.ok(await verify(signed));
  assert.ok(!(await verify(signed.replace("2500", "9500"))));
});

test("a card is read from its QR and from its number, a slip is noticed", () => {
  assert.ok(cardNumberIsWhole("000000000098"));
  const number = numbered(1234567890);
  assert.ok(cardNumberIsWhole(number));
  assert.deepEqual(readCard(`TMB1:${number}:0123456789ABCDEFGHJKMNPQRS`), { number, secret: "0123456789ABCDEFGHJKMNPQRS" });
  assert.deepEqual(readCard(number.replace(/(....)(....)(....)/, "$1 $2 $3")), { number, secret: null });
  assert.equal(readCard(number.replace(/^12/, "21")), null);
  for (let place = 0; place < 12; place += 1) {
    const digit = (Number(number[place]) + 1) % 10;
    assert.equal(readCard(number.slice(0, place) + String(digit) + number.slice(place + 1)), null);
  }
});

test("a set-up code is found in what was scanned or typed", () => {
  for (const text of ["8ZP3-K7Q2F-94WMA", " 8zp3 k7q2f 94wma ", "https://a.test/petugas/#siapkan/8ZP3-K7Q2F-94WMA"]) {
    assert.equal(readSetUpCode(text), "8ZP3-K7Q2F-94WMA", text);
  }
  assert.equal(readSetUpCode("8ZP3-K7Q2F"), null);
});

test("a printer gets plain letters, the QR and a cut", () => {
  const bytes = printBytes(["Café – Rp12.500"], { text: "TMD1.x", size: 21 });
  const text = String.fromCharCode(...bytes);
  assert.ok(text.startsWith("\x1b@Cafe ? Rp12.500\n"));
  assert.ok(text.includes("1P0TMD1.x"));
  assert.ok(text.endsWith("\x1dVB\0"));
});

test("a QR is printed as large as the paper is wide", () => {
  for (const [size, dots] of [[21, 8], [61, 6], [81, 4], [117, 3], [177, 2]] as const) {
    const text = String.fromCharCode(...printBytes([], { text: "x", size }));
    assert.ok(text.includes(`\x1d(k\x03\x001C${String.fromCharCode(dots)}`), String(size));
    assert.ok(dots * size <= 384 || dots === 2);
  }
});

test("a scale's line is read only when it stands still", () => {
  assert.equal(readWeight("ST,GS,+  2.500kg"), 2500);
  assert.equal(readWeight("ST,NT,+   850 g"), 850);
  assert.equal(readWeight("US,GS,+  2.500kg"), null);
  assert.equal(readWeight("ST,GS,-  2.500kg"), null);
  assert.equal(readWeight("noise"), null);
});

function numbered(body: number): string {
  const check = 98 - ((body * 100) % 97);
  return String(body).padStart(10, "0") + String(check).padStart(2, "0");
}
