/** One entry of the outbox: a `send`, `edit` or `delete` with its cid. */

import type { Ack } from './frames.ts';
import type { Frame } from './wire.ts';

export type Kind = 'send' | 'edit' | 'delete';

/** Why an entry is not repeated: the server's error. */
export interface Failure {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

/** A `send`, `edit` or `delete`. Once written to a socket it is never changed. */
export interface Entry {
  readonly cid: string;
  readonly kind: Kind;
  /** Rises with each command of the device. */
  readonly order: number;
  /** The client that sends it. */
  readonly owner: string;
  readonly identity: string;
  /** Undefined before the first `ready` of `identity`. */
  readonly thread?: string | undefined;
  /** When it was typed, in milliseconds since 1970 by this device's clock. */
  readonly typed: number;
  readonly text?: string | undefined;
  readonly target?: number | undefined;
  readonly target_id?: string | undefined;
  /** Its target's seq is that of a carried thread. */
  readonly astray?: boolean | undefined;
  readonly ack?: Ack | undefined;
  readonly failure?: Failure | undefined;
}

/** The frame to write, always the same for an entry of this thread. */
export function frame({ kind: t, cid, thread, target, target_id, text }: Entry): Frame {
  return { t, cid, thread, ...(target !== undefined && { target, target_id }), ...(text !== undefined && { text }) };
}
