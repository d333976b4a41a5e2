/** Where fresh JWTs come from: the program's own backend, asked at each init and before the old one ends. */

import { within } from './time.ts';

/** Answers a JWT whose `sub` is the customer's `user_id`. */
export type Provider = () => string | Promise<string>;

const WITHIN = 10_000;

/** A token given once, a provider of fresh ones, or neither. */
export class TokenSource {
  readonly #token: string | Provider | undefined;

  constructor(token: string | Provider | undefined) {
    this.#token = token;
  }

  /** The token that needs no asking. */
  get given(): string | undefined {
    return typeof this.#token === 'string' ? this.#token : undefined;
  }

  /** Whether a fresh token can be had. */
  get renewable(): boolean {
    return typeof this.#token === 'function';
  }

  /** The token for an init or `auth`. Rejects without the provider's own words, which may hold a secret. */
  async fetch(): Promise<string | undefined> {
    if (typeof this.#token !== 'function') return this.#token;
    try {
      return await within(WITHIN, Promise.resolve(this.#token()));
    } catch {
      throw new Error('the token provider failed');
    }
  }
}
