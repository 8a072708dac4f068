/** Members as screens need them: those on the tablet, and those whom the server named during this visit. */
import { door, type Member, members, t } from "../core/index.ts";
import { failureOf } from "./hooks.ts";

/** Whoever can be weighed for. */
export type Person = Pick<Member, "member_id" | "code" | "kind" | "name" | "phone_tail">;

/** From another waste bank: known only until the app is closed, and never stored. */
const visitors = new Map<string, Person>();

export function personOf(memberId: string): Person | null {
  return members.get(memberId) ?? visitors.get(memberId) ?? null;
}

/** A name to show; while the tablet is locked nobody has one. */
export function nameOf(memberId: string | null): string {
  if (memberId === null) return "";
  return personOf(memberId)?.name ?? t("petugas.cari.tanpa_nama");
}

/** Their number and the end of their phone's: two people of one name are told apart by it. Empty where nobody is known. */
export function tellingApart(memberId: string | null): string {
  const person = memberId === null ? null : personOf(memberId);
  return person === null ? "" : aboutPerson(person);
}

/** What is said in one line about something, without what is empty. */
export const inOneLine = (...words: readonly string[]): string => words.filter((each) => each !== "").join(" · ");

export function aboutPerson({ code, phone_tail }: Person): string {
  const number = code ?? t("petugas.cari.nomor_menyusul");
  return phone_tail === null ? number : t("petugas.cari.tentang", { kode: number, ekor: phone_tail });
}

interface Holder {
  state: string;
  member_id: string;
  code: string;
  kind: Member["kind"];
  name: string;
}

/** Asks the server whose card this is: a neighbour's waste bank, or somebody enrolled since the morning. */
export async function askCard(number: string): Promise<{ person: Person | null; words: string }> {
  try {
    const { member_id, code, kind, name } = await door.get<Holder>("identity", `/v1/cards/${number}`);
    const person: Person = { member_id, code, kind, name, phone_tail: null };
    visitors.set(member_id, person);
    return { person, words: "" };
  } catch (error) {
    const failure = failureOf(error);
    return { person: null, words: failure.words ?? t("petugas.cari.server_diam") };
  }
}

/**
 * What a search leaves for the enrolment that follows it. It goes from hand to hand in memory: an address or a page title
 * with a name in it would stay in the browser's history.
 */
let wished: { name: string; card: string } = { name: "", card: "" };

export function wishToEnrol(name: string, card: string): void {
  wished = { name, card };
}

export function takeWish(): { name: string; card: string } {
  const taken = wished;
  wished = { name: "", card: "" };
  return taken;
}
