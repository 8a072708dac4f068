/**
 * A class's list while it is entered: each row is a draft of its own, kept encrypted like every other. Here stands only
 * which drafts belong to the list and what its columns are: ids and codes, nothing about people.
 */
const KEY = "timbang.rombongan";

export interface GroupList {
  /** Drafts' deposit ids, in the order of the rows. */
  readonly rows: readonly string[];
  /** Keys of goods, the columns. */
  readonly columns: readonly string[];
  /** The group whose list it is, if one was chosen. */
  readonly group: string | null;
}

const EMPTY: GroupList = { rows: [], columns: [], group: null };

export function readList(): GroupList {
  try {
    return { ...EMPTY, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<GroupList>) };
  } catch {
    return EMPTY;
  }
}

export function keepList(list: GroupList): void {
  localStorage.setItem(KEY, JSON.stringify(list));
}

export function forgetList(): void {
  localStorage.removeItem(KEY);
}

export const listRows = (): readonly string[] => readList().rows;

const LAST = "timbang.rombongan.terakhir";

function readLast(): Readonly<Record<string, readonly string[]>> {
  try {
    return JSON.parse(localStorage.getItem(LAST) ?? "{}") as Readonly<Record<string, readonly string[]>>;
  } catch {
    return {};
  }
}

/** Whose rows stood in the list of this group the last time on this tablet, as ids: no door knows who is in a class. */
export const lastOf = (group: string): readonly string[] => readLast()[group] ?? [];

export function rememberGroup(group: string, memberIds: readonly string[]): void {
  localStorage.setItem(LAST, JSON.stringify({ ...readLast(), [group]: memberIds }));
}
