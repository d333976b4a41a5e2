/** The conversation as the views see it: one value that changes when the client tells of anything. */

import {
  ClientError,
  type Author,
  type Change,
  type Client,
  type Message,
  type Prechat,
  type State,
} from '@onethread/client';
import { signal } from '@preact/signals';

import type { Listeners } from './listeners.ts';

/** Everything the views show of the conversation. */
export interface View {
  readonly state: State;
  /** Whether a connection was live since the page was loaded: before, nothing is missed yet. */
  readonly met: boolean;
  readonly messages: readonly Message[];
  readonly more: boolean;
  readonly unread: number;
  /** The agents who type. */
  readonly typists: readonly Author[];
  readonly prechat: Prechat | null;
  readonly refused: boolean;
  readonly agentsOnline: number;
  readonly name: string;
  readonly notKept: boolean;
}

const NOTHING: View = {
  state: 'connecting',
  met: false,
  messages: [],
  more: false,
  unread: 0,
  typists: [],
  prechat: null,
  refused: false,
  agentsOnline: 0,
  name: '',
  notKept: false,
};

/** `heard` is called for each message of an agent that comes while the page is there. */
export class Chat {
  readonly view = signal(NOTHING);
  readonly loading = signal(false);
  readonly #listeners: Listeners;
  readonly #heard: () => void;
  #client: Client | undefined;
  #unwatch = () => {};
  #due = false;
  // Messages of this log up to here were there before the page was, or were told.
  #log = '';
  #seen = Infinity;

  constructor(listeners: Listeners, heard: () => void) {
    this.#listeners = listeners;
    this.#heard = heard;
  }

  get client(): Client | undefined {
    return this.#client;
  }

  /** Shows another client's conversation, or none. */
  follow(client: Client | undefined): void {
    this.#unwatch();
    this.#client = client;
    this.#log = '';
    this.#seen = Infinity;
    this.view.value = NOTHING;
    this.#unwatch = client?.watch((change) => this.#changed(change)) ?? (() => {});
    if (client) this.#look();
  }

  /** Fetches older messages, unless that is under way. */
  async older(): Promise<void> {
    if (this.loading.value || !this.view.value.more) return;
    this.loading.value = true;
    try {
      await this.#client?.history();
    } catch (error) {
      // The view says already why nothing comes; scrolling asks again.
      if (!(error instanceof ClientError)) throw error;
    } finally {
      this.loading.value = false;
      this.#look();
    }
  }

  #changed(change: Change): void {
    if (change.type === 'state' && change.detail.state === 'live') this.#caughtUp();
    if (change.type === 'event' && change.detail.kind === 'message') this.#tell(change.detail as Told);
    if (change.type === 'problem' && change.detail.reason === 'storage_failed') {
      this.view.value = { ...this.view.value, notKept: true };
    }
    if (this.#due) return;
    this.#due = true;
    // One look for all that a frame changed.
    queueMicrotask(() => {
      this.#due = false;
      this.#look();
    });
  }

  /** From now on what comes is new, also after an absence; a log that was replaced is not. */
  #caughtUp(): void {
    const last = this.#client?.events.at(-1)?.seq ?? 0;
    const log = this.#logNow();
    this.#seen = log === this.#log ? Math.min(this.#seen, last) : last;
    this.#log = log;
    this.view.value = { ...this.view.value, met: true };
  }

  #tell({ seq, id, text, at, from, deleted }: Told): void {
    if (seq <= this.#seen || this.#logNow() !== this.#log) return;
    this.#seen = seq;
    if (deleted || text === undefined) return;
    const mine = from.type === 'contact';
    this.#listeners.tell(mine ? 'onCustomerMessage' : 'onAgentMessage', { id, text, at, from: from.name });
    if (!mine) this.#heard();
  }

  #logNow(): string {
    return `${this.#client?.thread} ${this.#client?.epoch}`;
  }

  #look(): void {
    const client = this.#client;
    if (!client) return;
    const before = this.view.value.unread;
    this.view.value = {
      state: client.state,
      met: this.view.value.met,
      notKept: this.view.value.notKept,
      messages: client.messages,
      more: client.more,
      unread: client.unread,
      typists: client.typists.filter(({ type }) => type !== 'contact'),
      prechat: client.prechatForm,
      refused: client.refused,
      agentsOnline: client.agentsOnline,
      name: client.contact.name,
    };
    this.#count(before, client.unread);
  }

  #count(before: number, unreadMessages: number): void {
    if (before === unreadMessages) return;
    this.#listeners.tell('onNewUnreadMessages', { unreadMessages });
    if (!before) this.#listeners.tell('onNewUnreadChat', { unreadChats: 1, unreadMessages });
  }
}

type Told = { seq: number; id: string; text?: string; at: number; from: Author; deleted?: boolean };
