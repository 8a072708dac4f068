// Members as the screens ask for them: those that the morning brought and those that were enrolled here a minute ago.

import { findMembers, indexMembers, type MemberIndex } from "./finding.ts";
import type { MemberSaid } from "./morning.ts";
import type { StoredRow } from "./rows.ts";
import { unlocked } from "./session.ts";
import type { EnrolmentDraft, Found, Member } from "./types.ts";
import { unseal, type Vault } from "./vault.ts";
import { here, learned, type World } from "./world.ts";

const PHONE_TAIL = 4;

/** Enrolled on this tablet and not in the morning yet; opened once, kept in memory while unlocked. */
const enrolled = new Map<string, Member>();
let index: MemberIndex | null = null;

/** Keeps the index and the new members in step with what was learned and saved. */
export function watchPeople(): void {
  learned.subscribe(() => {
    index = null;
    // Ten thousand names take a slow tablet a quarter of a second: better now than at the first letter typed.
    setTimeout(currentIndex, 0);
  });
  unlocked.subscribe((who) => {
    if (who === null) enrolled.clear();
    index = null;
  });
}

/** Opens the enrolments of the outbox; called when the vault opens and when a row was added. */
export async function openEnrolments(rows: readonly StoredRow[], vault: Vault): Promise<void> {
  for (const row of rows) {
    if (row.kind !== "enrolment" || row.sealed === null || row.state === "invalid" || enrolled.has(row.id)) continue;
    const draft = await unseal<EnrolmentDraft>(vault, row.sealed);
    if (draft !== null) remember(draft);
  }
}

export function remember(draft: EnrolmentDraft): void {
  enrolled.set(draft.member_id, {
    member_id: draft.member_id, code: null, kind: draft.kind, name: draft.name,
    phone_tail: draft.phone?.replaceAll(/\D/g, "").slice(-PHONE_TAIL) ?? null,
    cards: draft.card_number === null ? [] : [{ card_id: "", number: draft.card_number, blocked: false }],
    unsent: true,
  });
  index = null;
}

export const members = {
  find: (text: string): readonly Found[] => findMembers(currentIndex(), text),
  get: (memberId: string): Member | null => member(here(), memberId),
  groups: (): readonly Member[] =>
    currentIndex().entries.map((entry) => entry.member).filter((each) => each.kind === "group"),
  count: (): number => currentIndex().entries.length,
};

function currentIndex(): MemberIndex {
  const world = here();
  const { members: known } = world.known;
  const fresh = [...enrolled.values()].filter((each) => !known.has(each.member_id));
  index ??= indexMembers([...[...known.values()].map(shownMember), ...fresh]);
  return index;
}

/** A member by an id, also by one that was merged into another. */
function member(world: World, memberId: string): Member | null {
  const id = world.morning.merged[memberId] ?? memberId;
  const known = world.known.members.get(id);
  return known === undefined ? freshMember(id) : shownMember(known);
}

/** Enrolled here; the row says whether the server knows by now. */
function freshMember(id: string): Member | null {
  const fresh = enrolled.get(id);
  return fresh === undefined ? null : { ...fresh, unsent: here().outbox.get(id)?.state === "waiting" };
}

function shownMember(said: MemberSaid): Member {
  return { ...said, unsent: false };
}
