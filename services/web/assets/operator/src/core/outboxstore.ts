// The rows of one database, in memory and on disk. Disk first: memory never says more than what was committed. Each
// change reads and writes its row in one transaction, so that two tabs cannot overwrite one another.

import { mayGo, type StoredRow } from "./rows.ts";
import { type Database, StorageError } from "./storage.ts";
import { Value } from "./watched.ts";

/** A draft gives way to what it became, and what the server did not take to another try; a deposit has an id of its own. */
function givesWay(old: StoredRow): boolean {
  return old.state === "draft" || (old.kind !== "deposit" && (old.state === "invalid" || old.state === "conflict"));
}

export class OutboxStore {
  readonly rows = new Value<readonly StoredRow[]>([]);
  readonly #db: Database;
  readonly #byId = new Map<string, StoredRow>();
  readonly #channel: BroadcastChannel;

  private constructor(db: Database) {
    this.#db = db;
    this.#channel = new BroadcastChannel(`${db.name}-outbox`);
    this.#channel.onmessage = () => void this.reload();
  }

  /** Reads what is there; what has been at the server for thirty days is forgotten. */
  static async open(db: Database, now: number): Promise<OutboxStore> {
    const store = new OutboxStore(db);
    const all = await db.getAll("outbox");
    const old = all.filter((row) => mayGo(row, now)).map((row) => row.id);
    if (old.length > 0) await store.drop(old);
    store.#remember(all.filter((row) => !old.includes(row.id)));
    return store;
  }

  get(id: string): StoredRow | null {
    return this.#byId.get(id) ?? null;
  }

  async reload(): Promise<void> {
    const all = await this.#db.getAll("outbox");
    this.#byId.clear();
    this.#remember(all);
  }

  /**
   * Writes new rows, all or none, durably; then they are there. One that exists already stays as it is, unless
   * `mayReplace` says otherwise. Answers what stands there now, in the same order.
   */
  async add(
    rows: readonly StoredRow[], mayReplace: (old: StoredRow) => boolean = givesWay,
  ): Promise<readonly StoredRow[]> {
    const stand = await this.#write(async (put, get) => {
      const result: StoredRow[] = [];
      for (const row of rows) {
        const old = await get(row.id);
        const wins = old === undefined || mayReplace(old);
        if (wins) put(row);
        result.push(wins ? row : old);
      }
      return result;
    });
    this.#remember(stand);
    this.#channel.postMessage("changed");
    return stand;
  }

  /** Changes rows by what they are in this moment; one that is gone, or for which `next` says null, stays. */
  async change(ids: readonly string[], next: (row: StoredRow) => StoredRow | null): Promise<void> {
    const changed = await this.#write(async (put, get) => {
      const result: StoredRow[] = [];
      for (const id of ids) {
        const old = await get(id);
        const row = old === undefined ? null : next(old);
        if (row === null) continue;
        put(row);
        result.push(row);
      }
      return result;
    });
    if (changed.length === 0) return;
    this.#remember(changed);
    this.#channel.postMessage("changed");
  }

  async drop(ids: readonly string[]): Promise<void> {
    const tx = this.#db.transaction("outbox", "readwrite");
    await Promise.all([...ids.map((id) => tx.store.delete(id)), tx.done]);
    for (const id of ids) this.#byId.delete(id);
    this.#remember([]);
    this.#channel.postMessage("changed");
  }

  close(): void {
    this.#channel.close();
    this.#db.close();
  }

  async #write<T>(
    work: (put: (row: StoredRow) => void, get: (id: string) => Promise<StoredRow | undefined>) => Promise<T>,
  ): Promise<T> {
    try {
      const tx = this.#db.transaction("outbox", "readwrite", { durability: "strict" });
      const puts: Promise<unknown>[] = [];
      const result = await work((row) => puts.push(tx.store.put(row)), (id) => tx.store.get(id));
      await Promise.all([...puts, tx.done]);
      return result;
    } catch (error) {
      throw new StorageError(error instanceof Error ? error.name : "unknown", { cause: error });
    }
  }

  #remember(rows: readonly StoredRow[]): void {
    for (const row of rows) this.#byId.set(row.id, row);
    this.rows.set([...this.#byId.values()]);
  }
}
