/** The server's frames as WIRE.md section 4 and 5 give them, with what a test can do without filled in. */

import type { Author, Event } from '../../src/event.ts';
import type { Frame } from '../../src/wire.ts';

export const THREAD = 'th_0_aaaaaaaaaaaaaaaaaaaa';
export const OTHER = 'th_0_bbbbbbbbbbbbbbbbbbbb';
export const EPOCH = 'epoch-1';
export const ME: Author = { type: 'contact', id: 'ct_1', name: 'Giant Duck (anonym)' };
export const ANA: Author = { type: 'agent', id: 'ag_1', name: 'Ana' };

type Given = Record<string, unknown>;

/** The id that the builders give the event at `seq`. */
export const eventId = (seq: number) => `ev-${seq}`;

/** The position at `seq`, for `replay` and `resume`. */
export const at = (seq: number) => (seq ? { seq, id: eventId(seq) } : { seq: 0 });

/** An event of the agent's unless `from` says otherwise; a message has a text unless it is deleted. */
export function event(seq: number, kind = 'message', given: Given = {}): Event {
  const text = kind === 'message' && !given.deleted ? { text: `text ${seq}` } : {};
  return { seq, id: eventId(seq), at: 1_700_000_000_000 + seq, kind, from: ANA, ...text, ...given };
}

/** A message of the customer's. */
export function mine(seq: number, cid?: string, given: Given = {}): Event {
  return event(seq, 'message', { from: ME, ...(cid && { cid }), ...given });
}

export function edited(seq: number, target: number, text?: string, given: Given = {}): Event {
  return event(seq, 'edited', { target, target_id: eventId(target), ...(text !== undefined && { text }), ...given });
}

export function deleted(seq: number, target: number, given: Given = {}): Event {
  return event(seq, 'deleted', { target, target_id: eventId(target), ...given });
}

/** The admission of an open contact to an empty thread. */
export function ready(given: Given = {}): Frame {
  return {
    t: 'ready',
    session: 'se_1',
    org: 'demo',
    role: 'contact',
    thread: THREAD,
    contact: { id: ME.id, name: ME.name, authenticated: false },
    identity: 'open',
    prechat: null,
    epoch: EPOCH,
    head: 0,
    read: { contact: 0, agents: 0 },
    unread: 0,
    devices: [],
    agents_online: 0,
    heartbeat_ms: 25_000,
    ...given,
  };
}

/** A whole replay, `reset: true` unless said otherwise, that ends at its last event. */
export function replay(events: readonly Event[] = [], given: Given = {}): Frame {
  const fresh = given.reset === false ? {} : { more: false, read: { contact: 0, agents: 0 }, unread: 0 };
  const end = at(events.at(-1)?.seq ?? 0);
  return { t: 'replay', thread: THREAD, epoch: EPOCH, events, at: end, done: true, reset: true, ...fresh, ...given };
}

export function arrival(one: Event, thread = THREAD): Frame {
  return { t: 'event', thread, event: one };
}

/** The ack of the event that the builders put at `seq`. */
export function ack(cid: unknown, seq: number, given: Given = {}): Frame {
  return { t: 'ack', cid, thread: THREAD, seq, id: eventId(seq), at: 1, dup: false, ...given };
}

export function error(code: number, reason: string, given: Given = {}): Frame {
  return { t: 'error', code, reason, message: 'A sentence.', ...given };
}
