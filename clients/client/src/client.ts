/**
 * The client: a session, a runner that keeps it connected, a keeper that keeps what must last, and the promises of
 * whoever waits.
 *
 *     const chat = await Client.open({ url, org: 'demo', appId: 1, appSecret: '…', user: { user_id: '12345' } });
 *     chat.on('message', (message) => …);
 *     chat.start();
 *     chat.send('hi');
 */

import { change, REFRESHED, type Change, type ChangeMap, type State } from './changes.ts';
import * as commands from './commands.ts';
import type { Drawer } from './drawer.ts';
import { Emitter } from './emitter.ts';
import type { Entry } from './entry.ts';
import { ClientError } from './errors.ts';
import type { Contact, Profile } from './frames.ts';
import { identityOf } from './identity.ts';
import { Keeper, STORAGE_FAILED } from './keeper.ts';
import { Look } from './look.ts';
import { account, openDrawer, socketClass, socketUrl, type Options } from './options.ts';
import { watchPage } from './page.ts';
import type { Answer, Request } from './requests.ts';
import { Runner } from './runner.ts';
import { Session, type ProfileFields, type User } from './session.ts';
import { Shelf } from './shelf.ts';
import { within } from './time.ts';
import { TokenSource, type Provider } from './tokensource.ts';
import { reached, Waiting, type Sending } from './waiting.ts';
import { checkFrame } from './wire.ts';

// After `logout` the server says `bye` and closes; everything here is deleted already, so this is only politeness.
const LOGOUT_WITHIN = 5_000;
// A log is replaced when a store was lost. That it happens again while a page is fetched anew is not to be expected.
const PAGE_TRIES = 3;

/**
 * A customer's connection to their one conversation, kept up until closed. Everything can be used while there is no
 * connection. Arguments that no server would take throw `invalid`; after a logout everything throws `closed`.
 */
export class Client extends Look {
  readonly #emitter = new Emitter();
  readonly #waiting = new Waiting();
  readonly #keeper: Keeper;
  readonly #runner: Runner;
  #state: State = 'connecting';
  #running: Promise<void> | undefined;
  #unwatch = () => {};
  #leaving = false;

  private constructor(options: Options, session: Session, drawer: Drawer, tokens: TokenSource) {
    super(session);
    this.#keeper = new Keeper(session, drawer, () => {
      this.#passOn();
      this.#runner.wake();
    });
    const around = {
      url: socketUrl(options.url),
      codec: options.codec ?? 'msgpack',
      socketClass: socketClass(options),
      keeper: this.#keeper,
      told: () => this.#passOn(),
    };
    this.#runner = new Runner(session, tokens, around, options.random ?? Math.random);
  }

  /** A client with what its storage holds, not yet connecting. Throws `invalid` for options that can't be right. */
  static async open(options: Options): Promise<Client> {
    socketUrl(options.url);
    socketClass(options);
    account(options, '-');
    const { drawer, failed } = await openDrawer(options);
    const tokens = new TokenSource(options.token);
    const shelf = new Shelf(await drawer.load(''));
    const session = new Session(account(options, drawer.id), shelf, tokens.given, options.random ?? Math.random);
    if (failed) {
      session.tell(STORAGE_FAILED);
    }
    return new Client(options, session, drawer, tokens);
  }

  // The connection

  /** Begins to connect, and stays connected; calling it again changes nothing. */
  start(): void {
    if (this.#running || this.#state === 'closed') return;
    this.#unwatch = watchPage(
      () => this.hint(),
      () => this.save(),
    );
    void this.#keeper.begin();
    this.#running = this.#runner.run();
  }

  get state(): State {
    return this.#state;
  }

  /** Resolves when everything up to now is here. Rejects with `stopped` or `closed` if it won't be. */
  ready(): Promise<void> {
    return reached(this, () => (this.#state === 'stopped' ? this.#stopped() : this.#closed()));
  }

  /** Calls `listener` at each change of this type, until the answer is called. */
  on<T extends keyof ChangeMap>(type: T, listener: (detail: ChangeMap[T]) => void): () => void {
    return this.#emitter.on(type, listener);
  }

  /** Calls `listener` at every change, until the answer is called. */
  watch(listener: (change: Change) => void): () => void {
    return this.#emitter.watch(listener);
  }

  /** A person asks: connects now, also after a close that forbids it without being asked. */
  reconnect(): void {
    this.#runner.connectNow();
  }

  /**
   * A sign that a connection may work now, or that the present one may have died unseen. Pages give it by themselves;
   * React Native gives it when the app comes to the front.
   */
  hint(): void {
    this.#runner.hint();
  }

  /** Writes what is held to the storage now, as a page does when it is hidden. Resolves when it is kept. */
  save(): Promise<void> {
    this.session.save();
    return this.#keeper.flush();
  }

  /** Closes the connection and ends all waits. What is in a lasting storage goes when a client is next opened. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.session.save();
    this.#over();
    await this.#keeper.close();
  }

  /** Connects anew as this user. What a visitor wrote goes along, if the server carries it (WIRE.md section 8). */
  login(user: User | undefined, token?: string | Provider): void {
    commands.checkOpen(this.session);
    const account = { ...this.session.account, user };
    checkFrame({ t: 'init', ...account });
    this.session.account = account;
    this.#runner.tokens = new TokenSource(token);
    this.session.become(identityOf(user?.user_id, this.#runner.tokens.given));
    this.#passOn();
    this.#runner.startOver();
  }

  /**
   * Deletes tokens, events and outbox of this device at once, connected or not, tells the server, and closes. A client
   * opened after this has resolved is another device.
   */
  async logout(): Promise<void> {
    this.#leaving = true;
    if (commands.logout(this.session)) {
      this.#runner.sayLogout();
      this.#passOn();
      await within(LOGOUT_WITHIN, this.#running!).catch(() => {});
    }
    this.#passOn();
    this.#over();
    await this.#keeper.close();
  }

  // Messages

  /**
   * Queues a message at once. `acked` waits as long as it takes to connect; it rejects with `refused` when the server
   * will not have it, `stopped` when the client stopped trying (the message stays queued), `closed`. Throws `invalid`
   * for a text that is empty, over 10,000 characters or no valid Unicode.
   */
  send(text: string): Sending {
    return this.#queued(commands.send(this.session, text));
  }

  /** Queues a new text for the own message at `seq`, and shows it at once. As `send`. */
  edit(seq: number, text: string): Sending {
    return this.#queued(commands.edit(this.session, seq, text));
  }

  /** Queues the deletion of the own message at `seq`, and shows it at once. As `send`. */
  delete(seq: number): Sending {
    return this.#queued(commands.remove(this.session, seq));
  }

  /** Forgets an entry of the outbox, such as one that failed. */
  discard(cid: string): void {
    this.session.outbox.discard(cid);
    this.session.tell(REFRESHED);
    this.#passOn();
  }

  /** Fetches the page just older than what is held into `messages`; `more` tells whether to go on. */
  async history(limit = 50): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await this.#answer(commands.history(this.session, limit));
        return;
      } catch (error) {
        if (tries === PAGE_TRIES || (error as ClientError).kind !== 'stale') throw error;
      }
    }
  }

  /** Tells the others that the customer types, again every 3 s until `typing(false)` or `send`. */
  typing(on = true): void {
    commands.typing(this.session, on);
    this.#runner.wake();
  }

  /** The customer has seen everything up to `seq`, or all that is held. */
  read(seq?: number): void {
    commands.read(this.session, seq);
    this.#passOn();
    this.#runner.wake();
  }

  // The person

  /** Changes profile fields; answers the contact. */
  async profile(user: ProfileFields): Promise<Contact> {
    return (await this.#answer<Profile>(commands.ask(this.session, 'profile', { user }))).contact;
  }

  /** Gives the pre-chat form; answers the contact. */
  async prechat(values: Readonly<Record<string, string>>): Promise<Contact> {
    return (await this.#answer<Profile>(commands.ask(this.session, 'prechat', values))).contact;
  }

  /** Where the customer is now; agents see it. */
  page(url: string, title?: string): void {
    commands.page(this.session, title === undefined ? { url } : { url, title });
    this.#runner.wake();
  }

  /** Shows agents that something happened, if connected now; whether it will be told. */
  track(name: string, data?: Readonly<Record<string, string | number | boolean | null>>): boolean {
    const told = commands.track(this.session, name, data);
    this.#runner.wake();
    return told;
  }

  // What the session tells

  #queued({ cid }: Entry): Sending {
    const acked = this.#waiting.acks.wait(cid);
    this.#passOn();
    this.#runner.wake(true);
    return { cid, acked };
  }

  async #answer<T extends Answer>(request: Request): Promise<T> {
    const answer = this.#waiting.answers.wait(request.ref);
    this.#runner.wake();
    return (await answer) as T;
  }

  #passOn(): void {
    void this.#keeper.flush();
    const { changes, ends } = this.session.told;
    this.session.told = { changes: [], ends: [] };
    for (const end of ends) this.#waiting.end(end);
    for (const one of changes) {
      if (one.type === 'state') this.#enter(one.detail.state);
      if (one.type === 'settled') this.#waiting.settle(one.detail);
      this.#emitter.tell(one);
      if (one.type === 'loggedOut' && !this.#leaving) void this.close();
    }
  }

  #enter(state: State): void {
    this.#state = state;
    this.#waiting.turn(state === 'stopped' ? this.#stopped() : state === 'closed' ? this.#closed() : undefined);
  }

  #stopped(): ClientError {
    const { code = 1000, reason = 'closed' } = this.#runner.stay ?? {};
    return new ClientError('stopped', `stopped after close ${code}: ${reason}`, code, reason);
  }

  #closed(): ClientError {
    return new ClientError('closed', this.session.shelf.wiped ? 'logged out' : 'the client is closed');
  }

  #over(): void {
    this.#unwatch();
    this.#runner.close();
    this.session.tell(change('state', { state: 'closed' }));
    this.#passOn();
  }
}
