/** The server's frames that a customer's client uses (WIRE.md section 4), and `parse`, which checks their shape. */

import { ClientError } from './errors.ts';
import type { Author, Event, Position } from './event.ts';
import type { Fields, Frame } from './wire.ts';

/** The customer as the server holds it. */
export interface Contact {
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  readonly phone?: string;
  readonly company?: string;
  readonly user_id?: string;
  readonly authenticated: boolean;
}

export interface Device {
  readonly id: string;
  readonly kind: 'web' | 'ios' | 'android' | 'other';
  readonly name?: string;
  readonly online: boolean;
}

/** The form to fill in before the first message, with what is known already. */
export interface Prechat {
  readonly fields: readonly { readonly name: string; readonly required: boolean }[];
  readonly values: Readonly<Record<string, string>>;
}

export type Side = 'contact' | 'agents';

export interface Ready {
  readonly t: 'ready';
  readonly thread: string;
  readonly role: 'visitor' | 'contact';
  readonly identity: 'none' | 'open' | 'pinned' | 'signed';
  readonly contact: Contact;
  readonly prechat?: Prechat | null;
  readonly epoch: string;
  readonly head: number;
  readonly read: Readonly<Record<Side, number>>;
  readonly unread: number;
  readonly heartbeat_ms: number;
  readonly devices: readonly Device[];
  readonly agents_online: number;
  readonly refused?: boolean;
  readonly visitor?: string;
  readonly clean?: string;
  readonly carried_from?: readonly string[];
  readonly expires_in_ms?: number;
}

export interface Replay {
  readonly t: 'replay';
  readonly thread: string;
  readonly epoch: string;
  readonly events: readonly Event[];
  readonly at: Position;
  readonly done: boolean;
  readonly reset: boolean;
  /** This and the next two come with `reset` only. */
  readonly more?: boolean;
  readonly read?: Readonly<Record<Side, number>>;
  readonly unread?: number;
}

export interface Arrival {
  readonly t: 'event';
  readonly thread: string;
  readonly event: Event;
}

/** The command `cid` is in the log, with its event's numbers; `dup`: it was there before. */
export interface Ack {
  readonly t: 'ack';
  readonly cid: string;
  readonly thread: string;
  readonly seq: number;
  readonly id: string;
  readonly at: number;
  readonly dup: boolean;
}

export interface History {
  readonly t: 'history';
  readonly thread: string;
  readonly events: readonly Event[];
  readonly more: boolean;
  readonly ref?: string;
}

export interface Typing {
  readonly t: 'typing';
  readonly thread: string;
  readonly from: Author;
  readonly on: boolean;
}

export interface Read {
  readonly t: 'read';
  readonly thread: string;
  readonly side: Side;
  readonly seq: number;
  readonly unread?: number;
}

export interface Profile {
  readonly t: 'profile';
  readonly thread: string;
  readonly contact: Contact;
  readonly prechat?: Prechat | null;
  readonly ref?: string;
}

export interface Presence {
  readonly t: 'presence';
  readonly devices?: readonly Device[];
  readonly agents_online?: number;
}

export interface Authed {
  readonly t: 'authed';
  readonly exp: number;
  readonly expires_in_ms: number;
  readonly ref?: string;
}

/** The server's refusal of one frame (WIRE.md section 7). `message` is a sentence for a person. */
export interface ServerError {
  readonly t: 'error';
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly cid?: string;
  readonly ref?: string;
  readonly retry_after_ms?: number;
}

export interface Bye {
  readonly t: 'bye';
  readonly reason: 'logout' | 'restart';
  readonly reconnect: boolean;
  readonly after_ms: number;
}

export type ServerFrame =
  Ready | Replay | Arrival | Ack | History | Typing | Read | Profile | Presence | Authed | ServerError | Bye;

const EVENT = 'seq:number id:string at:number kind:string from:object';
const AUTHOR = 'type:string id:string name:string';

/** Of each frame the fields that are always there, each with its type. */
const SHAPES: Readonly<Record<string, string>> = {
  ready:
    'thread:string role:string identity:string contact:object epoch:string head:number read:object unread:number' +
    ' heartbeat_ms:number devices:array agents_online:number',
  replay: 'thread:string epoch:string events:array at:object done:boolean reset:boolean',
  event: 'thread:string event:object',
  ack: 'cid:string thread:string seq:number id:string at:number dup:boolean',
  history: 'thread:string events:array more:boolean',
  typing: 'thread:string from:object on:boolean',
  read: 'thread:string side:string seq:number',
  profile: 'thread:string contact:object',
  presence: 't:string',
  authed: 'exp:number expires_in_ms:number',
  error: 'code:number reason:string message:string',
  bye: 'reason:string reconnect:boolean after_ms:number',
};

/**
 * The frame in a map of the wire; undefined for one that means nothing to a customer's client, `pong` among them.
 * Throws `bad_frame`, also for an agent's `ready`.
 */
export function parse(frame: Frame): ServerFrame | undefined {
  const shape = Object.hasOwn(SHAPES, frame.t) ? SHAPES[frame.t] : undefined;
  if (shape === undefined) return undefined;
  check(frame, shape, frame.t);
  const { at, event, events, from, read } = frame as { [field: string]: Fields } & { events?: Fields[] };
  if (frame.t === 'replay') check(at, 'seq:number', 'at');
  if (read && frame.t !== 'read') check(read, 'contact:number agents:number', 'read');
  if (event) checkEvent(event);
  if (events) events.forEach(checkEvent);
  if (from) check(from, AUTHOR, 'from');
  return frame as unknown as ServerFrame;
}

/** The event in a map, of the wire or of a storage. Throws `bad_frame`. An unknown kind is an event like any other. */
export function checkEvent(event: unknown): Event {
  check(event, EVENT, 'event');
  check((event as Event).from, AUTHOR, 'from');
  return event as Event;
}

/** Throws `bad_frame` with the field's name, not its value. */
export function check(map: unknown, shape: string, name: string): asserts map is Fields {
  for (const field of shape.split(' ')) {
    const [key, type] = field.split(':') as [string, string];
    const value = (map as Fields | undefined)?.[key];
    if (type === 'array' ? !Array.isArray(value) : typeof value !== type || value === null) {
      throw new ClientError('bad_frame', `field ${key} of ${name} is no ${type}`);
    }
  }
}
