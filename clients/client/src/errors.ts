/** What this package throws and rejects with: one class, told apart by `kind`. */

/**
 * - `refused`: the server answered with an `error`; `code` and `reason` are those of WIRE.md section 7
 * - `stopped`: the client no longer connects by itself; `code` is the close code. `reconnect` or `login` may help
 * - `closed`: the client was closed or logged out. What a lasting storage holds goes when a client is next opened
 * - `stale`: a page of history was asked for before the log was replaced. Ask again
 * - `thread`: what was asked for one thread is not sent to another one
 * - `bad_frame`: the server sent what WIRE.md does not allow
 * - `invalid`: an argument that no server would take; nothing was queued
 */
export type ErrorKind = 'refused' | 'stopped' | 'closed' | 'stale' | 'thread' | 'bad_frame' | 'invalid';

/** `code` and `reason` are given for `refused` and `stopped`. Never holds a text, a token or a secret. */
export class ClientError extends Error {
  readonly kind: ErrorKind;
  readonly code: number;
  readonly reason: string;

  constructor(kind: ErrorKind, message: string, code = 0, reason = '') {
    super(message);
    this.name = 'ClientError';
    this.kind = kind;
    this.code = code;
    this.reason = reason;
  }
}
