/** What a thread's pane shows, in order: messages, notes, and lines that say what else happened. */

import { midnight } from '../../../widget/src/dates.ts';
import type { Author, Event, Named, Reads } from './frames.ts';
import type { Entry } from './outbox.ts';

// What follows within this many milliseconds is said in the same breath.
const BREATH = 5 * 60_000;

/** How far an agent's own words got. `read`: by the customer. */
export type Tick = 'queued' | 'acked' | 'read' | 'failed';

interface Placed {
  readonly key: string;
  readonly at: number;
  /** The first of its day. */
  readonly day: boolean;
}

/** A message or note. */
export interface Said extends Placed {
  readonly is: 'message' | 'note';
  readonly from: Author;
  /** Whether it is this agent's. */
  readonly own: boolean;
  /** Undefined for a deleted one. */
  readonly text: string | undefined;
  readonly edited: boolean;
  readonly tick: Tick | undefined;
  /** Undefined while it is only in the outbox. */
  readonly event: Event | undefined;
  readonly entry: Entry | undefined;
  /** The first and the last of what its author wrote at a stretch. */
  readonly first: boolean;
  readonly last: boolean;
}

/** Something else that happened. */
export interface Happened extends Placed {
  readonly is: 'event';
  readonly event: Event;
}

export type Item = Said | Happened;

const LINES = ['status', 'assigned', 'merged', 'identified', 'pinned'];

/** The items of a thread. `entries`: what the outbox has for it. */
export function itemsOf(
  events: readonly Event[],
  entries: readonly Entry[],
  me: Named | undefined,
  read: Reads,
): readonly Item[] {
  const changes = new Map(entries.filter(({ target_id }) => target_id).map((entry) => [entry.target_id, entry]));
  const here = new Set(events.map(({ cid }) => cid));
  const items: Item[] = [];
  for (const event of events) {
    if (event.kind === 'message' || event.kind === 'note') items.push(said(event, changes.get(event.id), me, read));
    else if (LINES.includes(event.kind)) items.push({ is: 'event', key: event.id, at: event.at, day: false, event });
  }
  for (const entry of entries) {
    if ((entry.kind === 'send' || entry.kind === 'note') && !here.has(entry.cid)) items.push(unsent(entry, me));
  }
  return items.map((item, index) => placed(item, items[index - 1], items[index + 1]));
}

function said(event: Event, pending: Entry | undefined, me: Named | undefined, read: Reads): Said {
  const own = event.from.type === 'agent' && event.from.id === me?.id;
  const failed = pending?.failure !== undefined;
  const deleted = Boolean(event.deleted) || (pending?.kind === 'delete' && !failed);
  const edit = pending?.kind === 'edit' && !failed ? pending.text : undefined;
  return {
    is: event.kind as Said['is'],
    key: event.cid ?? event.id,
    at: event.at,
    day: false,
    from: event.from,
    own,
    text: deleted ? undefined : (edit ?? event.text),
    edited: !deleted && (event.rev !== undefined || edit !== undefined),
    tick: event.from.type === 'contact' ? undefined : tick(event, pending, read),
    event,
    entry: pending,
    first: true,
    last: true,
  };
}

function tick({ kind, seq }: Event, pending: Entry | undefined, read: Reads): Tick | undefined {
  if (pending) return pending.failure ? 'failed' : 'queued';
  if (kind === 'note') return undefined;
  return seq <= read.contact ? 'read' : 'acked';
}

function unsent(entry: Entry, me: Named | undefined): Said {
  return {
    is: entry.kind === 'note' ? 'note' : 'message',
    key: entry.cid,
    at: entry.ack?.at ?? entry.done,
    day: false,
    from: { type: 'agent', id: me?.id ?? '', name: me?.name ?? '' },
    own: true,
    text: entry.text,
    edited: false,
    tick: entry.failure ? 'failed' : entry.ack ? 'acked' : 'queued',
    event: undefined,
    entry,
    first: true,
    last: true,
  };
}

function placed(item: Item, before: Item | undefined, after: Item | undefined): Item {
  const day = !before || midnight(before.at) !== midnight(item.at);
  if (item.is === 'event') return { ...item, day };
  return { ...item, day, first: !before || !together(before, item), last: !after || !together(item, after) };
}

function together(one: Item, next: Item): boolean {
  if (one.is === 'event' || one.is !== next.is) return false;
  const same = one.from.type === next.from.type && one.from.id === next.from.id;
  return same && next.at - one.at < BREATH && midnight(one.at) === midnight(next.at);
}
