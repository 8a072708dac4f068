// Finding a member among ten thousand while somebody types: everything that is compared was made ready once.

import { readCard } from "./cards.ts";
import type { Found, Item, Member } from "./types.ts";

const MOST = 20;
const TAIL = 4;
const SHORTEST_TAIL = 3;

interface Entry {
  readonly member: Member;
  readonly name: string;
  readonly code: string;
}

export interface MemberIndex {
  readonly entries: readonly Entry[];
  readonly byCard: ReadonlyMap<string, Member>;
}

/** Small letters without marks or anything else that people leave out. */
export function plain(text: string): string {
  return text.normalize("NFKD").toLowerCase().replaceAll(/[^a-z0-9 ]/g, "");
}

export function indexMembers(members: Iterable<Member>): MemberIndex {
  const entries: Entry[] = [];
  const byCard = new Map<string, Member>();
  for (const member of members) {
    entries.push({ member, name: ` ${plain(member.name)}`, code: plain(member.code ?? "") });
    for (const card of member.cards) byCard.set(card.number, member);
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { entries, byCard };
}

/** By card, else by number or phone, else by name: beginnings of words first. At most twenty. */
export function findMembers(index: MemberIndex, text: string): readonly Found[] {
  const card = readCard(text);
  if (card !== null) {
    const member = index.byCard.get(card.number);
    const blocked_card = member?.cards.some((each) => each.number === card.number && each.blocked) ?? false;
    return member === undefined ? [] : [{ member, by: "card", blocked_card }];
  }
  const wanted = plain(text).trim().replaceAll(/ +/g, " ");
  if (wanted === "") return [];
  const found = byCode(index, wanted.replaceAll(" ", ""));
  if (/^[0-9 ]+$/.test(wanted)) found.push(...byPhone(index, wanted.replaceAll(" ", "")));
  else if (found.length < MOST) found.push(...byName(index, wanted.split(" ")));
  const once = new Map(found.map((each) => [each.member.member_id, each] as const).reverse());
  return found.filter((each) => once.get(each.member.member_id) === each).slice(0, MOST);
}

/** A whole number always (it may have no digit at all), its end only with a digit: a name is no number. */
function byCode(index: MemberIndex, wanted: string): Found[] {
  const endCounts = wanted.length >= SHORTEST_TAIL && /[0-9]/.test(wanted);
  return index.entries
    .filter((entry) => entry.code === wanted || (endCounts && entry.code.endsWith(wanted)))
    .slice(0, MOST)
    .map(({ member }) => ({ member, by: "number", blocked_card: false }));
}

function byPhone(index: MemberIndex, digits: string): Found[] {
  if (digits.length < SHORTEST_TAIL) return [];
  const tail = digits.slice(-TAIL);
  return index.entries
    .filter(({ member }) => member.phone_tail !== null && member.phone_tail.endsWith(tail))
    .slice(0, MOST)
    .map(({ member }) => ({ member, by: "phone", blocked_card: false }));
}

function byName(index: MemberIndex, words: readonly string[]): Found[] {
  const begins: Found[] = [];
  const within: Found[] = [];
  for (const { member, name } of index.entries) {
    if (!words.every((word) => name.includes(word))) continue;
    const found: Found = { member, by: "name", blocked_card: false };
    if (words.every((word) => name.includes(` ${word}`))) begins.push(found);
    else if (within.length < MOST) within.push(found);
    if (begins.length === MOST) break;
  }
  return [...begins, ...within];
}

/** Items by name in either language, code or search word; those used most come first. */
export function findItems(items: readonly Item[], text: string, used: ReadonlyMap<string, number>): readonly Item[] {
  const words = plain(text).split(" ").filter((word) => word !== "");
  return items
    .filter((item) => {
      const known = plain([item.code, item.name_id, item.name_en, ...(item.search_words ?? [])].join(" "));
      return words.every((word) => known.includes(word));
    })
    .sort((a, b) => (used.get(b.code) ?? 0) - (used.get(a.code) ?? 0));
}
