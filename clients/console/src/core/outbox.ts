/**
 * What the agent did and is not yet known to be in the log: the customer's outbox (clients/client) for one who writes
 * into many threads.
 *
 * One command is on its way at a time: a 429 or 503 to it means "repeat", and nothing done later may get into the log
 * before it. It leaves when its event has come, when the position of its thread has passed its ack, or, of a thread
 * that is not open, with its ack.
 */

import type { Backoff } from '../../../client/src/backoff.ts';
import type { Failure } from '../../../client/src/entry.ts';
import type { Event, Position } from '../../../client/src/event.ts';
import { newId, type Frame } from '../../../client/src/wire.ts';
import type { Ack, Named, Refusal, ThreadStatus } from './frames.ts';

export type Kind = 'send' | 'note' | 'edit' | 'delete' | 'assign' | 'status';

/** One command. Once written to a socket it is never changed. */
export interface Entry {
  readonly cid: string;
  readonly kind: Kind;
  readonly thread: string;
  /** When it was done, in milliseconds since 1970 by this device's clock. */
  readonly done: number;
  readonly text?: string;
  readonly target?: number;
  readonly target_id?: string;
  readonly agent?: Named | null;
  readonly status?: ThreadStatus;
  readonly ack?: Ack | undefined;
  readonly failure?: Failure | undefined;
}

export type Command = Pick<Entry, 'text' | 'target' | 'target_id' | 'agent' | 'status'>;

/** Whose a thread is and whether it is open once these commands are done: what is shown while they wait. */
export function wished<K extends { readonly status: ThreadStatus; readonly assignee: Named | null }>(
  known: K,
  entries: readonly Entry[],
): K {
  return entries
    .filter(({ failure }) => !failure)
    .reduce<K>((now, { kind, status, agent }) => {
      if (kind === 'status') return { ...now, status: status! };
      return kind === 'assign' ? { ...now, assignee: agent ?? null } : now;
    }, known);
}

export class Outbox {
  /** Counts changes to what is held. */
  version = 0;
  readonly #backoff: Backoff;
  // In the order done.
  readonly #entries = new Map<string, Entry>();
  #onItsWay: string | undefined;
  #heldUntil = 0;
  #blocked = false;

  /** `kept`: what `entries` was when the page ended. */
  constructor(backoff: Backoff, kept: readonly Entry[] = []) {
    this.#backoff = backoff;
    for (const entry of kept) this.#entries.set(entry.cid, { ...entry, ack: undefined });
  }

  /** All of them, in the order done. */
  get entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  /** Those of one thread. */
  of(thread: string): readonly Entry[] {
    return this.entries.filter((one) => one.thread === thread);
  }

  get(cid: string | undefined): Entry | undefined {
    return this.#entries.get(cid ?? '');
  }

  /** Queues a command under a fresh random cid. */
  add(kind: Kind, thread: string, command: Command, target?: Required<Position>): Entry {
    const aimed = target && { target: target.seq, target_id: target.id };
    return this.#keep({ cid: newId(), kind, thread, done: Date.now(), ...command, ...aimed });
  }

  /** Forgets an entry, such as one that failed. */
  discard(cid: string): Entry | undefined {
    const entry = this.#entries.get(cid);
    if (this.#onItsWay === cid) this.#onItsWay = undefined;
    if (this.#entries.delete(cid)) this.version++;
    return entry;
  }

  /** Forgets everything. */
  wipe(): void {
    this.#entries.clear();
    this.#onItsWay = undefined;
    this.version++;
  }

  /** A failed one is tried again, as a new command. */
  again(cid: string): void {
    const failed = this.#entries.get(cid);
    if (!failed?.failure) return;
    this.discard(cid);
    this.#keep({ ...failed, cid: newId(), failure: undefined });
  }

  // What is sent

  /** The frame to write now, which is then on its way; undefined while another is, or while held. */
  next(now: number): Frame | undefined {
    if (now < this.deadline) return undefined;
    const entry = this.#waiting!;
    this.#onItsWay = entry.cid;
    return frame(entry);
  }

  /** When `next` is to be asked though nothing was heard. */
  get deadline(): number {
    return this.#blocked || this.#onItsWay || !this.#waiting ? Infinity : this.#heldUntil;
  }

  get #waiting(): Entry | undefined {
    for (const entry of this.#entries.values()) if (!entry.ack && !entry.failure) return entry;
    return undefined;
  }

  // What is heard

  /** Takes an ack. `position`: how far its thread has come if it is open. Answers its entry. */
  acked(ack: Ack, position: number | undefined): Entry | undefined {
    const entry = this.#entries.get(ack.cid);
    if (!entry) return undefined;
    this.#answered(ack.cid);
    if (position === undefined || position >= ack.seq) return this.discard(ack.cid);
    return this.#keep({ ...entry, ack, failure: undefined });
  }

  /** Takes an event; answers the entry that it ends. */
  seen({ cid }: Event): Entry | undefined {
    if (cid === undefined || !this.#entries.has(cid)) return undefined;
    this.#answered(cid);
    return this.discard(cid);
  }

  /** The position of the thread has passed the acks of these: they leave. Infinity: it is not open any more. */
  passed(thread: string, position: number): void {
    for (const { cid, ack } of this.of(thread)) if (ack && ack.seq <= position) this.discard(cid);
  }

  /** The log was replaced: what was acked and not seen is sent again. */
  reset(thread: string): void {
    for (const entry of this.of(thread)) if (entry.ack) this.#keep({ ...entry, ack: undefined });
  }

  /** Takes an error with a cid; answers the entry if it has now failed, undefined if it is kept or repeated. */
  refused(error: Refusal, now: number): Entry | undefined {
    const entry = this.get(error.cid);
    if (!entry || entry.ack) return undefined;
    this.#onItsWay = undefined;
    if (error.code === 429 || error.code === 503) {
      this.#heldUntil = Math.max(this.#heldUntil, now + (error.retry_after_ms ?? this.#backoff.next()));
      return undefined;
    }
    if (error.code === 401) {
      this.#blocked = true;
      return undefined;
    }
    if (error.reason === 'moved' && error.to !== undefined && entry.target === undefined) {
      // The old thread is sealed and has not taken it; the cid makes it safe if it has.
      this.#keep({ ...entry, thread: error.to });
      return undefined;
    }
    const { code, reason, message } = error;
    return this.#keep({ ...entry, failure: { code, reason, message } });
  }

  /** What was on its way is queued again: whether it arrived is unknown, and its cid makes a repeat harmless. */
  disconnected(): void {
    this.#onItsWay = undefined;
  }

  /** A new connection is ready. */
  admitted(): void {
    this.#blocked = false;
  }

  #answered(cid: string): void {
    this.#backoff.reset();
    if (this.#onItsWay === cid) this.#onItsWay = undefined;
  }

  #keep(entry: Entry): Entry {
    this.#entries.set(entry.cid, entry);
    this.version++;
    return entry;
  }
}

function frame({ kind: t, cid, thread, text, target, target_id, agent, status }: Entry): Frame {
  const assigned = agent === undefined ? undefined : (agent?.id ?? null);
  const fields = { text, target, target_id, agent: assigned, status };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return { t, cid, thread, ...Object.fromEntries(given) };
}
