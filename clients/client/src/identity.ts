/**
 * Under whose name things are kept: the identity that an init claims, and the threads that each identity was given
 * (WIRE.md section 8).
 */

import type { Ready } from './frames.ts';
import type { Shelf } from './shelf.ts';

export const VISITOR = 'visitor';

/**
 * The key of the identity that an init claims: its `user_id`, or the token's; `VISITOR` without either. The token's
 * claim is read without any check: it only names a drawer of this client's own.
 */
export function identityOf(userId: string | undefined, token: string | undefined): string {
  const claimed = userId ?? (token === undefined ? undefined : subject(token));
  return claimed === undefined ? VISITOR : `user.${claimed}`;
}

function subject(token: string): string {
  try {
    const bytes = atob(token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/'));
    const text = new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
    return String((JSON.parse(text) as { sub?: unknown }).sub);
  } catch {
    // No server admits it. What is typed meanwhile waits for the day that it is replaced.
    return '';
  }
}

/** The thread an identity was admitted to, that of its clean chat, and whether the last `ready` was refused. */
interface Given {
  readonly admitted?: string;
  readonly clean?: string;
  readonly refused?: boolean;
}

/** The threads given so far. A clean chat is told apart from its owner's thread. */
export class Threads {
  readonly #shelf: Shelf;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  /** The thread that the next `ready` of this identity will most likely bring. */
  expected(identity: string): string | undefined {
    const given = this.#given(identity);
    return given.refused ? given.clean : given.admitted;
  }

  /** Takes a `ready`; answers the thread that this identity, refused or not as now, was given before. */
  take(identity: string, ready: Ready): string | undefined {
    const given = this.#given(identity);
    const refused = Boolean(ready.refused);
    const kind = refused ? 'clean' : 'admitted';
    this.#shelf.put(`identity.${identity}`, { ...given, refused, [kind]: ready.thread });
    return given[kind];
  }

  #given(identity: string): Given {
    return this.#shelf.get(`identity.${identity}`) ?? {};
  }
}
