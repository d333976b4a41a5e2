/**
 * Frames without a cid that want an answer or must not be lost: profile, prechat, history, auth, read and page.
 *
 * Each carries a `ref`, which its answer or error echoes. One that is unanswered when the connection ends is written
 * again to the next one of the same thread: repeating any of these changes nothing that the first one did not.
 */

import type { Backoff } from './backoff.ts';
import { ClientError } from './errors.ts';
import type { Authed, History, Profile, ServerError } from './frames.ts';
import { checkFrame, type Fields, type Frame } from './wire.ts';

export type Asked = 'profile' | 'prechat' | 'history' | 'auth' | 'read' | 'page';
export type Answer = Profile | History | Authed;

/** `thread` is undefined before the first `ready`. `written`: on the present connection. `due`: not before. */
export interface Request {
  readonly ref: string;
  readonly kind: Asked;
  readonly fields: Fields;
  readonly thread: string | undefined;
  readonly written: boolean;
  readonly due: number;
}

/** The request `ref` has its answer, or will have none. */
export interface End {
  readonly ref: string;
  readonly answer?: Answer;
  readonly error?: ClientError;
}

/** The requests of one client, in the order made. */
export class Requests {
  readonly #backoff: Backoff;
  #pending = new Map<string, Request>();
  #number = 0;

  constructor(backoff: Backoff) {
    this.#backoff = backoff;
  }

  /** Queues a request. Throws `invalid` for one that no connection could carry. */
  add(kind: Asked, fields: Fields, thread: string | undefined): Request {
    const request = { ref: `${kind}-${++this.#number}`, kind, fields, thread, written: false, due: 0 };
    checkFrame(frame(request));
    // These have no answer: the latest one says all, and is kept until the next one takes its place.
    if (kind === 'read' || kind === 'page') this.#drop((other) => other.kind === kind);
    this.#pending.set(request.ref, request);
    return request;
  }

  /** The frame to write now, if there is one. */
  next(thread: string, now: number): Frame | undefined {
    const request = this.#waiting(thread).find((one) => now >= one.due);
    if (!request) return undefined;
    this.#pending.set(request.ref, { ...request, written: true });
    return frame(request);
  }

  /** When `next` is to be asked again though nothing was heard. */
  deadline(thread: string): number {
    return Math.min(...this.#waiting(thread).map(({ due }) => due));
  }

  /** Takes an answer's `ref`; its request is done. Undefined for a ref that is not waited for. */
  answered(ref: string | undefined): Request | undefined {
    const request = this.get(ref);
    if (!request) return undefined;
    this.#pending.delete(request.ref);
    this.#backoff.reset();
    return request;
  }

  get(ref: string | undefined): Request | undefined {
    return this.#pending.get(ref ?? '');
  }

  /** Takes the error of a request: 429 and 503 are repeated later, anything else is the end of it. */
  refused({ ref, code, reason, message, retry_after_ms }: ServerError, now: number): End | undefined {
    const request = this.get(ref);
    if (!request) return undefined;
    if (code === 429 || code === 503) {
      const due = now + (retry_after_ms ?? this.#backoff.next());
      this.#pending.set(request.ref, { ...request, written: false, due });
      return undefined;
    }
    return this.fail(request.ref, new ClientError('refused', `${code} ${reason}: ${message}`, code, reason));
  }

  /** Gives the request up. */
  fail(ref: string, error: ClientError): End | undefined {
    return this.#pending.delete(ref) ? { ref, error } : undefined;
  }

  /** The log was replaced: pages asked for before are thrown away when they come. */
  reset(): End[] {
    const error = new ClientError('stale', 'the log was replaced');
    return this.#giveUp(({ kind }) => kind === 'history', error);
  }

  /** What was written is written again, but for `auth` and `page`: the next init brings token and page anyway. */
  disconnected(): End[] {
    const error = new ClientError('thread', 'the connection ended');
    const unmet = this.#giveUp(({ kind }) => kind === 'auth', error);
    this.#drop(({ kind }) => kind === 'page');
    for (const request of this.#pending.values()) this.#pending.set(request.ref, { ...request, written: false });
    return unmet;
  }

  /**
   * Takes a `ready`: what was asked for this thread, or one carried into it, goes on; the rest is given up. What was
   * asked before the first `ready` is not given to the clean chat of a refused identity. A page of a carried thread is
   * another log's.
   */
  admitted(thread: string, carried: readonly string[], refused: boolean): End[] {
    const fits = (request: Request) =>
      request.thread === thread ||
      (!refused && request.kind !== 'history' && (request.thread === undefined || carried.includes(request.thread)));
    const unmet = this.#giveUp((request) => !fits(request), new ClientError('thread', 'it was for another thread'));
    for (const request of this.#pending.values()) this.#pending.set(request.ref, { ...request, thread });
    return unmet;
  }

  /** What was written to the present connection and has no answer yet. */
  get written(): Request[] {
    return [...this.#pending.values()].filter(({ written }) => written);
  }

  /** Gives everything up. */
  wipe(error: ClientError): End[] {
    return this.#giveUp(() => true, error);
  }

  #waiting(thread: string): Request[] {
    return [...this.#pending.values()].filter((one) => one.thread === thread && !one.written);
  }

  #drop(which: (request: Request) => boolean): Request[] {
    const dropped = [...this.#pending.values()].filter(which);
    for (const { ref } of dropped) this.#pending.delete(ref);
    return dropped;
  }

  #giveUp(which: (request: Request) => boolean, error: ClientError): End[] {
    return this.#drop(which).map(({ ref }) => ({ ref, error }));
  }
}

/** The frame to write. */
export function frame({ kind: t, ref, thread, fields }: Request): Frame {
  return { t, ref, thread, ...fields };
}
