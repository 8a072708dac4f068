// Practice: the same screens on a database of its own, with invented members and the real prices. Nothing of it is sent.

import { saveKnown } from "./knowledgestore.ts";
import { type MemberSaid, NO_MORNING } from "./morning.ts";
import { ports } from "./ports.ts";
import { LockedError } from "./saving.ts";
import { unlocked } from "./session.ts";
import { openStorage, PRACTICE } from "./storage.ts";
import { Value } from "./watched.ts";
import { base, enterBank, makeWorld, openPeople, practiceWorld } from "./world.ts";
import { uuid7 } from "./ids.ts";
import { deleteDB } from "idb";

const INVENTED = ["Ibu Latihan", "Bapak Contoh", "Kelas 4A (latihan)"];

const on = new Value(false);

export const practice = {
  on,

  async start(): Promise<void> {
    const who = unlocked.value;
    if (who === null) throw new LockedError("locked");
    await deleteDB(PRACTICE);
    const world = await makeWorld(await openStorage(PRACTICE));
    const { things } = base().real.known;
    const now = ports.clock.now();
    const members = new Map(INVENTED.map((name, place) => [name, invented(name, place, now)] as const)
      .map(([, member]) => [member.member_id, member]));
    const morning = { ...NO_MORNING, members_at: now, prices_at: now, members_count: members.size };
    await saveKnown(world.db, who.bank, who.vault, { members, things, pickups: new Map() }, morning, {
      members: null, things: true, pickups: true,
    });
    await enterBank(world, who.bank);
    await openPeople(world, who.vault);
    practiceWorld.set(world);
    on.set(true);
  },

  /** Forgets all that was practised. */
  async stop(): Promise<void> {
    const world = practiceWorld.value;
    practiceWorld.set(null);
    on.set(false);
    world?.outbox.close();
    await deleteDB(PRACTICE);
  },
};

function invented(name: string, place: number, now: number): MemberSaid {
  const group = place === INVENTED.length - 1;
  return {
    member_id: uuid7(now), code: `L-000${String(place + 1)}`, kind: group ? "group" : "household", name,
    phone_tail: `000${String(place + 1)}`, cards: [],
  };
}
