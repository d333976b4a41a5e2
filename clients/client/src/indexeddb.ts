/**
 * A storage in the browser's IndexedDB, shared by the tabs of one origin: BroadcastChannel tells the others what was
 * written, Web Locks end with their tab. A page that lacks either (Web Locks want HTTPS or localhost) still works; its
 * tabs then hear of each other when they connect, and may send a message twice, which the server takes once.
 */

import { isLong, type Changes, type Kept, type Release, type Storage } from './storage.ts';

const STORE = 'records';

export class IndexedDBStorage implements Storage {
  readonly #name: string;
  readonly #channel: BroadcastChannel | undefined;
  #database: Promise<IDBDatabase> | undefined;

  /** `name` tells apart what one origin keeps for several servers or organizations. */
  constructor(name: string) {
    this.#name = name;
    if (typeof BroadcastChannel === 'function') this.#channel = new BroadcastChannel(name);
  }

  async load(prefix: string): Promise<ReadonlyMap<string, Kept>> {
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    const found = await this.#within('readonly', (store) => [store.getAllKeys(range), store.getAll(range)] as const);
    const [keys, records] = found.map(({ result }) => result) as [string[], Kept[]];
    return new Map(keys.map((key, index) => [key, records[index]!]));
  }

  async write(changes: Changes): Promise<void> {
    await this.#within('readwrite', (store) => {
      for (const [key, record] of changes) {
        if (record) store.put(record, key);
        else store.delete(key);
      }
    });
    const told = [...changes].filter(([key]) => !isLong(key));
    if (told.length) this.#channel?.postMessage(new Map(told));
  }

  watch(heard: (changes: Changes) => void): Release {
    const channel = this.#channel;
    if (!channel) return () => {};
    channel.onmessage = ({ data }: MessageEvent<Changes>) => heard(data);
    return () => channel.close();
  }

  async lock(name: string): Promise<Release> {
    const locks = globalThis.navigator?.locks;
    if (!locks) return () => {};
    return new Promise((taken, failed) => {
      const held = locks.request(`${this.#name} ${name}`, () => new Promise<void>((release) => taken(release)));
      held.catch(failed);
    });
  }

  /** One transaction: what `work` asked of it has happened when this resolves, or nothing of it has. */
  async #within<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => T): Promise<T> {
    const transaction = (await (this.#database ??= this.#open())).transaction(STORE, mode);
    return new Promise((resolve, reject) => {
      transaction.onabort = () => reject(transaction.error as Error);
      try {
        const result = work(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(result);
      } catch (error) {
        transaction.abort();
        reject(error as Error);
      }
    });
  }

  #open(): Promise<IDBDatabase> {
    const opened = new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(this.#name, 1);
      request.onupgradeneeded = () => void request.result.createObjectStore(STORE);
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const database = request.result;
        // Whoever deletes the site's data is not kept waiting; the next call opens it anew.
        database.onversionchange = database.onclose = () => {
          database.close();
          this.#database = undefined;
        };
        resolve(database);
      };
    });
    opened.catch(() => (this.#database = undefined));
    return opened;
  }
}
