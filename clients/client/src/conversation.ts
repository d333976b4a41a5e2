/** One thread as its customer sees it: events, read positions, who types, and the people at both ends. */

import { change, shown, type Change, type Message } from './changes.ts';
import { ClientError } from './errors.ts';
import type { Event } from './event.ts';
import {
  check,
  type History,
  type Presence,
  type Profile,
  type Ready,
  type Replay,
  type Side,
  type Typing,
} from './frames.ts';
import type { Entry } from './entry.ts';
import { Reading } from './reading.ts';
import type { Kept } from './storage.ts';
import { Timeline, type Log } from './timeline.ts';
import { Typists } from './typists.ts';

/** As the last `ready`, `profile` and `presence` told. */
export type People = Pick<Ready, 'role' | 'identity' | 'contact' | 'devices' | 'agents_online'> & {
  readonly refused: boolean;
  readonly prechat: Ready['prechat'];
};

const NOBODY: People = {
  role: 'visitor',
  identity: 'none',
  contact: { id: '', name: '', authenticated: false },
  devices: [],
  agents_online: 0,
  refused: false,
  prechat: null,
};

/** Takes the frames of one thread and answers what changed. */
export class Conversation {
  /** Undefined before the first `ready`. */
  readonly thread: string | undefined;
  readonly timeline = new Timeline();
  readonly reading = new Reading();
  readonly typists = new Typists();
  people = NOBODY;
  /** The other side's messages after the customer's read position; 100 means "or more". */
  unread = 0;
  #told = 0;
  readonly #pending: (id: string) => Entry | undefined;

  /** `pending` answers what the outbox has that changes the message of an id. */
  constructor(thread: string | undefined, pending: (id: string) => Entry | undefined) {
    this.thread = thread;
    this.#pending = pending;
  }

  /** The messages held, in `seq` order. */
  get messages(): Message[] {
    return this.timeline.events.filter(({ kind }) => kind === 'message').map((event) => this.message(event));
  }

  /** The message of a `message` event. */
  message(event: Event): Message {
    return shown(event, this.reading.agents, this.#pending(event.id));
  }

  /** Equal as long as `record` answers the same. */
  get version(): string {
    return `${this.thread} ${this.timeline.version} ${this.reading.contact} ${this.reading.agents}`;
  }

  /** Takes the connection's admission to this thread. */
  ready(ready: Ready): Change[] {
    this.people = { ...ready, refused: Boolean(ready.refused), prechat: ready.prechat };
    // Beside a log that is replaced the replay tells the positions again, and then they may be lower.
    this.reading.moved('contact', ready.read.contact);
    this.reading.moved('agents', ready.read.agents);
    this.#told = ready.unread;
    return [this.#person(), this.#presence()];
  }

  /** Takes a part of a replay. Throws `bad_frame` if it does not go on from what is held. */
  replayed(part: Replay): Change[] {
    const fresh = this.timeline.replayed(part);
    if (part.reset) {
      this.reading.restart(part.read ?? { contact: 0, agents: 0 });
      this.#told = part.unread ?? 0;
    }
    // Only now is all held that the server counted.
    if (part.done) this.reading.told(this.#told, this.timeline);
    return [...happened(part.events), ...this.#messages(fresh), ...this.#counted()];
  }

  /** Takes a live event; a repeat changes nothing. */
  arrived(event: Event): Change[] {
    const fresh = this.timeline.arrived(event);
    if (!fresh.length) return [];
    const ended = event.kind === 'message' && this.typists.wrote(event.from);
    return [
      ...happened([event]),
      ...(ended ? [change('typing', { author: event.from, on: false })] : []),
      ...this.#messages(fresh),
      ...this.#counted(),
    ];
  }

  /** Takes the page of older events that was asked for with `before`. */
  paged(page: History, before: number): Change[] {
    return [...this.#messages(this.timeline.paged(page, before)), ...this.#counted()];
  }

  /** A side has read up to `seq`; the customer's may be this very client. */
  read(side: Side, seq: number, unread?: number): Change[] {
    if (!this.reading.moved(side, seq)) return [];
    if (side === 'contact' && unread !== undefined) this.reading.told(unread, this.timeline);
    return [change('read', { side, seq }), ...this.#counted()];
  }

  /** Takes a `typing` frame. */
  typing({ from, on }: Typing, now: number): Change[] {
    return this.typists.heard(from, on, now) ? [change('typing', { author: from, on })] : [];
  }

  /** Ends the typing of those not heard of for 6 s. */
  expired(now: number): Change[] {
    return this.typists.expired(now).map((author) => change('typing', { author, on: false }));
  }

  /** Takes a `profile` frame. */
  profile({ contact, prechat }: Profile): Change[] {
    this.people = { ...this.people, contact, ...(prechat !== undefined && { prechat }) };
    return [this.#person()];
  }

  /** Takes a `presence` frame. */
  presence({ devices, agents_online }: Presence): Change[] {
    this.people = {
      ...this.people,
      ...(devices && { devices }),
      ...(agents_online !== undefined && { agents_online }),
    };
    return [this.#presence()];
  }

  /** Events, resume point and read positions, for a storage; undefined while there is no log. */
  record(): Kept | undefined {
    const log = this.thread === undefined ? undefined : this.timeline.record(this.thread);
    return log && { ...log, contact: this.reading.contact, agents: this.reading.agents };
  }

  /** The conversation as it was kept; an empty one if it was not, or if that is damaged. */
  static of(
    thread: string | undefined,
    pending: (id: string) => Entry | undefined,
    record: Kept | '' | undefined,
  ): Conversation {
    const conversation = new Conversation(thread, pending);
    if (!record) return conversation;
    try {
      check(record, 'contact:number agents:number', 'log');
      conversation.timeline.restore(record as unknown as Log);
    } catch (error) {
      if (error instanceof ClientError) return new Conversation(thread, pending);
      throw error;
    }
    conversation.reading.restart(record as unknown as Record<Side, number>);
    conversation.unread = conversation.reading.unread(conversation.timeline);
    return conversation;
  }

  /** The customer's message at `seq`, if one is held there and can still be changed. */
  ownMessage(seq: number): Event | undefined {
    const event = this.timeline.get(seq);
    return event?.kind === 'message' && event.from.type === 'contact' && !event.deleted ? event : undefined;
  }

  #messages(fresh: readonly Event[]): Change[] {
    return fresh.filter(({ kind }) => kind === 'message').map((event) => change('message', this.message(event)));
  }

  #counted(): Change[] {
    const before = this.unread;
    this.unread = this.reading.unread(this.timeline);
    return before === this.unread ? [] : [change('unread', this.unread)];
  }

  #person(): Change {
    return change('person', { contact: this.people.contact, prechat: this.people.prechat ?? null });
  }

  #presence(): Change {
    return change('presence', { devices: this.people.devices, agentsOnline: this.people.agents_online });
  }
}

function happened(events: readonly Event[]): Change[] {
  return events.map((event) => change('event', event));
}
