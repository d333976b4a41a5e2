/** What a program that shows a conversation is told, and the messages themselves. */

import type { Author, Event } from './event.ts';
import type { Contact, Device, Prechat, ServerError, Side } from './frames.ts';
import type { Entry, Failure } from './entry.ts';

/** Of the connection. `live`: everything up to now is here, and what follows comes as it happens. */
export type State = 'connecting' | 'replaying' | 'live' | 'waiting' | 'stopped' | 'closed';

/** How far an own message got. `queued`: not known to be in the log yet. `read`: by the agents. */
export type Tick = 'queued' | 'acked' | 'read' | 'failed';

/** A message to show, with edits and deletions applied, also those that are still on their way. */
export interface Message {
  /** The same from the moment it was typed until it is deleted, and on every device. */
  readonly key: string;
  readonly mine: boolean;
  /** Undefined for a deleted one. */
  readonly text: string | undefined;
  /** Milliseconds since 1970: the server's time, or for a message that it does not have yet, this device's. */
  readonly at: number;
  /** These three are undefined while the message is only in the outbox. */
  readonly from: Author | undefined;
  readonly seq: number | undefined;
  readonly id: string | undefined;
  readonly cid: string | undefined;
  readonly device: string | undefined;
  readonly edited: boolean;
  readonly deleted: boolean;
  /** Undefined for others' messages. */
  readonly tick: Tick | undefined;
  readonly failure: Failure | undefined;
}

/** One thing that changed, by name. */
export interface ChangeMap {
  /** `retryIn` milliseconds for `waiting`; `reason` for `waiting` and `stopped`. */
  state: { readonly state: State; readonly reason?: string; readonly retryIn?: number };
  /** Look at everything again: another thread, or a log that was replaced. */
  refreshed: undefined;
  /** A message came, or is not what it was: acked, edited, deleted, failed. That agents read it is told by `read`. */
  message: Message;
  /** An event of any kind entered the log, in `seq` order, live or in a replay; unknown kinds too. */
  event: Event;
  /** A command of the outbox has its `ack`, or a `failure` that is for good. */
  settled: Entry;
  /** Somebody else began or ended typing: another device of the customer's, or an agent. */
  typing: { readonly author: Author; readonly on: boolean };
  read: { readonly side: Side; readonly seq: number };
  /** How many of the other side's messages are unread; 100 means "or more". */
  unread: number;
  /** The contact's profile or the pre-chat form (null: there is none to give). */
  person: { readonly contact: Contact; readonly prechat: Prechat | null };
  /** Which of the customer's devices are online, and how many agents. */
  presence: { readonly devices: readonly Device[]; readonly agentsOnline: number };
  /** An error that belongs to no command or request: a refused identity, a storage that failed (code 0). */
  problem: Pick<ServerError, 'code' | 'reason' | 'message'>;
  /** Tokens, events and outbox of this device are gone, and the client with them. */
  loggedOut: undefined;
}

export type Change = { [T in keyof ChangeMap]: { readonly type: T; readonly detail: ChangeMap[T] } }[keyof ChangeMap];

/** A change, for whoever watches. */
export function change<T extends keyof ChangeMap>(type: T, detail: ChangeMap[T]): Change {
  return { type, detail } as Change;
}

export const REFRESHED = change('refreshed', undefined);

/** The message of a `message` event, as it is now. `pending`: what the outbox has that changes it. */
export function shown(event: Event, readByAgents: number, pending?: Entry): Message {
  const mine = event.from.type === 'contact';
  const deleted = Boolean(event.deleted) || pending?.kind === 'delete';
  const edit = pending?.kind === 'edit' ? pending.text : undefined;
  const { seq, id, at, from, cid, device } = event;
  return {
    key: cid ?? id,
    mine,
    text: deleted ? undefined : (edit ?? event.text),
    at,
    from,
    seq,
    id,
    cid,
    device,
    edited: !deleted && (event.rev !== undefined || edit !== undefined),
    deleted,
    tick: mine ? (pending ? 'queued' : seq <= readByAgents ? 'read' : 'acked') : undefined,
    failure: undefined,
  };
}

/** The message of a `send` that is still in the outbox. */
export function unsent({ cid, text, typed, ack, failure }: Entry): Message {
  return {
    key: cid,
    mine: true,
    text,
    at: ack?.at ?? typed,
    from: undefined,
    device: undefined,
    seq: ack?.seq,
    id: ack?.id,
    cid,
    edited: false,
    deleted: false,
    tick: failure ? 'failed' : ack ? 'acked' : 'queued',
    failure,
  };
}
