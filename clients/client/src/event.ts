/** Events of a thread's log (WIRE.md section 5), and how two states of a message are merged. */

/** Who an event is from. */
export interface Author {
  readonly type: 'contact' | 'agent' | 'system';
  readonly id: string;
  readonly name: string;
}

/** One entry of a log, as received. Fields of kinds that this package does not know are kept, too. */
export interface Event {
  readonly seq: number;
  readonly id: string;
  /** Milliseconds since 1970, by the server's clock. */
  readonly at: number;
  readonly kind: string;
  readonly from: Author;
  readonly device?: string;
  readonly cid?: string;
  readonly text?: string;
  /** The `seq` of a message's last change. */
  readonly rev?: number;
  readonly deleted?: boolean;
  readonly target?: number;
  readonly target_id?: string;
  readonly [field: string]: unknown;
}

/** Where in a log one stands: the entry `seq` and its id. 0, without id, is before the first one. */
export interface Position {
  readonly seq: number;
  readonly id?: string;
}

/** The event with its text forgotten. */
export function withoutText(event: Event): Event {
  const { text: _, ...rest } = event;
  return rest as Event;
}

/** Of two states of one message the deleted one, else the one of the higher `rev`. */
export function newest(one: Event, other: Event): Event {
  if (Boolean(one.deleted) !== Boolean(other.deleted)) return one.deleted ? one : other;
  return (one.rev ?? 0) >= (other.rev ?? 0) ? one : other;
}

/**
 * The message as an `edited` or `deleted` event leaves it: itself if the change is for another or an older state. An
 * `edited` without a text has been overtaken by a later one, which brings the text.
 */
export function changed(message: Event, change: Event): Event {
  if (message.id !== change.target_id || message.deleted) return message;
  if (change.kind === 'deleted') return { ...withoutText(message), rev: change.seq, deleted: true };
  if (change.text === undefined || change.seq <= (message.rev ?? 0)) return message;
  return { ...message, rev: change.seq, text: change.text };
}
