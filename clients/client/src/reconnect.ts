/** May I reconnect, and when? The column of WIRE.md section 7 as a client obeys it, decided without a socket or a clock. */

import { Backoff, type Random } from './backoff.ts';
import type { Bye, ServerError } from './frames.ts';

// Inits are limited by the minute; a client that comes back sooner than this only adds to what the limit is against.
const LATER = 15_000;
// A connection that lasted this long was no failure: the next one may be tried soon.
const STEADY = 10_000;

/**
 * What a close code asks of the client. `person`: only when a person asks, or after a login. `fixing`: also by itself,
 * if an expired token can be replaced. `user`: by itself with a `user_id`, without one when a person acts.
 */
export type Rule = 'backoff' | 'never' | 'person' | 'fixing' | 'user' | 'later';

/** Any code that is not here, with backoff: 1009, 4408, 4430, and 1012, which comes after a `bye` that says when. */
export const RULES: Readonly<Record<number, Rule>> = {
  1000: 'never',
  1003: 'never',
  4400: 'never',
  4401: 'fixing',
  4403: 'person',
  4409: 'user',
  4429: 'later',
};

/** How a connection, or the attempt at one, ended. `lasted` milliseconds since `ready`. */
export interface Ended {
  readonly code: number;
  readonly lasted: number;
  /** The last one that was about the connection itself. */
  readonly error?: ServerError | undefined;
  readonly bye?: Bye | undefined;
  /** Why there was no connection at all, if the client knows. */
  readonly unmade?: string | undefined;
}

/** Connect after `delay` milliseconds; `eager`: or as soon as there is a sign that it may work now. */
export interface Again {
  readonly delay: number;
  readonly eager: boolean;
}

/** Do not connect by yourself. `sending`: a message typed is a person's wish to connect. */
export interface Stay {
  readonly code: number;
  readonly reason: string;
  readonly sending: boolean;
}

/** For a person: the server's reason and sentence, or the code, or why there was no connection. */
export function why({ code, error, unmade }: Ended): string {
  if (unmade) return unmade;
  return error ? `${error.reason}: ${error.message}` : `closed with ${code}`;
}

/** The policy of one client. It counts failures, so that each waits longer than the one before. */
export class Reconnect {
  readonly #random: Random;
  readonly #backoff: Backoff;

  constructor(random: Random) {
    this.#random = random;
    this.#backoff = new Backoff(random);
  }

  /** What to do now. `user`: the init has a `user_id`. `renewable`: a fresh token can be had for an expired one. */
  after(ended: Ended, user: boolean, renewable: boolean): Again | Stay {
    if (ended.lasted >= STEADY) this.#backoff.reset();
    if (ended.bye) return this.#afterBye(ended.bye, ended);
    const rule = RULES[ended.code] ?? 'backoff';
    const again =
      rule === 'backoff' ||
      (rule === 'user' && user) ||
      (rule === 'fixing' && renewable && ended.error?.reason === 'token_expired');
    if (again) return { delay: this.#backoff.next(), eager: true };
    if (rule === 'later') {
      const asked = ended.error?.retry_after_ms ?? 0;
      return { delay: Math.max(LATER, asked) * (1 + this.#random()), eager: false };
    }
    return { code: ended.code, reason: why(ended), sending: rule === 'user' };
  }

  /** There is a sign that it may work now: the next failure waits as briefly as the first. */
  hopeful(): void {
    this.#backoff.reset();
  }

  #afterBye(bye: Bye, { code }: Ended): Again | Stay {
    if (!bye.reconnect || bye.reason === 'logout') return { code, reason: bye.reason, sending: false };
    // Spread at random, and never sooner than asked: all of a hub's clients come back to the others at once.
    const spread = this.#random() * Math.max(1_000, bye.after_ms / 2);
    return { delay: bye.after_ms + spread, eager: false };
  }
}
