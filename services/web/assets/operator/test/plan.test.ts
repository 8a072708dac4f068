import assert from "node:assert/strict";
import { test } from "node:test";
import { isUnderstood, judgeBag, judgeDeposit, judgeEnrolment, judgeRefusal } from "../src/core/answers.ts";
import { backOffMs, type DoorName, doorOf, judged, needsSignIn, nextLimit, nextSending, type Sender } from "../src/core/plan.ts";
import { mayGo, type StoredRow } from "../src/core/rows.ts";
import { deposit, id, NOW, row } from "./made.ts";

const me: Sender = { operator_id: id(3), tablet_id: id(2), key: "k" };
const sealed = { key: "k", iv: new Uint8Array(12), data: new ArrayBuffer(0) };
const none: ReadonlySet<string> = new Set();
const next = (rows: readonly StoredRow[], sender = me, now = NOW, done = none, limits = new Map<DoorName, number>()) => {
  const found = nextSending(rows, sender, now, done, limits);
  return found === null ? null : [found.door, ...found.rows.map((each) => each.id)];
};
const enrolment = (number: number, changed: Partial<StoredRow> = {}) =>
  row(number, { kind: "enrolment", member_id: id(number), deposit: null, deposit_id: null, sealed, ...changed });

test("enrolments go first, then bags, deposits, voids, and the closing last", () => {
  const rows = [
    row(90, { kind: "closing", deposit: null, deposit_id: null, body: { on: "2025-11-22" } }),
    row(80, { kind: "void", deposit_id: id(999), deposit: null, body: { reason: "x" } }),
    row(60), row(50), enrolment(40), row(30, { kind: "bag", deposit: null, body: {} }),
  ];
  const order: unknown[] = [];
  const done = new Set<string>();
  for (;;) {
    const found = nextSending(rows.filter((each) => !done.has(each.id)), me, NOW, none, new Map());
    if (found === null) break;
    order.push([found.door, found.rows.length]);
    for (const each of found.rows) done.add(each.id);
  }
  assert.deepEqual(order, [["enrolments", 1], ["bags", 1], ["deposits", 2], ["single", 1], ["single", 1]]);
});

test("a deposit waits for the enrolment of its member, but not for ever, and others do not wait for it", () => {
  const rows = [enrolment(4), row(10), row(11, { member_id: id(77) })];
  const locked: Sender = { ...me, key: null };
  assert.deepEqual(next(rows, locked), ["deposits", id(11)]);
  assert.deepEqual(next([rows[0]!, rows[1]!], locked), null);
  assert.deepEqual(next([rows[0]!, rows[1]!], locked, NOW + 13 * 3_600_000), ["deposits", id(10)]);
  const there = { ...rows[0]!, state: "recorded" as const };
  assert.deepEqual(next([there, rows[1]!], locked), ["deposits", id(10)]);
});

test("a deposit waits for the bags that it empties; a void and a pick-up for their deposit", () => {
  const bag = row(20, { kind: "bag", deposit: null, body: {} });
  const weighing = row(10, { deposit: deposit({ bag_ids: [id(20)] }) });
  assert.deepEqual(next([weighing, bag]), ["bags", id(20)]);
  assert.deepEqual(next([weighing, bag], me, NOW, new Set([id(20)])), null);
  const ended = row(30, { kind: "void", deposit_id: id(10), deposit: null });
  assert.deepEqual(next([row(10), ended], me, NOW, new Set([id(10)])), null);
  assert.deepEqual(next([row(10, { state: "invalid" }), ended]), ["single", id(30)]);
});

test("rows of another operator or tablet are carried, voids and closings need their own operator", () => {
  assert.equal(doorOf(row(1), me), "deposits");
  for (const other of [{ operator_id: id(9) }, { tablet_id: id(9) }, { carried: true }]) {
    assert.equal(doorOf(row(1, other), me), "carried");
  }
  const ended = row(30, { kind: "void", deposit_id: id(999), deposit: null, operator_id: id(9) });
  assert.equal(next([ended]), null);
  assert.ok(needsSignIn(ended, me) && needsSignIn(row(1), null) && !needsSignIn(row(1, { operator_id: id(9) }), me));
});

test("what another vault sealed waits for it", () => {
  assert.equal(next([enrolment(4, { sealed: { ...sealed, key: "other" } })]), null);
});

test("a batch is at most a hundred, halves after a failure and grows back", () => {
  const rows = Array.from({ length: 250 }, (_, place) => row(1000 + place));
  assert.equal(nextSending(rows, me, NOW, none, new Map())?.rows.length, 100);
  assert.equal(nextSending(rows, me, NOW, none, new Map([["deposits", 7]]))?.rows.length, 7);
  assert.equal(nextLimit("deposits", 100, false, 100), 50);
  assert.equal(nextLimit("deposits", 1, false, 1), 1);
  assert.equal(nextLimit("deposits", 25, true, 25), 50);
  assert.equal(nextLimit("deposits", 100, true, 100), 100);
});

test("the oldest goes first, and one that failed before goes after the others", () => {
  assert.deepEqual(next([row(12), row(11), row(10, { tries: 1 })]), ["deposits", id(11), id(12), id(10)]);
});

test("what waits at the server is asked about again after ten minutes", () => {
  const there = row(10, { state: "waiting_for_member", answered_at: NOW });
  assert.equal(next([there], me, NOW + 60_000), null);
  assert.deepEqual(next([there], me, NOW + 11 * 60_000), ["deposits", id(10)]);
  assert.equal(next([row(10, { state: "recorded", answered_at: 0 })], me, NOW + 11 * 60_000), null);
});

test("a closing waits for the deposits of its day, not for those of the next", () => {
  const closing = row(90, { kind: "closing", deposit: null, deposit_id: null, body: { on: "2025-11-22" } });
  const tomorrow = row(10, { deposit: deposit({ weighed_at: NOW + 86_400_000 }) });
  assert.equal(next([closing, row(11)], me, NOW, new Set([id(11)])), null);
  assert.deepEqual(next([closing, tomorrow], me, NOW, new Set([id(10)])), ["single", id(90)]);
});

test("each answer of the doors has its state", () => {
  const of = (status: Parameters<typeof judgeDeposit>[0]["status"], state: Parameters<typeof judgeDeposit>[0]["state"] = null) =>
    judgeDeposit({ deposit_id: id(1), status, state }).state;
  assert.deepEqual(
    [of("recorded", "recorded"), of("repeated", "recorded"), of("repeated", "quarantined"), of("waiting"),
      of("quarantined"), of("conflict"), of("refused"), of("repeated", "waiting_for_member"), of("repeated", "voided")],
    ["recorded", "recorded", "quarantined", "waiting_for_member", "quarantined", "conflict", "invalid",
      "waiting_for_member", "recorded"],
  );
  const asked = judgeDeposit({ deposit_id: id(1), status: "recorded", suspected_duplicate_of: id(2) });
  assert.equal(asked.twin_of, id(2));
  assert.deepEqual(
    judgeEnrolment({ member_id: id(1), status: "recorded", others_with_phone: 0, card_code: "card_taken" }),
    { state: "recorded", code: "card_taken", detail: null, twin_of: null },
  );
  assert.equal(judgeEnrolment({ member_id: id(1), status: "refused", others_with_phone: 0, code: "phone_wrong" }).state, "invalid");
  assert.equal(judgeBag({ bag_id: id(1), status: "recorded", label_in_use: true }).code, "label_in_use");
  assert.equal(judgeRefusal(409, "x", null).state, "conflict");
  assert.equal(judgeRefusal(422, "x", null).state, "invalid");
});

test("a word of a newer service is no answer", () => {
  assert.ok(["recorded", "repeated", "conflict", "waiting", "quarantined", "refused"].every((status) => isUnderstood({ status })));
  assert.ok(["", "postponed", "Recorded"].every((status) => !isUnderstood({ status })));
});

test("only what the server has for thirty days is forgotten", () => {
  const later = NOW + 31 * 86_400_000;
  assert.ok(mayGo(row(1, { state: "recorded", answered_at: NOW }), later));
  for (const state of ["waiting", "invalid", "conflict", "draft"] as const) {
    assert.ok(!mayGo(row(1, { state, answered_at: NOW }), later), state);
  }
});

test("silence is waited out: a second at first, five minutes at most", () => {
  assert.equal(backOffMs(1, 1), 1_000);
  assert.equal(backOffMs(4, 1), 8_000);
  assert.equal(backOffMs(40, 1), 300_000);
  assert.equal(backOffMs(4, 0), 6_000);
});

test("whatever fails on the way, every row arrives once and in order of its kind", () => {
  for (let seed = 1; seed <= 200; seed += 1) arrives(draws(seed));
});

/** A small server that loses replies, fails and halves, against rows of every kind. */
function arrives(draw: () => number): void {
  let rows: StoredRow[] = [];
  for (let number = 10; number < 40; number += 1) {
    const member = id(100 + Math.floor(draw() * 4));
    rows.push(row(number, { member_id: member, operator_id: draw() < 0.8 ? id(3) : id(9) }));
  }
  for (let number = 100; number < 104; number += 1) rows.push(enrolment(number));
  rows.push(row(50, { kind: "void", deposit_id: id(10), deposit: null }));
  const server: string[] = [];
  const limits = new Map<DoorName, number>();
  for (let rounds = 0; rows.some((each) => each.state === "waiting") && rounds < 500; rounds += 1) {
    const done = new Set<string>();
    for (;;) {
      const sending = nextSending(rows, me, NOW, done, limits);
      if (sending === null) break;
      const ids = sending.rows.map((each) => each.id);
      const luck = draw();
      if (luck < 0.3) {
        limits.set(sending.door, nextLimit(sending.door, ids.length, false, ids.length));
        break;
      }
      for (const one of ids) if (!server.includes(one)) server.push(one);
      if (luck < 0.5) break;
      const now = judgeDeposit({ deposit_id: null, status: "recorded" });
      rows = rows.map((each) => (ids.includes(each.id) ? judged(each, now, NOW) : each));
      for (const one of ids) done.add(one);
      limits.set(sending.door, nextLimit(sending.door, ids.length, true, limits.get(sending.door) ?? ids.length));
    }
  }
  assert.equal(rows.filter((each) => each.state !== "recorded").length, 0);
  assert.equal(server.length, rows.length);
  for (const each of rows.filter((one) => one.kind === "deposit")) {
    assert.ok(server.indexOf(String(each.member_id)) < server.indexOf(each.id));
  }
  assert.ok(server.indexOf(id(10)) < server.indexOf(id(50)));
}

function draws(seed: number): () => number {
  let at = seed;
  return () => {
    at = (at * 1_103_515_245 + 12_345) % 2_147_483_648;
    return at / 2_147_483_648;
  };
}
