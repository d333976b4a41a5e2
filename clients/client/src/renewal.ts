/** When to fetch a fresh token, so that the old one never ends on a connection (WIRE.md section 8, Proofs). */

import type { Backoff } from './backoff.ts';

// A minute is enough for a slow backend and a few tries; a token that lives shorter than two is renewed at half its life.
const AHEAD = 60_000;
// What a browser's timer can hold; a token that lives longer is asked about again then.
const LONGEST = 2 ** 31 - 1;

/** The life of the token a connection was admitted with. Times are the caller's monotonic milliseconds. */
export class Renewal {
  /** When it will be due. */
  deadline = Infinity;
  readonly #backoff: Backoff;

  constructor(backoff: Backoff) {
    this.#backoff = backoff;
  }

  /** `ready` or `authed` told how long the token lives; undefined: there is none to renew. */
  given(life: number | undefined, now: number): void {
    this.#backoff.reset();
    this.deadline = life === undefined ? Infinity : now + Math.min(LONGEST, Math.max(life - AHEAD, life / 2));
  }

  /** No fresh token was had, or it was not taken: try again later. */
  failed(now: number): void {
    this.deadline = now + this.#backoff.next();
  }

  /** Whether to fetch one now; it is then being fetched. */
  isDue(now: number): boolean {
    if (now < this.deadline) return false;
    this.deadline = Infinity;
    return true;
  }
}
