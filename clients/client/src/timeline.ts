/**
 * One thread's events as this client holds them, and the point from which it may resume (WIRE.md section 6, 1 to 3, 9,
 * 11).
 *
 * The events held are always one unbroken run of the log up to `position`, as far as the customer may see it: a replay
 * starts it, each event lengthens it, each page of history reaches further back. That is why `position` is a valid
 * resume point, and why both are kept in one record or not at all.
 */

import { ClientError } from './errors.ts';
import { changed, newest, withoutText, type Event, type Position } from './event.ts';
import { check, checkEvent, type History, type Replay } from './frames.ts';

// Some 2.5 MB at 500 bytes an event. A customer who reads further back asks for the older ones again.
const HELD = 5_000;
// What a record holds: a few screens, about 100 kB, written again every other second while messages come.
const KEPT = 200;
// Changes to messages that are not held matter only to a page that is already on its way.
const WAITING = 1_000;

const START: Position = { seq: 0 };

/** What a storage keeps of a timeline. */
export interface Log {
  readonly thread: string;
  readonly epoch: string;
  readonly at: Position;
  readonly more: boolean;
  readonly events: readonly Event[];
}

export class Timeline {
  epoch: string | undefined;
  position = START;
  /** Whether the log has older events than those held. */
  more = false;
  /** Counts changes to what is held. */
  version = 0;
  // Ascending by seq, always: live events come so, and pages are sorted in.
  #held = new Map<number, Event>();
  #waiting = new Map<number, Event>();
  #newest = 0;
  readonly #most: number;

  /** Of more than `most` events the oldest are dropped. */
  constructor(most = HELD) {
    this.#most = most;
  }

  /** What is held, ascending. */
  get events(): readonly Event[] {
    return [...this.#held.values()];
  }

  /** The `before` that asks for the page just older than what is held. */
  get before(): number {
    return first(this.#held) ?? this.position.seq + 1;
  }

  get(seq: number): Event | undefined {
    return this.#held.get(seq);
  }

  /** The event of that id, if it is held. A carry renumbers, ids stay. */
  find(id: string): Event | undefined {
    return this.events.find((event) => event.id === id);
  }

  /** The `resume` field for init; undefined when there is no log to go on from. */
  get resume(): { epoch: string; seq: number; id?: string } | undefined {
    return this.epoch === undefined ? undefined : { epoch: this.epoch, ...this.position };
  }

  /**
   * Takes a part of a replay; answers what is new or changed. At `reset` everything held is forgotten first. Throws
   * `bad_frame` for a part that goes on from a log that is not the one held: the gap would never be seen.
   */
  replayed(part: Replay): Event[] {
    if (part.reset) {
      this.forget();
      this.epoch = part.epoch;
      this.more = Boolean(part.more);
    } else if (part.epoch !== this.epoch) {
      throw new ClientError('bad_frame', 'a replay that leaves a gap');
    }
    this.position = part.at;
    return this.#merge(part.events);
  }

  /** Takes a live event; answers what is new or changed: nothing if it is a repeat. */
  arrived(event: Event): Event[] {
    if (event.seq <= this.position.seq) return [];
    this.position = { seq: event.seq, id: event.id };
    const fresh = this.#merge([event]);
    while (this.#held.size > this.#most) {
      this.#held.delete(first(this.#held)!);
      this.more = true;
    }
    return fresh;
  }

  /**
   * Takes the page that was asked for with `before`; answers what is new or changed. The resume point stays. A page
   * that does not reach up to what is held, because the oldest were dropped meanwhile, would leave a gap: nothing.
   */
  paged(page: History, before: number): Event[] {
    if (before < this.before) return [];
    if (!(page.events[0]?.seq! >= this.before)) this.more = page.more;
    return this.#merge(page.events);
  }

  /** Drops everything, the resume point too: the next replay starts afresh. */
  forget(): void {
    this.epoch = undefined;
    this.position = START;
    this.more = false;
    this.version++;
    this.#held.clear();
    this.#waiting.clear();
    this.#newest = 0;
  }

  /** The newest events beside their resume point; undefined while there is no log. */
  record(thread: string): Log | undefined {
    if (this.epoch === undefined) return undefined;
    const events = this.events.slice(-KEPT);
    return { thread, epoch: this.epoch, at: this.position, more: this.more || events.length < this.#held.size, events };
  }

  /** Takes what was kept. Throws `bad_frame` when it was damaged; the timeline is then not to be used. */
  restore(log: Log): void {
    check(log, 'thread:string epoch:string at:object more:boolean events:array', 'log');
    check(log.at, 'seq:number', 'at');
    this.epoch = log.epoch;
    this.position = log.at;
    this.more = log.more;
    this.#merge(log.events.map(checkEvent));
  }

  /** Every event joins what is held, whatever order parts and pages come in; the result is the same. */
  #merge(events: readonly Event[]): Event[] {
    const fresh = new Map<number, Event>();
    const last = this.#newest;
    this.version++;
    for (const event of events) {
      const changes = event.kind === 'edited' || event.kind === 'deleted';
      if (changes && event.target !== undefined) this.#change(event, fresh);
      this.#join(changes ? withoutText(event) : event, fresh);
    }
    for (const seq of fresh.keys()) {
      if (seq > this.#newest) this.#newest = seq;
    }
    if ([...fresh.keys()].some((seq) => seq < last)) {
      this.#held = new Map([...this.#held].sort(([one], [other]) => one - other));
    }
    return [...fresh.values()];
  }

  #join(event: Event, fresh: Map<number, Event>): void {
    const held = this.#held.get(event.seq);
    const waiting = this.#waiting.get(event.seq);
    let state = held ? newest(held, event) : event;
    if (waiting) state = changed(state, waiting);
    this.#waiting.delete(event.seq);
    if (state === held) return;
    this.#held.set(event.seq, state);
    fresh.set(event.seq, state);
  }

  #change(change: Event, fresh: Map<number, Event>): void {
    const target = change.target!;
    const held = this.#held.get(target);
    if (held) {
      const state = changed(held, change);
      if (state === held) return;
      this.#held.set(target, state);
      fresh.set(target, state);
      return;
    }
    const overtaken = change.kind === 'edited' && change.text === undefined;
    if (!overtaken && this.#waiting.get(target)?.kind !== 'deleted') this.#waiting.set(target, change);
    while (this.#waiting.size > WAITING) this.#waiting.delete(first(this.#waiting)!);
  }
}

function first<K>(map: ReadonlyMap<K, unknown>): K | undefined {
  return map.keys().next().value;
}
