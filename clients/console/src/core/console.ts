/**
 * What one agent's console holds, as plain state: no socket, no clock, no DOM.
 *
 *     receiving   received(console, frame, now): what each frame changes
 *     commands    what the agent does: send, note, assign, open, …
 *     sending     outgoing(console, now) ──▶ frames to write; deadline() ──▶ when to ask again
 *
 * Those are functions on a `Console`. A shell (shell/connection) feeds them frames and the time, writes what they
 * answer, and passes on what is `told`. Backoff, timeline, typing and the reconnect column are the SDK's.
 */

import { Backoff, type Random } from '../../../client/src/backoff.ts';
import { OwnTyping } from '../../../client/src/typists.ts';
import { Conversation } from './conversation.ts';
import type { AgentPresence, AgentState, Bye, Frame, Listed, Me, Refusal } from './frames.ts';
import { Inbox } from './inbox.ts';
import { Outbox, type Entry } from './outbox.ts';
import { Requests } from './requests.ts';

// Threads looked at lately are shown at once and resumed. More than this cost memory nobody misses.
const KEPT = 20;

/** `opening`: init was sent. `live`: `ready` came. `ending`: nothing more is sent. */
export type Phase = 'offline' | 'opening' | 'live' | 'ending';

/** The state of the present connection. */
export interface Link {
  phase: Phase;
  /** When to write init again. */
  repeatAt: number;
  readyAt?: number;
  heartbeat?: number;
  /** The last error that was about the connection itself. */
  error?: Refusal;
  bye?: Bye;
}

export const offline = (): Link => ({ phase: 'offline', repeatAt: Infinity });

/** What whoever watches is told; everything else is seen by looking. */
export type Told =
  | { readonly type: 'said'; readonly row: Listed }
  | { readonly type: 'failed'; readonly entry: Entry }
  | { readonly type: 'problem'; readonly error: Pick<Refusal, 'code' | 'reason' | 'message'> }
  /** Somebody else logged in than who did what is kept; it is gone. */
  | { readonly type: 'succeeded' };

/** Where the parts meet; each is described by its own module. */
export class Console {
  readonly org: string;
  readonly device: string;
  me: Me | undefined;
  /** The id of the agent who did what is in the outbox. */
  author: string | undefined;
  agents: readonly AgentPresence[] = [];
  /** The own state, as last chosen. */
  state: AgentState = 'online';
  link = offline();
  readonly inbox = new Inbox();
  /** The thread that is open. */
  current: Conversation | undefined;
  readonly outbox: Outbox;
  readonly requests: Requests;
  readonly typing = new OwnTyping();
  /** What is written is a note. */
  noting = false;
  /** Frames to write once or never. */
  loose: Frame[] = [];
  told: Told[] = [];
  /** The wait after a 503, whatever was refused: it is one store that is away. */
  readonly backoff: Backoff;
  readonly #kept = new Map<string, Conversation>();

  /** `kept`: what was in the outbox of `author` when the page ended. */
  constructor(org: string, device: string, kept: readonly Entry[], random: Random, author?: string) {
    this.org = org;
    this.device = device;
    this.author = author;
    this.backoff = new Backoff(random, 500, 15_000);
    this.outbox = new Outbox(this.backoff, kept);
    this.requests = new Requests(this.backoff);
  }

  /** Whether frames other than init may be sent. */
  get admitted(): boolean {
    return this.link.phase === 'live';
  }

  /** The first frame of a connection. */
  get init(): Frame {
    return { t: 'agent_init', org: this.org, device: { id: this.device, kind: 'web' } };
  }

  /** The conversation of a thread as it was last held, or an empty one; it is now the current one. */
  turnTo(thread: string): Conversation {
    const conversation = this.#kept.get(thread) ?? new Conversation(thread);
    this.#kept.delete(thread);
    if (conversation.gone === undefined) this.#kept.set(thread, conversation);
    for (const oldest of this.#kept.keys()) if (this.#kept.size > KEPT) this.#kept.delete(oldest);
    this.current = conversation;
    return conversation;
  }

  /** No thread is open any more. */
  close(): void {
    const { current } = this;
    if (!current) return;
    current.disconnected();
    this.outbox.passed(current.thread, Infinity);
    this.current = undefined;
  }

  /** A thread is no more: nothing is resumed from it. */
  forget(thread: string): void {
    this.#kept.delete(thread);
  }

  tell(told: Told): void {
    this.told.push(told);
  }
}
