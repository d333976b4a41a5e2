/** A console without a socket: tests say what the server sends, and see what is written. */

import * as commands from '../src/core/commands.ts';
import { Console, offline } from '../src/core/console.ts';
import type { Event, Frame, Listed, ServerFrame } from '../src/core/frames.ts';
import { parse } from '../src/core/frames.ts';
import { received } from '../src/core/receiving.ts';
import { outgoing } from '../src/core/sending.ts';

export const ANA = { id: 'ag_ana', name: 'Ana', email: 'ana@demo.test', role: 'admin' } as const;
export const DANA = { id: 'ct_0_d', name: 'Dana', authenticated: true };
export const THREAD = 'th_0_d';

/** A console with a connection, and what the server is told. */
export class Talk {
  readonly console = new Console('demo', 'device', [], () => 0);
  now = 0;

  constructor() {
    this.connect();
  }

  connect(): this {
    this.console.link = { ...offline(), phase: 'opening' };
    return this.hear({ t: 'ready', org: 'demo', role: 'agent', agent: ANA, heartbeat_ms: 25_000 });
  }

  hear(frame: Frame): this {
    received(this.console, parse(frame) as ServerFrame, this.now);
    return this;
  }

  /** The frames written now, but for those of these types. */
  sent(...without: string[]): Frame[] {
    return outgoing(this.console, this.now).filter(({ t }) => !without.includes(t));
  }

  /** Opens the thread, with these events in it. */
  open(...events: Event[]): this {
    commands.open(this.console, THREAD);
    const { ref } = this.sent().find(({ t }) => t === 'open')!;
    const head = events.at(-1)?.seq ?? 0;
    const people = { devices: [], viewers: [], assignee: null, status: 'open', unread: 0 };
    const read = { contact: 0, agents: 0 };
    this.hear({ t: 'opened', ref, thread: THREAD, contact: DANA, epoch: 'e', head, read, ...people });
    return this.hear(replay(events, { reset: true, more: false, read, unread: 0 }));
  }
}

export const replay = (events: Event[], fields: object = {}): Frame => ({
  t: 'replay',
  thread: THREAD,
  epoch: 'e',
  events,
  at: { seq: events.at(-1)?.seq ?? 0, id: events.at(-1)?.id },
  done: true,
  reset: false,
  ...fields,
});

export const event = (seq: number, fields: Partial<Event> = {}): Event => ({
  seq,
  id: `id${seq}`,
  at: 1_000 * seq,
  kind: 'message',
  from: { type: 'contact', id: DANA.id, name: DANA.name },
  text: `text ${seq}`,
  ...fields,
});

export const row = (thread: string, rev: number, fields: Partial<Listed> = {}): Listed => ({
  thread,
  rev,
  active_at: rev,
  contact: DANA,
  status: 'open',
  assignee: null,
  unread: 0,
  online: false,
  ...fields,
});

export const threads = ({ console }: Talk) => console.inbox.rows.map(({ thread }) => thread);
