/**
 * Who is typing: the others, each forgotten after 6 s of silence, and this side, told again every 3 s (WIRE.md section
 * 2 and 4). Times are the caller's monotonic milliseconds.
 */

import type { Author } from './event.ts';

const EXPIRES = 6_000;
const REPEATS = 3_000;

/** The others who type in one thread. */
export class Typists {
  #until = new Map<string, { author: Author; until: number }>();

  /** Who types now. */
  get now(): readonly Author[] {
    return [...this.#until.values()].map(({ author }) => author);
  }

  /** Takes a `typing` frame; whether who types changed. */
  heard(author: Author, on: boolean, now: number): boolean {
    const known = this.#until.has(key(author));
    if (on) this.#until.set(key(author), { author, until: now + EXPIRES });
    else this.#until.delete(key(author));
    return known !== on;
  }

  /** Takes a message: its author has stopped typing. Whether who types changed. */
  wrote(author: Author): boolean {
    return this.#until.delete(key(author));
  }

  /** Those not heard of for 6 s; they type no longer. */
  expired(now: number): Author[] {
    const gone = [...this.#until.values()].filter(({ until }) => until <= now).map(({ author }) => author);
    for (const author of gone) this.#until.delete(key(author));
    return gone;
  }

  /** When `expired` is to be asked next. */
  get deadline(): number {
    return Math.min(...[...this.#until.values()].map(({ until }) => until));
  }
}

function key({ type, id }: Author): string {
  return `${type} ${id}`;
}

/** Whether this side types, and what has to be told of it. */
export class OwnTyping {
  on = false;
  #told: number | undefined;

  /** The `on` to send now, if any: at the start, every 3 s while it lasts, and once at its end. */
  due(now: number): boolean | undefined {
    if (this.on && (this.#told === undefined || now >= this.#told + REPEATS)) {
      this.#told = now;
      return true;
    }
    if (!this.on && this.#told !== undefined) {
      this.#told = undefined;
      return false;
    }
    return undefined;
  }

  /** The next connection is told afresh; that this one ended typing is seen by its end. */
  disconnected(): void {
    this.#told = undefined;
  }

  /** When `due` is to be asked next, if nothing changes before. */
  get deadline(): number {
    return this.on && this.#told !== undefined ? this.#told + REPEATS : Infinity;
  }
}
