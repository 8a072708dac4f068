import assert from "node:assert/strict";
import { test } from "node:test";
import { broughtUpToDate, DRAFT_SCHEMA } from "../src/core/draftforms.ts";
import { findItems, findMembers, indexMembers } from "../src/core/finding.ts";
import { type Known, type MemberSaid, type MorningPage, NO_MORNING, takeIn, type Touched } from "../src/core/morning.ts";
import { type ExceptionSaid, type ListSaid, makePriceBook, pricesAt } from "../src/core/pricebook.ts";
import { safetyOf, sentenceParts } from "../src/core/safety.ts";
import { twinOf } from "../src/core/twins.ts";
import type { Item, Member } from "../src/core/types.ts";
import { openVault, lockText, makeDeviceKey, seal, unlockText, unseal, unwrap, wrap } from "../src/core/vault.ts";
import { fromBase64url } from "../src/core/ids.ts";
import { waitSeconds } from "../src/core/waits.ts";
import { deposit, id, NOW, row } from "./made.ts";

const list = (changed: Partial<ListSaid> = {}): ListSaid => ({
  kind: "price_list", id: "first", name: "", waste_bank_id: null, effective_at: "2026-01-01T00:00:00+00:00",
  prices: [{ item_code: "P05", grade: "bersih", price_rupiah: 1625 }],
  deductions: [{ beneficiary: "bank", basis_points: 500, name_id: "", name_en: "", reason_id: "", reason_en: "" }],
  ...changed,
});
const exception = (changed: Partial<ExceptionSaid> = {}): ExceptionSaid => ({
  kind: "price_exception", id: "x", member_id: null, item_code: "P05", grade: "bersih", price_rupiah: 2000,
  beneficiary: null, percent: null, from_at: "2026-02-01T00:00:00+00:00", until_at: "2026-03-01T00:00:00+00:00", ...changed,
});
const at = (text: string): number => Date.parse(text);

test("the list in force at the weighing is shown, not the newest that is known", () => {
  const later = list({ id: "second", effective_at: "2026-06-01T00:00:00+07:00", prices: [] });
  const book = makePriceBook([later, list()]);
  assert.equal(pricesAt(book, at("2025-12-31T00:00:00Z"), null), null);
  assert.equal(pricesAt(book, at("2026-05-31T16:59:59Z"), null)?.price_list_id, "first");
  const now = pricesAt(book, at("2026-05-31T17:00:00Z"), null);
  assert.equal(now?.price_list_id, "second");
  assert.equal(now?.price("P05", "bersih"), null);
});

test("an exception holds for its time and its member, a member's own before everybody's", () => {
  const book = makePriceBook([list(), exception(), exception({ id: "y", member_id: "m", price_rupiah: 2500 })]);
  const price = (when: string, member: string | null) => pricesAt(book, at(when), member)?.price("P05", "bersih");
  assert.equal(price("2026-01-31T00:00:00Z", "m"), 1625);
  assert.equal(price("2026-02-02T00:00:00Z", "m"), 2500);
  assert.equal(price("2026-02-02T00:00:00Z", "n"), 2000);
  assert.equal(price("2026-03-01T00:00:00Z", "n"), 1625);
});

test("a deduction can only be lowered", () => {
  const points = (percent: number) => {
    const lowered = exception({ price_rupiah: null, item_code: null, grade: null, beneficiary: "bank", percent });
    return pricesAt(makePriceBook([list(), lowered]), at("2026-02-02T00:00:00Z"), null)?.deductions[0]?.basis_points;
  };
  assert.deepEqual([points(2), points(9)], [200, 500]);
});

const member = (number: number, changed: Partial<Member> = {}): Member => ({
  member_id: id(number), code: `L-${String(number).padStart(5, "0")}`, kind: "household", name: `Nama ${String(number)}`,
  phone_tail: String(number % 10_000).padStart(4, "0"), cards: [], unsent: false, ...changed,
});
const CARD = "123456789092";

test("a member is found by card, number, name and the end of the phone", () => {
  const siti = member(7, { name: "Ibu Siti Rahmawati", code: "L-00042", phone_tail: "8821", cards: [{ card_id: "c", number: CARD, blocked: false }] });
  const index = indexMembers([member(1), siti, member(3, { name: "Sitorus" })]);
  const by = (text: string) => findMembers(index, text).map((found) => [found.member.name, found.by]);
  assert.deepEqual(by(`TMB1:${CARD}:0123456789ABCDEFGHJKMNPQRS`), [["Ibu Siti Rahmawati", "card"]]);
  assert.deepEqual(by("1234 5678 9092"), [["Ibu Siti Rahmawati", "card"]]);
  assert.deepEqual(by("l00042"), [["Ibu Siti Rahmawati", "number"]]);
  assert.deepEqual(by("0042"), [["Ibu Siti Rahmawati", "number"]]);
  const letters = indexMembers([member(8, { name: "Wagino", code: "KMJMN-CHGGX" })]);
  assert.deepEqual(findMembers(letters, "kmjmn chggx").map((found) => found.by), ["number"]);
  assert.deepEqual(by("821"), [["Ibu Siti Rahmawati", "phone"]]);
  assert.deepEqual(by("0812 5550 8821"), [["Ibu Siti Rahmawati", "phone"]]);
  assert.deepEqual(by("sit"), [["Ibu Siti Rahmawati", "name"], ["Sitorus", "name"]]);
  assert.deepEqual(by("rah sit"), [["Ibu Siti Rahmawati", "name"]]);
  assert.deepEqual(by("SÍTI"), by("siti"));
  assert.deepEqual(by("  "), []);
});

test("a blocked card is found and said to be blocked", () => {
  const index = indexMembers([member(1, { cards: [{ card_id: "c", number: CARD, blocked: true }] })]);
  assert.equal(findMembers(index, CARD)[0]?.blocked_card, true);
});

test("ten thousand members are searched in a few milliseconds", () => {
  const index = indexMembers(Array.from({ length: 10_000 }, (_, number) => member(number, { name: `Ibu Siti ${String(number)} Rahmawati` })));
  const begun = performance.now();
  const texts = ["s", "si", "siti", "siti 9999", "zzz", "9999", "L-09999", CARD];
  for (const text of texts) findMembers(index, text);
  const each = (performance.now() - begun) / texts.length;
  assert.ok(each < 50, `${String(each)} ms`);
});

test("items are found in both languages and by other words, the most used first", () => {
  const item = (code: string, name_id: string, name_en: string, search_words: string[] = []): Item =>
    ({ code, name_id, name_en, waste_class: "plastic", unit: "kg", grades: [], search_words });
  const items = [item("P05", "Botol PET", "PET bottles", ["aqua"]), item("K01", "Kardus", "Cardboard")];
  const codes = (text: string) => findItems(items, text, new Map([["K01", 3]])).map((each) => each.code);
  assert.deepEqual([codes("aqua"), codes("cardb"), codes("p05"), codes(""), codes("zz")], [["P05"], ["K01"], ["P05"], ["K01", "P05"], []]);
});

const said = (number: number): MemberSaid => ({
  member_id: id(number), code: "", kind: "person", name: "", phone_tail: null, cards: [],
});
const part = { available: true, whole: false, changed: [], gone: [], more: false };
const page = (changed: Partial<MorningPage> = {}): MorningPage =>
  ({ answered_at: "", members: part, prices: part, pickups: part, next_cursor: "c", more: false, ...changed });
const empty = (): Known => ({ members: new Map(), things: new Map(), pickups: new Map() });
const fresh = (): Touched => ({ members: new Set(), things: false, pickups: false });

test("the morning adds, changes and deletes, and remembers who was merged into whom", () => {
  const known = empty();
  const touched = fresh();
  const first = takeIn(known, NO_MORNING, page({ members: { ...part, whole: true, changed: [said(1), said(2)], more: true }, more: true }), NOW, touched);
  assert.equal(touched.members, null);
  assert.equal(first.members_at, null);
  const second = takeIn(known, first, page({
    members: { ...part, changed: [said(3)], gone: [{ member_id: id(1), into_member_id: id(3) }] }, next_cursor: "d",
  }), NOW, touched);
  assert.deepEqual([...known.members.keys()], [id(2), id(3)]);
  assert.deepEqual(second.merged, { [id(1)]: id(3) });
  assert.deepEqual([second.cursor, second.members_at, second.members_count], ["d", NOW, 2]);
});

test("a silent part keeps what is there and its age", () => {
  const known = empty();
  known.members.set(id(1), said(1));
  const silent = { ...part, available: false };
  const after = takeIn(known, { ...NO_MORNING, members_at: 5 }, page({ members: silent }), NOW, fresh());
  assert.deepEqual([known.members.size, after.members_at, after.prices_at, after.missing], [1, 5, NOW, ["members"]]);
});

test("the sentence counts what is not safe, and says until when everything is", () => {
  const when = (instant: number) => String(instant);
  const say = (rows: Parameters<typeof safetyOf>[0]) => sentenceParts(safetyOf(rows), when);
  assert.deepEqual(say([]), [{ key: "petugas.aman.kosong", values: {} }]);
  assert.deepEqual(say([row(1, { state: "draft" })]), [{ key: "petugas.aman.kosong", values: {} }]);
  assert.deepEqual(say([row(1)]), [{ key: "petugas.aman.menunggu_semua", values: { n: 1 } }]);
  const mixed = [row(1, { state: "recorded" }), row(2, { state: "recorded" }), row(3), row(4, { state: "recorded" }), row(5)];
  assert.deepEqual(say(mixed), [{ key: "petugas.aman.menunggu", values: { n: 2, jam: String(NOW + 2) } }]);
  assert.deepEqual(say([row(1, { state: "quarantined" })]), [{ key: "petugas.aman.semua", values: { jam: String(NOW + 1) } }]);
  assert.deepEqual(say([row(1, { state: "recorded" }), row(2, { state: "invalid" })]), [
    { key: "petugas.aman.semua", values: { jam: String(NOW + 1) } }, { key: "petugas.aman.periksa", values: { n: 1 } },
  ]);
});

test("the same item and weight of the same member within ten minutes is asked about", () => {
  const saved = [{ saved_at: NOW, deposit: deposit() }];
  const mine = (changed = {}) => ({ ...deposit({ deposit_id: id(66) }), ...changed });
  assert.equal(twinOf(mine(), saved, NOW + 60_000), saved[0]);
  assert.equal(twinOf(deposit(), saved, NOW), null);
  assert.equal(twinOf(mine({ member_id: id(8) }), saved, NOW), null);
  assert.equal(twinOf(mine(), saved, NOW + 11 * 60_000), null);
  assert.equal(twinOf(mine({ lines: [{ ...deposit().lines[0], quantity: 2501 }] }), saved, NOW), null);
});

test("a draft of an older app is brought up to date, one of a newer app is left alone", () => {
  const old = { deposit_id: id(1), member_id: id(4), channel: "self", price_list_id: id(5), lines: [], bag_ids: [], replaces: null };
  assert.deepEqual(broughtUpToDate(1, old), { ...old, pickup_id: null, weight_source: "keypad" });
  assert.equal(broughtUpToDate(DRAFT_SCHEMA + 1, old), null);
  assert.equal(broughtUpToDate(0, old), null);
});

test("wrong PINs wait longer and longer, and a clock turned back wins nothing", () => {
  const wait = (count: number, passed = 0) => waitSeconds({ count, last_at: NOW }, NOW + passed * 1000);
  assert.deepEqual([0, 1, 2, 3, 4, 5, 11, 500].map((count) => wait(count)), [0, 0, 0, 5, 15, 30, 3600, 3600]);
  assert.equal(wait(3, 5), 0);
  assert.equal(wait(500, 3599), 1);
  assert.equal(wait(4, -10_000), 15);
});

test("the vault opens by the right PIN on this device only", async () => {
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const [device, other] = [await makeDeviceKey(), await makeDeviceKey()];
  const wrapped = await wrap(raw, "482913", device);
  assert.ok(wrapped.rounds >= 150_000);
  assert.deepEqual(await unwrap(wrapped, "482913", device), raw);
  assert.equal(await unwrap(wrapped, "482914", device), null);
  await assert.rejects(unwrap(wrapped, "482913", other));
  await assert.rejects(crypto.subtle.exportKey("raw", device));
});

test("what is sealed is read by its vault only, and says nothing in clear", async () => {
  const vault = await openVault(new Uint8Array(32).fill(1));
  const sealed = await seal(vault, { name: "Ibu Siti" });
  assert.deepEqual(await unseal(vault, sealed), { name: "Ibu Siti" });
  assert.equal(await unseal(await openVault(new Uint8Array(32).fill(2)), sealed), null);
  assert.ok(!new TextDecoder("latin1").decode(sealed.data).includes("Siti"));
  new Uint8Array(sealed.data)[3]! ^= 1;
  assert.equal(await unseal(vault, sealed), null);
});

test("the exported queue opens by its passphrase", async () => {
  const locked = await lockText("[1]", "empat kata acak");
  const bytes = (text: string) => fromBase64url(text) ?? new Uint8Array();
  const read = (passphrase: string) => unlockText(
    { salt: bytes(locked.salt), iv: bytes(locked.iv), rounds: locked.rounds, data: bytes(locked.data) }, passphrase);
  assert.equal(await read("empat kata acak"), "[1]");
  assert.equal(await read("empat kata"), null);
});
