/**
 * Keeps a console connected: connect, converse, and obey the reconnect column, whose decisions are the SDK's
 * (`reconnect`, `liveness`). Frames are JSON: browsers read it faster than anything written in JavaScript.
 */

import { pack, unpack } from '../../../client/src/codec.ts';
import { ClientError } from '../../../client/src/errors.ts';
import { Liveness } from '../../../client/src/liveness.ts';
import { Reconnect, why, type Ended, type Stay } from '../../../client/src/reconnect.ts';
import { now } from '../../../client/src/time.ts';
import { SUBPROTOCOLS, type Frame } from '../../../client/src/wire.ts';
import { offline, type Console } from '../core/console.ts';
import { parse } from '../core/frames.ts';
import { disconnected, received } from '../core/receiving.ts';
import { deadline, outgoing } from '../core/sending.ts';

const CUT = 1006;

/** `away`: it will connect again. `stopped`: it won't by itself; `code` is the close code. */
export type State =
  | { readonly is: 'connecting' | 'live' | 'away' }
  | { readonly is: 'stopped'; readonly code: number; readonly reason: string };

/** What a connection needs of whoever has it. */
export interface Around {
  readonly url: string;
  readonly random: () => number;
  /** Called after whatever may have changed what the console holds or is told. */
  readonly changed: () => void;
}

export class Connection {
  state: State = { is: 'connecting' };
  readonly #console: Console;
  readonly #around: Around;
  readonly #policy: Reconnect;
  #socket: WebSocket | undefined;
  #liveness = new Liveness(0);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #end: ((code: number) => void) | undefined;
  #rise: ((person: boolean) => void) | undefined;
  #closed = false;

  constructor(console: Console, around: Around) {
    this.#console = console;
    this.#around = around;
    this.#policy = new Reconnect(around.random);
  }

  /** Until closed. */
  async run(): Promise<void> {
    while (!this.#closed) {
      this.#enter({ is: 'connecting' });
      const ended = await this.#attempt();
      if (!this.#closed) await this.#rest(ended);
    }
  }

  /** Something may be there to send, or somebody to be missed. */
  wake(): void {
    if (!this.#end) return;
    clearTimeout(this.#timer);
    const due = this.#liveness.due(now());
    if (due === 'give_up') return this.#end(CUT);
    if (this.#socket!.readyState === WebSocket.OPEN) {
      for (const frame of outgoing(this.#console, now())) this.#write(frame);
      if (due === 'ping' && this.#console.admitted) this.#write({ t: 'ping' });
    }
    this.#around.changed();
    const next = Math.min(this.#liveness.deadline, deadline(this.#console));
    this.#timer = setTimeout(() => this.wake(), Math.max(0, next - now()));
  }

  /** A sign that a connection may work now, or that the present one no longer does: waking, going online, focus. */
  hint(): void {
    this.#policy.hopeful();
    this.#rise?.(false);
    this.#liveness.doubt(now());
    this.wake();
  }

  /** A person asks: connects now, also after a close that forbids it. */
  reconnect(): void {
    this.#policy.hopeful();
    this.#rise?.(true);
  }

  close(): void {
    this.#closed = true;
    this.#rise?.(true);
    this.#end?.(CUT);
  }

  /** One connection, from opening it to its end. */
  async #attempt(): Promise<Ended> {
    const console = this.#console;
    console.link = { ...offline(), phase: 'opening' };
    this.#liveness = new Liveness(now());
    const socket = (this.#socket = new WebSocket(this.#around.url, [SUBPROTOCOLS.json]));
    const code = await new Promise<number>((resolve) => {
      this.#end = resolve;
      socket.onopen = () => {
        this.#liveness.opened(now());
        this.#write(console.init);
        this.wake();
      };
      socket.onmessage = ({ data }) => this.#hear(data as string);
      socket.onclose = ({ code }) => resolve(code);
      this.wake();
    });
    this.#end = undefined;
    clearTimeout(this.#timer);
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    const { readyAt, error, bye } = console.link;
    disconnected(console);
    return { code, lasted: readyAt === undefined ? 0 : now() - readyAt, error, bye };
  }

  #hear(data: string): void {
    const time = now();
    this.#liveness.heard(time);
    try {
      const frame = parse(unpack(data));
      if (frame) received(this.#console, frame, time);
      if (frame?.t === 'ready') {
        this.#liveness.ready(frame.heartbeat_ms, time);
        this.#enter({ is: 'live' });
      }
    } catch (error) {
      // A server that breaks the wire's rules is left and tried again; a mistake of this console's must be seen, too.
      globalThis.console.warn('Onethread: connecting again,', error instanceof ClientError ? error.message : error);
      return this.#end?.(CUT);
    }
    this.wake();
  }

  /** Waits as long as the policy asks, or until somebody or something asks to connect. */
  async #rest(ended: Ended): Promise<void> {
    const decision = this.#policy.after(ended, true, false);
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      if ('delay' in decision) {
        this.#rise = (person) => void ((person || decision.eager) && resolve());
        timer = setTimeout(resolve, decision.delay);
        this.#enter({ is: 'away' });
      } else {
        this.#rise = (person) => void (person && resolve());
        this.#enter(stopped(decision, ended));
      }
    });
    clearTimeout(timer);
    this.#rise = undefined;
  }

  #enter(state: State): void {
    this.state = state;
    this.#around.changed();
  }

  #write(frame: Frame): void {
    this.#socket?.send(pack(frame, 'json'));
  }
}

function stopped({ code }: Stay, ended: Ended): State {
  return { is: 'stopped', code, reason: ended.error?.message ?? why(ended) };
}
