/** One connection's life: reads frames into a session, and writes what the session has to send. */

import { opening } from './admission.ts';
import { pack, unpack } from './codec.ts';
import { ask } from './commands.ts';
import { ClientError } from './errors.ts';
import { parse } from './frames.ts';
import type { Keeper } from './keeper.ts';
import { Liveness } from './liveness.ts';
import { received } from './receiving.ts';
import { deadline, outgoing } from './sending.ts';
import type { Session } from './session.ts';
import { now } from './time.ts';
import { TOKENS } from './tokens.ts';
import type { TokenSource } from './tokensource.ts';
import { SUBPROTOCOLS, type CodecName, type Frame } from './wire.ts';

/** What a page, Node's `ws` and React Native have in common. */
export type SocketClass = new (url: string, protocols: string[]) => WebSocket;

export const CUT = 1006;
// The record of a thread is written at most this often; what is missing after a crash is replayed.
const SAVE_EVERY = 2_000;

/** What a pump needs of the client it works for. */
export interface Surroundings {
  readonly url: string;
  readonly codec: CodecName;
  readonly socketClass: SocketClass;
  readonly keeper: Keeper;
  readonly told: () => void;
}

/** Joins a session to a socket until that ends. */
export class Pump {
  readonly #session: Session;
  readonly #tokens: TokenSource;
  readonly #around: Surroundings;
  readonly #liveness = new Liveness(now());
  #socket: WebSocket | undefined;
  #inbox: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saved = now();
  #end: ((code: number) => void) | undefined;

  constructor(session: Session, tokens: TokenSource, around: Surroundings) {
    this.#session = session;
    this.#tokens = tokens;
    this.#around = around;
  }

  /**
   * Init, and then everything until the connection is over; answers its close code. `settled` is called when it is
   * decided whose connection this is, or that it will be nobody's.
   */
  async run(token: string | undefined, settled: () => void): Promise<number> {
    const { url, codec, socketClass } = this.#around;
    const first = opening(this.#session, token);
    this.#around.told();
    const socket = (this.#socket = new socketClass(url, [SUBPROTOCOLS[codec]]));
    socket.binaryType = 'arraybuffer';
    try {
      return await new Promise<number>((resolve) => {
        this.#end = resolve;
        socket.onopen = () => {
          this.#liveness.opened(now());
          this.#write(first);
          this.wake();
        };
        // One after the other, also where one waits for the storage, and the end after them all.
        socket.onmessage = ({ data }) => this.#take(() => this.#hear(data as string | ArrayBuffer, settled));
        // What there is to know of it is in the close that follows; `ws` throws it if nobody listens.
        socket.onerror = () => {};
        socket.onclose = ({ code }) => this.#take(() => resolve(code));
        this.wake();
      });
    } finally {
      this.#leave();
      settled();
    }
  }

  /** Something may be there to send, or somebody to be missed. */
  wake(): void {
    if (!this.#end) return;
    clearTimeout(this.#timer);
    const { link } = this.#session;
    if (link.again || link.rejected) return this.#cut();
    const due = this.#liveness.due(now());
    if (due === 'give_up') return this.#cut();
    if (this.#socket!.readyState === 1) {
      for (const frame of outgoing(this.#session, now())) this.#write(frame);
      if (due === 'ping' && this.#session.admitted) this.#write({ t: 'ping' });
    }
    this.#renew();
    this.#around.told();
    const next = Math.min(this.#liveness.deadline, deadline(this.#session), this.#saving());
    this.#timer = setTimeout(() => this.wake(), Math.max(0, next - now()));
  }

  /** The device may have slept or lost its network: find out at once whether the server is there. */
  doubt(): void {
    this.#liveness.doubt(now());
    this.wake();
  }

  /** Writes the `logout` frame, then lets the server end it. */
  sayLogout(): void {
    this.#write({ t: 'logout' });
  }

  #write(frame: Frame): void {
    if (this.#socket?.readyState === 1) this.#socket.send(pack(frame, this.#around.codec));
  }

  #take(work: () => unknown): void {
    this.#inbox = this.#inbox.then(work).catch((error: unknown) => {
      // A server that breaks the wire's rules is left and tried again; a mistake of this package's must be seen, too.
      const bad = error instanceof ClientError ? error.message : error;
      console.warn('Onethread: connecting again,', bad);
      this.#cut();
    });
  }

  async #hear(data: string | ArrayBuffer, settled: () => void): Promise<void> {
    if (!this.#end) return;
    this.#liveness.heard(now());
    const frame = parse(unpack(data));
    if (frame) {
      const isReady = frame.t === 'ready' && this.#session.link.phase === 'opening';
      // Another tab may have stored its token meanwhile: only then is it known which one counts.
      if (isReady) await this.#around.keeper.refresh(TOKENS);
      received(this.#session, frame, now());
      if (isReady) {
        this.#liveness.ready(frame.heartbeat_ms, now());
        void this.#around.keeper.flush().then(settled);
      }
    }
    this.wake();
  }

  #renew(): void {
    if (!this.#session.admitted || !this.#session.renewal.isDue(now()) || !this.#tokens.renewable) return;
    this.#tokens.fetch().then(
      (token) => {
        if (this.#end && token !== undefined) ask(this.#session, 'auth', { token });
        this.wake();
      },
      () => {
        this.#session.renewal.failed(now());
        this.wake();
      },
    );
  }

  /** Keeps the conversation from time to time; answers when the next time is. */
  #saving(): number {
    if (now() < this.#saved + SAVE_EVERY) return this.#saved + SAVE_EVERY;
    this.#session.save();
    this.#saved = now();
    return Infinity;
  }

  /** A peer that says nothing is not waited for. */
  #cut(): void {
    this.#end?.(CUT);
  }

  #leave(): void {
    this.#end = undefined;
    clearTimeout(this.#timer);
    const socket = this.#socket!;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
