/** Frames without a cid: each carries a `ref`, which its answer or error echoes; 429 and 503 repeat it. */

import type { Backoff } from '../../../client/src/backoff.ts';
import { checkFrame, type Fields, type Frame } from '../../../client/src/wire.ts';
import type { Refusal } from './frames.ts';

export type Asked = 'inbox' | 'open' | 'history' | 'presence' | 'read';

/** `thread` is undefined for what is about none. `due`: not written before. */
export interface Request {
  readonly ref: string;
  readonly kind: Asked;
  readonly thread: string | undefined;
  readonly fields: Fields;
  readonly written: boolean;
  readonly due: number;
}

// Of these the latest says all. A `read` has no answer: it waits until the next one takes its place.
const REPLACING: readonly Asked[] = ['inbox', 'open', 'presence', 'read'];
// The next connection is told of this; what else was asked is asked anew there.
const LASTING: readonly Asked[] = ['read'];

export class Requests {
  readonly #backoff: Backoff;
  readonly #pending = new Map<string, Request>();
  #number = 0;

  constructor(backoff: Backoff) {
    this.#backoff = backoff;
  }

  /** Queues a request. Throws `invalid` for one that no connection could carry. */
  add(kind: Asked, fields: Fields, thread?: string): Request {
    const request = { ref: `${kind}-${++this.#number}`, kind, thread, fields, written: false, due: 0 };
    checkFrame(frame(request));
    if (REPLACING.includes(kind)) this.drop((one) => one.kind === kind);
    this.#pending.set(request.ref, request);
    return request;
  }

  /** The frame to write now. */
  next(now: number): Frame | undefined {
    const request = this.#waiting.find(({ due }) => now >= due);
    if (!request) return undefined;
    this.#pending.set(request.ref, { ...request, written: true });
    return frame(request);
  }

  /** When `next` is to be asked though nothing was heard. */
  get deadline(): number {
    return Math.min(Infinity, ...this.#waiting.map(({ due }) => due));
  }

  /** Takes an answer's `ref`; undefined for one that is not waited for. */
  answered(ref: string | undefined): Request | undefined {
    const request = this.#pending.get(ref ?? '');
    if (!request) return undefined;
    this.#pending.delete(request.ref);
    this.#backoff.reset();
    return request;
  }

  /** Takes the error of a request; answers it if that is the end of it. */
  refused({ ref, code, retry_after_ms }: Refusal, now: number): Request | undefined {
    const request = this.#pending.get(ref ?? '');
    if (!request) return undefined;
    if (code === 429 || code === 503) {
      const due = now + (retry_after_ms ?? this.#backoff.next());
      this.#pending.set(request.ref, { ...request, written: false, due });
      return undefined;
    }
    this.#pending.delete(request.ref);
    return request;
  }

  /** Gives some of them up. */
  drop(which: (request: Request) => boolean): void {
    for (const request of this.#pending.values()) if (which(request)) this.#pending.delete(request.ref);
  }

  /** Whether one is not answered yet. */
  waits(kind: Asked, thread?: string): boolean {
    return [...this.#pending.values()].some((one) => one.kind === kind && one.thread === thread);
  }

  /** The connection is over. */
  disconnected(): void {
    this.drop(({ kind }) => !LASTING.includes(kind));
    for (const request of this.#pending.values()) this.#pending.set(request.ref, { ...request, written: false });
  }

  get #waiting(): Request[] {
    return [...this.#pending.values()].filter(({ written }) => !written);
  }
}

function frame({ kind: t, ref, thread, fields }: Request): Frame {
  return thread === undefined ? { t, ref, ...fields } : { t, ref, thread, ...fields };
}
