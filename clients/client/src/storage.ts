/**
 * Where a client keeps what must outlive it: tokens, the outbox, and events beside their resume point.
 *
 * A record is a value of JSON under a key. The tabs of one browser share a storage: each entry of the outbox is a record
 * of its own, and a token is looked at again before it is replaced, so that none undoes another's work.
 */

/** A record: a map of JSON values. */
export type Kept = Readonly<Record<string, unknown>>;

/** Records by key; undefined: removed. */
export type Changes = ReadonlyMap<string, Kept | undefined>;

/** Whether a key's records are only for those who come later: a thread's events. */
export function isLong(key: string): boolean {
  return key.includes('/log.');
}

/** Ends what a lock or a watch began. */
export type Release = () => void;

/** What a program may bring of its own, for React Native say. Whatever rejects is told as a `problem` and tried again. */
export interface Storage {
  /** The records whose keys begin so, whichever client wrote them. */
  load(prefix: string): Promise<ReadonlyMap<string, Kept>>;

  /** Makes all of these changes or none, after those of earlier calls. */
  write(changes: Changes): Promise<void>;

  /** Hears what other clients wrote here. What is long (`isLong`) need not be told. */
  watch?(heard: (changes: Changes) => void): Release;

  /** Waits until no other client holds the lock of this name, and takes it. A client that is gone holds none. */
  lock?(name: string): Promise<Release>;
}

/**
 * Lasts as long as this object; give one to several clients to make them tabs of one device.
 *
 * Everything is told in a later turn, as between real tabs.
 */
export class MemoryStorage implements Storage {
  #records = new Map<string, Kept>();
  #watchers = new Set<(changes: Changes) => void>();
  #locks = new Map<string, Promise<void>>();

  async load(prefix: string): Promise<ReadonlyMap<string, Kept>> {
    return new Map([...this.#records].filter(([key]) => key.startsWith(prefix)));
  }

  async write(changes: Changes): Promise<void> {
    for (const [key, record] of changes) {
      if (record) this.#records.set(key, structuredClone(record));
      else this.#records.delete(key);
    }
    for (const heard of this.#watchers) queueMicrotask(() => heard(changes));
  }

  /** A writer hears itself, too; what it holds is the same then. */
  watch(heard: (changes: Changes) => void): Release {
    this.#watchers.add(heard);
    return () => this.#watchers.delete(heard);
  }

  async lock(name: string): Promise<Release> {
    const before = this.#locks.get(name);
    let release!: Release;
    this.#locks.set(name, new Promise((resolve) => (release = resolve)));
    await before;
    return release;
  }
}
