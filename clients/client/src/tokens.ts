/**
 * Visitor tokens and clean tokens as a device keeps them (WIRE.md section 8: Refused, Visitor tokens, Carry, Before the
 * first ready).
 */

import type { Ready } from './frames.ts';
import type { Shelf } from './shelf.ts';

export const TOKENS = 'token.';
const VISITOR = 'token.visitor';

interface Token {
  readonly token: string;
  readonly thread: string;
}

export class Tokens {
  readonly #shelf: Shelf;
  #sent = new Map<string, Token>();

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  /** The token fields of an init of this identity; remembers that they were sent. */
  opening(identity: string): { visitor?: string; clean?: string } {
    this.#sent.clear();
    return { ...this.#field('visitor', VISITOR), ...this.#field('clean', cleanKey(identity)) };
  }

  /** Whether an init of this identity would carry a token. */
  held(identity: string): boolean {
    return Boolean(this.#get(VISITOR) ?? this.#get(cleanKey(identity)));
  }

  /**
   * Takes a `ready` and keeps its token. False if another client of the device has stored one of another thread since
   * the init: that one stays, and this connection, on which nothing was sent, is to be dropped for one with it.
   */
  admitted(ready: Ready, identity: string): boolean {
    const key = ready.refused ? cleanKey(identity) : VISITOR;
    const token = ready.refused ? ready.clean : ready.visitor;
    if (token !== undefined) {
      const stored = this.#get(key);
      if (stored && stored.thread !== ready.thread && stored.token !== this.#sent.get(key)?.token) return false;
      this.#shelf.put(key, { token, thread: ready.thread });
    }
    this.#dropCarried(ready);
    return true;
  }

  /** The token sent was for a thread that is now part of this one. A token stored since stays. */
  #dropCarried({ carried_from: carried }: Ready): void {
    const sent = this.#sent.get(VISITOR);
    if (sent && carried?.includes(sent.thread) && this.#get(VISITOR)?.token === sent.token) {
      this.#shelf.put(VISITOR, undefined);
    }
  }

  #field(name: string, key: string): { [name: string]: string } {
    const held = this.#get(key);
    if (!held) return {};
    this.#sent.set(key, held);
    return { [name]: held.token };
  }

  #get(key: string): Token | undefined {
    return this.#shelf.get(key) as Token | undefined;
  }
}

/** Where the clean chat's token of this identity is kept: apart from the visitor's, beside the `user_id`. */
function cleanKey(identity: string): string {
  return `${TOKENS}clean.${identity}`;
}
