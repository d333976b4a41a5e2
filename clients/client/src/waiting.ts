/** Who waits for an ack or an answer, and what ends the wait. */

import type { Client } from './client.ts';
import type { Entry } from './entry.ts';
import { ClientError } from './errors.ts';
import type { Ack } from './frames.ts';
import type { Answer, End } from './requests.ts';

interface Wait<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: ClientError) => void;
}

/** Promises by key. After `close` every wait, present and future, ends with its error until `open`. */
class Desk<T> {
  #waits = new Map<string, Wait<T>>();
  #error: ClientError | undefined;

  /** The promise of this key; it may be dropped unseen, for an error that nobody waits for is told by changes, too. */
  wait(key: string): Promise<T> {
    const promise = new Promise<T>((resolve, reject) => {
      if (this.#error) reject(this.#error);
      else this.#waits.set(key, { resolve, reject });
    });
    promise.catch(() => {});
    return promise;
  }

  answer(key: string, value: T): void {
    this.#waits.get(key)?.resolve(value);
    this.#waits.delete(key);
  }

  fail(key: string, error: ClientError): void {
    this.#waits.get(key)?.reject(error);
    this.#waits.delete(key);
  }

  /** Nothing can be answered for now. */
  close(error: ClientError): void {
    this.#error = error;
    for (const key of [...this.#waits.keys()]) this.fail(key, error);
  }

  /** Answers may come again. */
  open(): void {
    this.#error = undefined;
  }
}

/** A command in the outbox. `acked` settles whenever its ack comes; one need not wait for it. */
export interface Sending {
  readonly cid: string;
  readonly acked: Promise<Ack>;
}

/** Acks by cid, answers by ref. */
export class Waiting {
  readonly acks = new Desk<Ack>();
  readonly answers = new Desk<Answer>();

  /** A command has its ack, or has failed for good. */
  settle({ cid, ack, failure }: Entry): void {
    if (failure) {
      const { code, reason, message } = failure;
      this.acks.fail(cid, new ClientError('refused', `${code} ${reason}: ${message}`, code, reason));
    } else if (ack) {
      this.acks.answer(cid, ack);
    }
  }

  /** A request has its answer, or will have none. */
  end({ ref, answer, error }: End): void {
    if (answer) this.answers.answer(ref, answer);
    else if (error) this.answers.fail(ref, error);
  }

  /** Whether anything can be answered for now, and if not, why. */
  turn(error: ClientError | undefined): void {
    for (const desk of [this.acks, this.answers]) {
      if (error) desk.close(error);
      else desk.open();
    }
  }
}

/** Resolves when the client is live. Rejects with what `end` says when it won't be. */
export function reached(client: Pick<Client, 'state' | 'on'>, end: () => ClientError): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const { state } = client;
      if (state === 'live') resolve();
      else if (state === 'stopped' || state === 'closed') reject(end());
      else return;
      off();
    };
    const off = client.on('state', look);
    look();
  });
}
