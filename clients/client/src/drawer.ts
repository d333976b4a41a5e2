/**
 * The part of a storage that is one device's: its records, apart from those of the device that was logged out here
 * before. Tabs that are late with their logout empty the old drawer, not the new one.
 */

import type { Changes, Kept, Release, Storage } from './storage.ts';
import { newId } from './wire.ts';

const DEVICE = 'device';

export class Drawer {
  /** Random; the same as long as the storage lasts and nobody logs out. */
  readonly id: string;
  readonly #storage: Storage;

  private constructor(storage: Storage, id: string) {
    this.#storage = storage;
    this.id = id;
  }

  /** The present device's, made if there is none. Tabs that come at the same time get the same. */
  static async open(storage: Storage): Promise<Drawer> {
    const release = await storage.lock?.(DEVICE);
    try {
      let id = (await storage.load(DEVICE)).get(DEVICE)?.id;
      if (typeof id !== 'string') {
        id = newId();
        await storage.write(new Map([[DEVICE, { id }]]));
      }
      return new Drawer(storage, id as string);
    } finally {
      release?.();
    }
  }

  async load(prefix: string): Promise<Map<string, Kept>> {
    return this.#inside(await this.#storage.load(`${this.id}/${prefix}`)) as Map<string, Kept>;
  }

  write(changes: Changes): Promise<void> {
    return this.#storage.write(new Map([...changes].map(([key, record]) => [`${this.id}/${key}`, record])));
  }

  /** Deletes everything in it, and the device: at logout (WIRE.md section 8, Visitor tokens). */
  async empty(): Promise<void> {
    const release = await this.#storage.lock?.(DEVICE);
    try {
      const keys = [...(await this.#storage.load(`${this.id}/`)).keys()];
      const { id } = (await this.#storage.load(DEVICE)).get(DEVICE) ?? {};
      if (id === this.id) keys.push(DEVICE);
      await this.#storage.write(new Map(keys.map((key) => [key, undefined])));
    } finally {
      release?.();
    }
  }

  /** Hears what other clients of the device wrote; null: it was emptied. */
  watch(heard: (changes: Changes | null) => void): Release | undefined {
    return this.#storage.watch?.((changes) => {
      const emptied = changes.has(DEVICE) && changes.get(DEVICE)?.id !== this.id;
      heard(emptied ? null : this.#inside(changes));
    });
  }

  /** See `Storage.lock`; at once where the storage knows no locks. */
  async lock(name: string): Promise<Release> {
    return (await this.#storage.lock?.(name)) ?? (() => {});
  }

  #inside(changes: Changes): Map<string, Kept | undefined> {
    const prefix = `${this.id}/`;
    const inside = [...changes].filter(([key]) => key.startsWith(prefix));
    return new Map(inside.map(([key, record]) => [key.slice(prefix.length), record]));
  }
}
