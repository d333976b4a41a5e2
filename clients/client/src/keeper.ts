/** Between a session and its drawer: writes what the shelf has, in order, and brings what other clients wrote. */

import { change, REFRESHED } from './changes.ts';
import type { Drawer } from './drawer.ts';
import { OUTBOX } from './outbox.ts';
import { forget } from './receiving.ts';
import type { Session } from './session.ts';
import { within } from './time.ts';
import type { Changes, Kept, Release } from './storage.ts';

const AGAIN = 5_000;

/** It costs what was typed, if the page is left before the storage works again. */
export const STORAGE_FAILED = change('problem', {
  code: 0,
  reason: 'storage_failed',
  message: 'the storage failed; what was typed is kept for as long as this page',
});

export class Keeper {
  readonly #session: Session;
  readonly #drawer: Drawer;
  readonly #told: () => void;
  readonly #watching: Release | undefined;
  // One at a time: what is read is never older than what was written.
  #work: Promise<unknown> = Promise.resolve();
  #emptied = false;
  #closed = false;
  #owned: Release | undefined;
  #others = new Set<string>();

  /** `told` is called whenever the session may have news. */
  constructor(session: Session, drawer: Drawer, told: () => void) {
    this.#session = session;
    this.#drawer = drawer;
    this.#told = told;
    this.#watching = drawer.watch((changes) => this.#heard(changes));
  }

  /** Says that this client is there, and looks for what others have left. */
  async begin(): Promise<void> {
    const owned = await this.#drawer.lock(name(this.#session.outbox.owner));
    if (this.#closed) return owned();
    this.#owned = owned;
    this.#lookAfterOthers();
  }

  /** Resolves when everything up to now is kept, or could not be. */
  flush(): Promise<void> {
    return this.#next(() => (this.#session.shelf.wiped ? this.#empty() : this.#write()));
  }

  /** Takes what other clients wrote under keys that begin so. */
  refresh(prefix: string): Promise<void> {
    return this.#next(async () => {
      const { shelf } = this.#session;
      const now = await this.#drawer.load(prefix);
      for (const [key] of shelf.items(prefix)) {
        if (!now.has(prefix + key)) shelf.heard(prefix + key, undefined);
      }
      for (const [key, record] of now) shelf.heard(key, record);
    });
  }

  /** See `Storage.lock`. Whoever has waited so many milliseconds goes on without it. */
  async lock(key: string, limit: number): Promise<Release> {
    const lock = this.#drawer.lock(key);
    try {
      return await within(limit, lock);
    } catch {
      void lock.then((release) => release());
      return () => {};
    }
  }

  /** Keeps what is left, and lets others take over. */
  async close(): Promise<void> {
    if (this.#closed) return;
    await this.flush();
    this.#closed = true;
    this.#watching?.();
    this.#owned?.();
  }

  async #write(): Promise<void> {
    const { shelf } = this.#session;
    const changes = shelf.take();
    if (!changes.size) return;
    try {
      await this.#drawer.write(changes);
    } catch (error) {
      shelf.giveBack(changes);
      throw error;
    }
  }

  async #empty(): Promise<void> {
    if (this.#emptied) return;
    await this.#drawer.empty();
    this.#emptied = true;
  }

  #next(work: () => Promise<void>): Promise<void> {
    if (this.#closed) return Promise.resolve();
    const done = this.#work.then(work).catch(() => this.#failed());
    this.#work = done;
    return done;
  }

  #failed(): void {
    this.#session.tell(STORAGE_FAILED);
    this.#told();
    setTimeout(() => void this.flush(), AGAIN);
  }

  #heard(changes: Changes | null): void {
    if (changes === null) {
      this.#emptied = true;
      forget(this.#session);
    }
    for (const [key, record] of changes ?? []) this.#heardOf(key, record);
    this.#lookAfterOthers();
    this.#told();
  }

  #heardOf(key: string, record: Kept | undefined): void {
    const { shelf, outbox } = this.#session;
    if (!shelf.heard(key, record) || !key.startsWith(OUTBOX)) return;
    const cid = key.slice(OUTBOX.length);
    outbox.heard(cid, record);
    const entry = outbox.get(cid);
    if (entry) this.#session.shows(entry);
    else this.#session.tell(REFRESHED);
  }

  /** Of each other client that has something to send: wait until it is gone, then send it. */
  #lookAfterOthers(): void {
    for (const owner of this.#session.outbox.others) {
      if (this.#others.has(owner)) continue;
      this.#others.add(owner);
      void this.#drawer.lock(name(owner)).then((release) => {
        release();
        if (this.#closed) return;
        this.#session.outbox.orphaned(owner);
        this.#told();
      });
    }
  }
}

function name(client: string): string {
  return `client ${client}`;
}
