/** The server's frames that an agent's console uses (WIRE.md section 4), and `parse`, which checks their shape. */

import type { Author, Event } from '../../../client/src/event.ts';
import {
  check,
  checkEvent,
  type Ack,
  type Arrival,
  type Bye,
  type Contact as Person,
  type Device,
  type History,
  type Replay,
  type ServerError,
  type Side,
} from '../../../client/src/frames.ts';
import type { Fields, Frame } from '../../../client/src/wire.ts';

export type { Ack, Arrival, Author, Bye, Device, Event, Fields, Frame, History, Replay, ServerError, Side };

/** An agent as others are told of it; the names of assignees, viewers and readers. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

export interface Me extends Named {
  readonly email: string;
  readonly role: 'agent' | 'admin';
}

export type AgentState = 'online' | 'away';

export interface AgentPresence extends Named {
  readonly state: AgentState;
}

export type Scalar = string | number | boolean | null;

/** A contact as agents see it. */
export interface Contact extends Person {
  readonly thread?: string;
  readonly custom_data?: Readonly<Record<string, Scalar>>;
  readonly devices?: readonly Device[];
  readonly created_at?: number;
  readonly seen_at?: number;
  readonly same_email?: readonly string[];
}

export type View = 'open' | 'mine' | 'unassigned' | 'closed' | 'all';
export const VIEWS: readonly View[] = ['open', 'mine', 'unassigned', 'closed', 'all'];

export type ThreadStatus = 'open' | 'closed';

/** A thread as the inbox lists it. */
export interface Listed {
  readonly thread: string;
  readonly rev: number;
  readonly active_at: number;
  readonly contact: Pick<Person, 'id' | 'name' | 'email' | 'authenticated'>;
  readonly status: ThreadStatus;
  readonly assignee: Named | null;
  readonly last?: {
    readonly seq: number;
    readonly at: number;
    readonly kind: 'message' | 'note';
    readonly from: Author;
    readonly text?: string;
  };
  readonly unread: number;
  readonly online: boolean;
  readonly gone?: undefined;
}

/** A thread that has left the view. */
export interface Left {
  readonly thread: string;
  readonly rev: number;
  readonly gone: true;
}

export type Row = Listed | Left;

export interface Ready {
  readonly t: 'ready';
  readonly org: string;
  readonly agent: Me;
  readonly heartbeat_ms: number;
}

export interface InboxPage {
  readonly t: 'inbox_page';
  readonly rows: readonly Row[];
  readonly cursor?: string;
  readonly ref?: string;
}

export interface InboxRow {
  readonly t: 'inbox_row';
  readonly row: Row;
}

export type Reads = Readonly<Record<Side, number>>;

export interface Opened {
  readonly t: 'opened';
  readonly thread: string;
  readonly contact: Contact;
  readonly epoch: string;
  readonly head: number;
  readonly read: Reads;
  readonly status: ThreadStatus;
  readonly assignee: Named | null;
  readonly devices: readonly Device[];
  readonly viewers: readonly Named[];
  readonly unread: number;
  readonly ref?: string;
}

export interface Typing {
  readonly t: 'typing';
  readonly thread: string;
  readonly from: Author;
  readonly on: boolean;
  readonly note?: boolean;
}

export interface Read {
  readonly t: 'read';
  readonly thread: string;
  readonly side: Side;
  readonly by: Named | null;
  readonly seq: number;
  readonly unread?: number;
}

export interface Profile {
  readonly t: 'profile';
  readonly thread: string;
  readonly contact: Contact;
  readonly ref?: string;
}

/** Of a thread its devices, viewers and page; or which agents are there. */
export interface Presence {
  readonly t: 'presence';
  readonly thread?: string;
  readonly devices?: readonly Device[];
  readonly viewers?: readonly Named[];
  readonly page?: { readonly url: string; readonly title?: string };
  readonly agents?: readonly AgentPresence[];
  readonly ref?: string;
}

/** Something that the customer did. */
export interface Track {
  readonly t: 'track';
  readonly thread: string;
  readonly name: string;
  readonly data?: Readonly<Record<string, Scalar>>;
  readonly at: number;
}

export interface Gone {
  readonly t: 'gone';
  readonly thread: string;
  readonly reason: 'moved' | 'erased';
  readonly to?: string;
}

/** An error as agents get it: `to` names the thread that another was carried into. */
export type Refusal = ServerError & { readonly thread?: string; readonly to?: string };

export type ServerFrame =
  | Ready
  | InboxPage
  | InboxRow
  | Opened
  | Replay
  | Arrival
  | Ack
  | History
  | Typing
  | Read
  | Profile
  | Presence
  | Track
  | Gone
  | Refusal
  | Bye;

const READS = 'contact:number agents:number';
const AUTHOR = 'type:string id:string name:string';
const LISTED = 'active_at:number contact:object status:string unread:number online:boolean';

/** Of each frame the fields that are always there, each with its type. */
const SHAPES: Readonly<Record<string, string>> = {
  ready: 'org:string agent:object heartbeat_ms:number',
  inbox_page: 'rows:array',
  inbox_row: 'row:object',
  opened:
    'thread:string contact:object epoch:string head:number read:object status:string devices:array viewers:array' +
    ' unread:number',
  replay: 'thread:string epoch:string events:array at:object done:boolean reset:boolean',
  event: 'thread:string event:object',
  ack: 'cid:string thread:string seq:number id:string at:number dup:boolean',
  history: 'thread:string events:array more:boolean',
  typing: 'thread:string from:object on:boolean',
  read: 'thread:string side:string seq:number',
  profile: 'thread:string contact:object',
  presence: 't:string',
  track: 'thread:string name:string at:number',
  gone: 'thread:string reason:string',
  error: 'code:number reason:string message:string',
  bye: 'reason:string reconnect:boolean after_ms:number',
};

type Nested = { readonly [field: string]: Fields } & {
  readonly events?: readonly Fields[];
  readonly rows?: readonly Fields[];
};

/** The frame in a map of the wire; undefined for one that means nothing to a console. Throws `bad_frame`. */
export function parse(frame: Frame): ServerFrame | undefined {
  const shape = Object.hasOwn(SHAPES, frame.t) ? SHAPES[frame.t] : undefined;
  if (shape === undefined) return undefined;
  check(frame, shape, frame.t);
  const { agent, at, event, events, from, read, row, rows } = frame as unknown as Nested;
  if (frame.t === 'ready') check(agent, 'id:string name:string email:string role:string', 'agent');
  if (frame.t === 'replay') check(at, 'seq:number', 'at');
  if (read && frame.t !== 'read') check(read, READS, 'read');
  if (event) checkEvent(event);
  if (events) events.forEach(checkEvent);
  if (from) check(from, AUTHOR, 'from');
  for (const one of rows ?? (row ? [row] : [])) checkRow(one);
  return frame as unknown as ServerFrame;
}

function checkRow(row: Fields): void {
  check(row, 'thread:string rev:number', 'row');
  if (row.gone !== true) check(row, LISTED, 'row');
}
