// What a page of the morning changes: pure, so that pages, deletions and merges can be tested without a server.

import type { ThingSaid } from "./pricebook.ts";
import type { Morning } from "./storage.ts";
import type { Card, MemberKind, Place } from "./types.ts";

export interface MemberSaid {
  readonly member_id: string;
  readonly code: string;
  readonly kind: MemberKind;
  readonly name: string;
  readonly phone_tail: string | null;
  readonly cards: readonly Card[];
}

export interface PickupSaid {
  readonly pickup_id: string;
  readonly member_id: string;
  readonly scheduled_on: string;
  readonly slot: string;
  readonly attempt: number;
  readonly estimated_grams: number;
  readonly place: Place | null;
}

interface Part<Changed, Gone> {
  readonly available: boolean;
  readonly whole: boolean;
  readonly changed: readonly Changed[];
  readonly gone: readonly Gone[];
  readonly more: boolean;
}

export interface MorningPage {
  readonly answered_at: string;
  readonly members: Part<MemberSaid, { readonly member_id: string; readonly into_member_id?: string | null }>;
  readonly prices: Part<ThingSaid, { readonly kind: string; readonly id: string }>;
  readonly pickups: Part<PickupSaid, { readonly pickup_id: string }>;
  readonly next_cursor: string;
  readonly more: boolean;
}

/** What the tablet knows of a waste bank. The maps are changed in place: ten thousand members are not copied. */
export interface Known {
  readonly members: Map<string, MemberSaid>;
  readonly things: Map<string, ThingSaid>;
  readonly pickups: Map<string, PickupSaid>;
}

export interface Touched {
  /** Members that are new, different or gone; null if all of them are. */
  members: Set<string> | null;
  things: boolean;
  pickups: boolean;
}

export const NO_MORNING: Morning = {
  cursor: null, members_at: null, prices_at: null, pickups_at: null, members_count: 0, missing: [], merged: {}, bags: [],
  bags_at: null, routes: {},
};

export function thingKey(thing: { readonly kind: string; readonly id: string }): string {
  return `${thing.kind}|${thing.id}`;
}

/** Takes a page in; answers where the tablet stands after it. A part that did not come keeps its age. */
export function takeIn(known: Known, before: Morning, page: MorningPage, now: number, touched: Touched): Morning {
  const merged = { ...before.merged };
  if (page.members.available) takeMembers(known, page.members, merged, touched);
  if (page.prices.available) takeThings(known, page.prices, touched);
  if (page.pickups.available) takePickups(known, page.pickups, touched);
  const parts = ["members", "prices", "pickups"] as const;
  const missing = parts.filter((part) => !page[part].available);
  const ended = (part: (typeof parts)[number], was: number | null): number | null =>
    page[part].available && !page[part].more ? now : was;
  return {
    ...before,
    cursor: page.next_cursor,
    members_at: ended("members", before.members_at),
    prices_at: ended("prices", before.prices_at),
    pickups_at: ended("pickups", before.pickups_at),
    members_count: known.members.size,
    missing,
    merged,
  };
}

function takeMembers(
  known: Known, part: MorningPage["members"], merged: Record<string, string>, touched: Touched,
): void {
  if (part.whole) {
    known.members.clear();
    touched.members = null;
  }
  for (const member of part.changed) {
    known.members.set(member.member_id, member);
    touched.members?.add(member.member_id);
  }
  for (const { member_id, into_member_id } of part.gone) {
    known.members.delete(member_id);
    touched.members?.add(member_id);
    if (into_member_id !== null && into_member_id !== undefined) merged[member_id] = into_member_id;
  }
}

function takeThings(known: Known, part: MorningPage["prices"], touched: Touched): void {
  if (part.whole) known.things.clear();
  for (const thing of part.changed) known.things.set(thingKey(thing), thing);
  for (const gone of part.gone) known.things.delete(thingKey(gone));
  touched.things ||= part.whole || part.changed.length + part.gone.length > 0;
}

function takePickups(known: Known, part: MorningPage["pickups"], touched: Touched): void {
  if (part.whole) known.pickups.clear();
  for (const pickup of part.changed) known.pickups.set(pickup.pickup_id, pickup);
  for (const { pickup_id } of part.gone) known.pickups.delete(pickup_id);
  touched.pickups ||= part.whole || part.changed.length + part.gone.length > 0;
}
