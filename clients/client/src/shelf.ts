/**
 * What the storage holds, as the core sees it: read and changed at once, and written behind its back. `Keeper` does
 * the writing.
 */

import type { Changes, Kept } from './storage.ts';

export class Shelf {
  /** Logged out: nothing is kept on this device again. */
  wiped = false;
  readonly #records: Map<string, Kept>;
  #changes = new Map<string, Kept | undefined>();

  constructor(records: ReadonlyMap<string, Kept> = new Map()) {
    this.#records = new Map(records);
  }

  get(key: string): Kept | undefined {
    return this.#records.get(key);
  }

  /** The records whose keys begin so, with the rest of their keys. */
  items(prefix: string): [string, Kept][] {
    return [...this.#records]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, record]) => [key.slice(prefix.length), record]);
  }

  put(key: string, record: Kept | undefined): void {
    if (this.wiped) return;
    this.#changes.set(key, record);
    this.#set(key, record);
  }

  /** Takes what another client of the device wrote; false if it is overtaken by what was put here since. */
  heard(key: string, record: Kept | undefined): boolean {
    if (this.wiped || this.#changes.has(key)) return false;
    this.#set(key, record);
    return true;
  }

  wipe(): void {
    this.wiped = true;
    this.#records.clear();
    this.#changes.clear();
  }

  /** What is to be written, each change once. */
  take(): Changes {
    const taken = this.#changes;
    this.#changes = new Map();
    return taken;
  }

  /** It could not be written: what was not changed again since is to be written later. */
  giveBack(changes: Changes): void {
    if (!this.wiped) this.#changes = new Map([...changes, ...this.#changes]);
  }

  #set(key: string, record: Kept | undefined): void {
    if (record) this.#records.set(key, record);
    else this.#records.delete(key);
  }
}
