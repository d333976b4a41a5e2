/** The widget: who is connected, what is open, and what a page may ask of it. */

import { Client, IndexedDBStorage, type Device, type Provider, type User } from '@onethread/client';
import { batch, effect, signal } from '@preact/signals';

import { Chat } from './chat.ts';
import { complain } from './complaints.ts';
import { Listeners } from './listeners.ts';
import { chime } from './sound.ts';
import { wordsOf, type Strings, type Words } from './strings/index.ts';
import { titleBadge } from './title.ts';
import { customOf, profileOf, userOf, type GivenUser } from './user.ts';

/** What `init` takes beside the organization. */
export interface Settings {
  readonly applicationId: number | string;
  readonly applicationSecret: string;
  readonly user?: GivenUser;
  /** A JWT, or a function that answers a fresh one. */
  readonly token?: string | Provider;
  readonly locale?: string;
  /** Of buttons and own messages: any CSS colour. */
  readonly color?: string;
  readonly position?: 'left' | 'right';
  readonly title?: string;
  readonly device?: Partial<Pick<Device, 'id' | 'name'>>;
  /** Keeps what is stored apart from other widgets on the same origin: two people on one page, as in the demo. */
  readonly profile?: string;
}

/** The own message that is being changed. */
export interface Editing {
  readonly seq: number;
  readonly text: string;
}

const MUTED = 'onethread.muted';

export class Widget {
  readonly listeners = new Listeners();
  readonly chat: Chat;
  readonly shown = signal(false);
  readonly open = signal(false);
  readonly muted = signal(remembered());
  readonly words = signal<Words>(wordsOf(document.documentElement.lang || navigator.language));
  readonly draft = signal('');
  readonly editing = signal<Editing | undefined>(undefined);
  readonly settings = signal<Settings | undefined>(undefined);
  readonly #server: string;
  #org = '';
  // What was being written waits until the change is done.
  #kept = '';
  // Whether the page has said who this is.
  #known = false;

  /** `server` is the origin that this script came from. */
  constructor(server: string) {
    this.#server = server;
    this.chat = new Chat(this.listeners, () => this.#heard());
    effect(() => titleBadge(this.chat.view.value.unread));
    effect(() => this.#stopEditing());
    for (const type of ['popstate', 'hashchange']) addEventListener(type, () => this.#page());
  }

  /** Begins to connect as the user given, or as a visitor. */
  async init(org: string, settings: Settings): Promise<void> {
    this.#org = org;
    batch(() => {
      this.settings.value = settings;
      if (settings.locale) this.words.value = wordsOf(settings.locale);
    });
    await this.#connect(userOf(settings.user), settings.token);
  }

  /** Resolves when the chat is there; rejects if it won't be, or is not the one of who was named. */
  async arrived(): Promise<void> {
    await this.#client.ready();
    this.listeners.tell('onReady', undefined);
    this.#checkAccepted();
  }

  setOpen(open: boolean): void {
    if (open === this.open.value) return;
    this.open.value = open;
    this.listeners.tell(open ? 'onChatOpen' : 'onChatClose', undefined);
  }

  /** Takes an own message into the field, to give it another text; undefined: that is over. */
  edit(editing: Editing | undefined): void {
    batch(() => {
      if (!this.editing.value) this.#kept = this.draft.value;
      this.editing.value = editing;
      this.draft.value = editing?.text ?? this.#kept;
    });
  }

  /** A message that was deleted meanwhile, on another device perhaps, gets no other text. */
  #stopEditing(): void {
    const seq = this.editing.value?.seq;
    const { messages } = this.chat.view.value;
    if (seq !== undefined && messages.find((message) => message.seq === seq)?.deleted) this.edit(undefined);
  }

  setShown(shown: boolean): void {
    this.shown.value = shown;
  }

  setMuted(muted: boolean): void {
    this.muted.value = muted;
    try {
      localStorage.setItem(MUTED, String(muted));
    } catch {
      // Then it is asked again on the next page.
    }
  }

  setLocalization(locale: string, strings?: Partial<Strings>): void {
    this.words.value = wordsOf(locale, strings);
  }

  /** Another user from now on; what a visitor wrote goes along. Resolves when that user's chat is there. */
  async login(given: GivenUser): Promise<void> {
    const user = userOf(given);
    const token = given.token as Settings['token'];
    // What one person wrote and did not send is not the next one's; a visitor's goes along.
    if (this.#known && user?.user_id !== this.#client.contact.user_id) this.#clear();
    this.#known = isKnown(user, token);
    this.#client.login(user, token);
    await this.#client.ready();
    this.#checkAccepted();
  }

  /** A user that is another one logs in; one's own fields are changed. */
  async update(given: GivenUser): Promise<void> {
    const user = userOf(given);
    if (user?.user_id !== undefined && user.user_id !== this.#client.contact.user_id) await this.login(given);
    else await this.#client.profile(profileOf(given));
  }

  async updateData(data: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#client.profile({ custom_data: customOf(data) });
  }

  /** Sends a message that the page wrote for the customer. */
  say(text: string): void {
    this.#client.send(text);
  }

  /** Tells the agents what the customer did, if there is a connection. */
  track(name: string, data?: Readonly<Record<string, string | number | boolean | null>>): void {
    this.#client.track(name, data);
  }

  /**
   * Whoever comes next on this browser is a stranger. Of a visitor there is nothing to log out: pages call this whenever
   * they know nobody, and a visitor's chat should not end with each.
   */
  async logOut(): Promise<void> {
    if (!this.#known) return;
    const { client } = this.chat;
    this.#forget();
    await client?.logout();
    await this.#connect(undefined, undefined);
  }

  /** Whether it was taken: not in the moment between a logout and the next connection. */
  send(text: string): boolean {
    return Boolean(this.chat.client?.send(text));
  }

  prechat(values: Readonly<Record<string, string>>): Promise<unknown> {
    this.listeners.tell('onPreChatFormSubmit', values);
    return this.chat.client?.prechat(values) ?? Promise.resolve();
  }

  #checkAccepted(): void {
    if (this.#client.refused) throw new Error('identity_refused: the user was not accepted, and has a clean chat');
  }

  get #client(): Client {
    const { client } = this.chat;
    if (!client) throw new Error('there is no chat');
    return client;
  }

  async #connect(user: User | undefined, token: string | Provider | undefined): Promise<void> {
    this.#known = isKnown(user, token);
    const { applicationId, applicationSecret, device, profile } = this.settings.value!;
    const name = `onethread ${new URL(this.#server).host} ${this.#org}${profile ? ` ${profile}` : ''}`;
    const client = await Client.open({
      url: this.#server,
      org: this.#org,
      appId: Number(applicationId),
      appSecret: applicationSecret,
      user,
      token,
      device,
      page: here(),
      storage: new IndexedDBStorage(name),
    });
    client.on('loggedOut', () => this.#loggedOut(client));
    client.on('problem', ({ code, reason, message }) => {
      // Whoever makes the page can mend it; a browser that keeps nothing and a store that is away they can't.
      if (code >= 400 && code < 500) complain(reason, message);
    });
    this.chat.follow(client);
    client.start();
  }

  /** Another tab has logged out. */
  #loggedOut(client: Client): void {
    if (this.chat.client !== client) return;
    this.#forget();
    void client.close().then(() => this.#connect(undefined, undefined));
  }

  #forget(): void {
    this.#clear();
    this.chat.follow(undefined);
  }

  #clear(): void {
    this.#kept = '';
    this.edit(undefined);
    this.draft.value = '';
  }

  #heard(): void {
    const watched = this.open.value && document.hasFocus();
    if (!watched && !this.muted.value) chime();
  }

  #page(): void {
    const { url, title } = here();
    this.chat.client?.page(url, title);
  }
}

function isKnown(user: User | undefined, token: Settings['token']): boolean {
  return user?.user_id !== undefined || token !== undefined;
}

/** Where the customer is, within what the wire takes. */
function here(): { url: string; title: string } {
  return { url: location.href.slice(0, 2_048), title: (document.title || location.hostname || '-').slice(0, 255) };
}

function remembered(): boolean {
  try {
    return localStorage.getItem(MUTED) === 'true';
  } catch {
    return false;
  }
}
