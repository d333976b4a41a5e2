/**
 * The outbox: commands typed but not yet known to be in the log, kept by thread (WIRE.md section 2, 6 and 8).
 *
 *     queued ── written, `ack` ──▶ acked ── its event comes, or the position passes it ──▶ gone
 *       ▲  │                         │
 *       │  └── `error` of no return ─│─▶ failed (shown, never repeated)
 *       └──────── reset: true ───────┘
 *
 * One command is on its way at a time. Those typed after it wait for its answer, because a 429 or 503 to it means
 * "repeat", and nothing typed later may get into the log before it.
 *
 * The tabs of a browser share what is kept. Each sends what it owns, shows what the others do, and takes over from one
 * that is gone.
 */

import type { Backoff } from './backoff.ts';
import { frame, type Entry, type Failure, type Kind } from './entry.ts';
import type { Event, Position } from './event.ts';
import { check, type Ack, type ServerError } from './frames.ts';
import type { Shelf } from './shelf.ts';
import type { Kept } from './storage.ts';
import { newId, type Frame } from './wire.ts';

export const OUTBOX = 'outbox.';
const KEEP = ['moved', 'not_admitted'];

/** Entries in the order typed. An ack is not kept: sending an acked entry again is answered with its ack (P2). */
export class Outbox {
  /** The client that this is. */
  readonly owner = newId();
  readonly #shelf: Shelf;
  readonly #backoff: Backoff;
  readonly #mine = new Set([this.owner]);
  readonly #entries = new Map<string, Entry>();
  // Removed by the client that owns them; here they are shown until their event has come.
  readonly #leaving = new Set<string>();
  #onItsWay: string | undefined;
  #heldUntil = 0;
  #blocked = false;

  constructor(shelf: Shelf, backoff: Backoff) {
    this.#shelf = shelf;
    this.#backoff = backoff;
    for (const [, record] of shelf.items(OUTBOX)) this.#place(record);
  }

  /** All of them, of every thread, in the order typed. */
  get entries(): readonly Entry[] {
    return [...this.#entries.values()].sort((one, other) => one.order - other.order || (one.cid < other.cid ? -1 : 1));
  }

  get(cid: string | undefined): Entry | undefined {
    return this.#entries.get(cid ?? '');
  }

  /** The last edit or deletion on its way of the message of that id. */
  changing(id: string): Entry | undefined {
    return this.entries.findLast((one) => one.target_id === id && !one.failure);
  }

  /** Queues a command under a fresh random cid. */
  add(kind: Kind, identity: string, thread: string | undefined, text?: string, target?: Required<Position>): Entry {
    const order = 1 + Math.max(0, ...[...this.#entries.values()].map((entry) => entry.order));
    const { owner } = this;
    const entry: Entry = { cid: newId(), kind, order, owner, identity, thread, typed: Date.now(), text };
    return this.#keep(target ? { ...entry, target: target.seq, target_id: target.id } : entry);
  }

  /** Forgets an entry, such as a failed one that was looked at. One on its way may still get into the log. */
  discard(cid: string): Entry | undefined {
    return this.#leave(cid);
  }

  // What is sent

  /** The frame to write now, which is then on its way; undefined while another is, or while held. */
  next(thread: string, now: number): Frame | undefined {
    if (this.#blocked || this.#onItsWay || now < this.#heldUntil) return undefined;
    const entry = this.#waiting(thread);
    if (!entry) return undefined;
    this.#onItsWay = entry.cid;
    return frame(entry);
  }

  /** When `next` is to be asked again though nothing was heard. */
  deadline(thread: string): number {
    return this.#blocked || this.#onItsWay || !this.#waiting(thread) ? Infinity : this.#heldUntil;
  }

  #waiting(thread: string): Entry | undefined {
    return this.entries.find(
      (one) =>
        one.thread === thread &&
        !(one.ack || one.failure || one.astray || this.#leaving.has(one.cid)) &&
        this.#mine.has(one.owner),
    );
  }

  // What is heard

  /** Takes an ack; answers its entry, which leaves if `position` has passed the ack's seq. */
  acked(ack: Ack, position: number): Entry | undefined {
    const entry = this.#entries.get(ack.cid);
    if (!entry) return undefined;
    this.#answered(ack.cid);
    const acked = { ...entry, ack, failure: undefined };
    this.#entries.set(ack.cid, acked);
    if (position >= ack.seq) this.#leave(ack.cid);
    return acked;
  }

  /** Takes an event of the customer's side; answers the entry that it ends, if there is one. */
  seen({ cid, from }: Event): Entry | undefined {
    if (cid === undefined || from.type !== 'contact' || !this.#entries.has(cid)) return undefined;
    this.#answered(cid);
    return this.#leave(cid);
  }

  /** The position has passed the acks of these: they leave, and so does what others have removed by then. */
  passed(thread: string, position: number, upToNow: boolean): void {
    for (const entry of this.entries) {
      const passed = entry.ack ? entry.ack.seq <= position : upToNow && this.#leaving.has(entry.cid);
      if (entry.thread === thread && passed) this.#leave(entry.cid);
    }
  }

  /** The log was replaced: what was acked and not seen is sent again. */
  reset(thread: string): void {
    for (const entry of this.entries) {
      if (entry.thread === thread && entry.ack) this.#entries.set(entry.cid, { ...entry, ack: undefined });
    }
  }

  /** Takes an error with a cid; answers the entry if it has now failed, undefined if it is kept or repeated. */
  refused(error: ServerError, now: number): Entry | undefined {
    const entry = this.get(error.cid);
    if (!entry || entry.ack) return undefined;
    this.#onItsWay = undefined;
    if (error.code === 429 || error.code === 503) {
      this.#heldUntil = Math.max(this.#heldUntil, now + (error.retry_after_ms ?? this.#backoff.next()));
      return undefined;
    }
    if (error.code === 401 || KEEP.includes(error.reason)) {
      this.#blocked = true;
      return undefined;
    }
    return this.fail(entry.cid, error);
  }

  /** Shows the entry as failed, for good. */
  fail(cid: string, { code, reason, message }: Failure): Entry | undefined {
    if (this.#onItsWay === cid) this.#onItsWay = undefined;
    const entry = this.#entries.get(cid);
    return entry && this.#keep({ ...entry, failure: { code, reason, message }, ack: undefined });
  }

  /**
   * What was on its way is queued again: whether it arrived is unknown, and its cid makes a repeat harmless. Answers
   * that entry.
   */
  disconnected(): Entry | undefined {
    const was = this.get(this.#onItsWay);
    this.#onItsWay = undefined;
    return was;
  }

  // Which thread

  /** A new connection is ready: what was kept back may be tried there. */
  admitted(): void {
    this.#blocked = false;
  }

  /** What was typed before the first `ready` takes its thread. */
  settle(identity: string, thread: string): void {
    this.#each(
      (one) => !one.thread && one.identity === identity,
      (one) => ({ ...one, thread }),
    );
  }

  /** Login before the first `ready`: what was typed here under one identity is now under another. */
  takeAlong(from: string, identity: string): void {
    this.#each(
      (one) => !one.thread && one.identity === from && this.#mine.has(one.owner),
      (one) => ({ ...one, identity }),
    );
  }

  /** Moves what was queued for the carried threads, cids and all. Edits and deletions wait for `relocate`. */
  carry(threads: readonly string[], thread: string): void {
    this.#each(
      (one) => one.thread !== thread && threads.includes(one.thread ?? ''),
      (one) => ({ ...one, thread, ack: undefined, astray: one.target !== undefined }),
    );
  }

  /** Gives carried edits and deletions their message's new seq; answers those whose message is not held: failed. */
  relocate(thread: string, find: (id: string) => Event | undefined): Entry[] {
    const failure = { code: 404, reason: 'unknown_target', message: 'its message is not there' };
    return this.#each(
      (one) => one.thread === thread && one.astray && !one.failure,
      (one) => {
        const target = find(one.target_id!)?.seq;
        return { ...one, astray: false, ...(target ? { target } : { failure }) };
      },
    ).filter((one) => one.failure);
  }

  /**
   * The identity was given another thread, `to`, and nothing explains it: answers what was queued for the old one, failed.
   * Messages are shown in the new one, which is the only one that their author sees.
   */
  strand(thread: string, to: string): Entry[] {
    const failure = { code: 409, reason: 'moved', message: 'its conversation is no more' };
    return this.#each(
      (one) => one.thread === thread && !one.failure,
      (one) => ({ ...one, thread: one.target ? thread : to, failure, ack: undefined }),
    );
  }

  // Other clients of the device

  /** The other clients that own entries here. */
  get others(): string[] {
    return [...new Set(this.entries.map((one) => one.owner))].filter((owner) => !this.#mine.has(owner));
  }

  /** That client is gone: what it left is sent from here. */
  orphaned(owner: string): void {
    this.#mine.add(owner);
  }

  /** Takes what another client did to an entry. */
  heard(cid: string, record: Kept | undefined): void {
    const entry = this.#entries.get(cid);
    if (record) {
      this.#place({ ...record, ack: entry?.ack });
    } else if (entry?.failure) {
      this.#entries.delete(cid);
    } else if (entry) {
      this.#leaving.add(cid);
    }
  }

  /** Forgets everything. */
  wipe(): void {
    this.#entries.clear();
    this.#onItsWay = undefined;
  }

  #answered(cid: string): void {
    this.#backoff.reset();
    if (this.#onItsWay === cid) this.#onItsWay = undefined;
  }

  #each(which: (entry: Entry) => unknown, change: (entry: Entry) => Entry): Entry[] {
    return this.entries.filter(which).map((entry) => this.#keep(change(entry)));
  }

  #keep(entry: Entry): Entry {
    this.#entries.set(entry.cid, entry);
    const { ack: _, ...record } = entry;
    this.#shelf.put(OUTBOX + entry.cid, record as unknown as Kept);
    return entry;
  }

  /** One that was damaged is passed over. */
  #place(record: Kept): void {
    try {
      check(record, 'cid:string kind:string order:number owner:string identity:string', 'entry');
      this.#entries.set(record.cid as string, record as unknown as Entry);
    } catch {
      return;
    }
  }

  #leave(cid: string): Entry | undefined {
    const entry = this.#entries.get(cid);
    if (this.#onItsWay === cid) this.#onItsWay = undefined;
    this.#entries.delete(cid);
    this.#leaving.delete(cid);
    this.#shelf.put(OUTBOX + cid, undefined);
    return entry;
  }
}
