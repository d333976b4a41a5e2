/**
 * The client's core: everything it holds, as plain state. No socket, no clock, no waiting, no DOM.
 *
 *     admission   opening() ──▶ init frame; `ready` ──▶ which thread, which tokens; disconnected()
 *     receiving   received(session, frame, now): what each frame changes
 *     commands    what a person does: send, edit, read, …, logout
 *     sending     outgoing(session, now) ──▶ frames to write; deadline() ──▶ when to ask again
 *
 * Those four are functions on a `Session`. A shell (`runner`, `pump`) feeds them frames and the time, writes what they
 * answer, and passes on what is `told`. WIRE.md section 6 says what a client may rely on; each module here holds one
 * part of it.
 */

import { Backoff, type Random } from './backoff.ts';
import { change, REFRESHED, unsent, type Change, type Message } from './changes.ts';
import { Conversation } from './conversation.ts';
import type { Bye, Device, ServerError } from './frames.ts';
import { identityOf, Threads, VISITOR } from './identity.ts';
import type { Entry } from './entry.ts';
import { Outbox } from './outbox.ts';
import { Renewal } from './renewal.ts';
import { Requests, type End } from './requests.ts';
import { Shelf } from './shelf.ts';
import { Tokens } from './tokens.ts';
import { OwnTyping } from './typists.ts';
import { ClientError } from './errors.ts';
import type { Frame } from './wire.ts';

/** Who the customer says to be (WIRE.md section 2, `init`). */
export interface User {
  readonly user_id?: string;
  readonly email?: string;
  readonly name?: string;
  readonly phone?: string;
  readonly company?: string;
  readonly security_hash?: string;
  readonly user_hash?: string;
  readonly custom_data?: Readonly<Record<string, string | number | boolean | null>>;
}

/** What `profile` takes; custom_data merges by key, null clears a field or key. */
export type ProfileFields = {
  readonly [F in 'name' | 'email' | 'phone' | 'company']?: string | null;
} & { readonly custom_data?: User['custom_data'] };

/** The fields of init that stay the same from one connection to the next. */
export interface Account {
  readonly org: string;
  readonly app_id: number;
  readonly app_secret: string;
  readonly device: Pick<Device, 'id' | 'kind' | 'name'>;
  readonly user?: User | undefined;
  readonly page?: { readonly url: string; readonly title?: string } | undefined;
  readonly tail?: number | undefined;
}

/** `opening`: init was sent. `replaying`: `ready` came. `live`: the replay is done. `ending`: nothing more is sent. */
export type Phase = 'offline' | 'opening' | 'replaying' | 'live' | 'ending';

/** The state of the present connection. */
export interface Link {
  phase: Phase;
  /** The init frame, and when to write it again. */
  first?: Frame;
  repeatAt: number;
  readyAt?: number;
  /** The last error that was about the connection itself. */
  error?: ServerError;
  bye?: Bye;
  /** It is to be dropped for another one at once. */
  again?: boolean;
  /** Its init can't be accepted as it is. */
  rejected?: boolean;
}

export const offline = (): Link => ({ phase: 'offline', repeatAt: Infinity });

/** Where the parts meet; each is described by its own module. */
export class Session {
  account: Account;
  identity: string;
  conversation: Conversation;
  link = offline();
  /** Frames to write once or never. */
  loose: Frame[] = [];
  /** What the shell is to pass on: changes to whoever watches, ends of requests to whoever waits. */
  told: { changes: Change[]; ends: End[] } = { changes: [], ends: [] };
  readonly typing = new OwnTyping();
  readonly shelf: Shelf;
  readonly tokens: Tokens;
  readonly threads: Threads;
  readonly outbox: Outbox;
  readonly requests: Requests;
  readonly renewal: Renewal;
  /** The wait after a 503, whatever was refused: it is one store that is away. */
  readonly backoff: Backoff;
  #saved = '';
  readonly #pending = (id: string) => this.outbox.changing(id);

  /** A session of this account with what the shelf holds; `token` is a JWT. */
  constructor(account: Account, shelf: Shelf, token: string | undefined, random: Random) {
    this.account = account;
    this.shelf = shelf;
    this.backoff = new Backoff(random, 500, 15_000);
    this.tokens = new Tokens(shelf);
    this.threads = new Threads(shelf);
    this.outbox = new Outbox(shelf, this.backoff);
    this.requests = new Requests(this.backoff);
    this.renewal = new Renewal(new Backoff(random));
    this.identity = identityOf(account.user?.user_id, token);
    this.conversation = this.kept(this.threads.expected(this.identity));
  }

  /** Whether frames other than init may be sent: after `ready` and before `bye`. */
  get admitted(): boolean {
    return this.link.phase === 'replaying' || this.link.phase === 'live';
  }

  /** The messages held, in `seq` order, then those of the outbox, in the order typed. */
  get messages(): Message[] {
    const held = this.conversation.messages;
    const cids = new Set(held.map(({ cid }) => cid));
    const waiting = this.outbox.entries.filter((one) => one.kind === 'send' && this.isHere(one) && !cids.has(one.cid));
    return [...held, ...waiting.map(unsent)];
  }

  /** Whether an entry belongs to the conversation shown. */
  isHere({ thread, identity }: Entry): boolean {
    return thread === undefined ? identity === this.identity : thread === this.conversation.thread;
  }

  /** The conversation as it was last saved. */
  kept(thread: string | undefined): Conversation {
    return Conversation.of(thread, this.#pending, thread && this.shelf.get(`log.${thread}`));
  }

  /** An empty conversation. */
  empty(thread?: string): Conversation {
    return new Conversation(thread, this.#pending);
  }

  /** Keeps the conversation, if it is not what was saved last. */
  save(): void {
    const { version, thread } = this.conversation;
    const record = version === this.#saved ? undefined : this.conversation.record();
    if (!record) return;
    this.shelf.put(`log.${thread}`, record);
    this.#saved = version;
  }

  /**
   * Another identity from now on. What was typed before the first `ready` goes along from a visitor to the user it
   * becomes, but not from one user to another (WIRE.md section 8, Before the first ready).
   */
  become(identity: string): void {
    if (identity === this.identity) return;
    this.save();
    if (this.identity === VISITOR) this.outbox.takeAlong(VISITOR, identity);
    else this.told.ends.push(...this.requests.wipe(new ClientError('thread', 'it was for another thread')));
    this.identity = identity;
    this.conversation = this.kept(this.threads.expected(identity));
    this.tell(REFRESHED);
  }

  tell(...changes: readonly Change[]): void {
    this.told.changes.push(...changes);
  }

  /** Tells that a command was acked or has failed. */
  settled(entry: Entry): void {
    this.tell(change('settled', entry));
    this.shows(entry);
  }

  /** Tells of the message that an entry is or changes, if it is of the conversation shown. */
  shows(entry: Entry): void {
    if (!this.isHere(entry)) return;
    if (entry.kind === 'send') {
      this.tell(change('message', unsent(entry)));
    } else {
      const event = this.conversation.timeline.find(entry.target_id!);
      if (event) this.tell(change('message', this.conversation.message(event)));
    }
  }
}
