/**
 * What the views look at and call: who is logged in, where one is, and what the console holds, as signals. The console
 * itself (core/) knows nothing of this; after each frame one look is taken for all that it changed.
 */

import { batch, signal } from '@preact/signals';

import { titleBadge } from '../../widget/src/title.ts';
import { newId } from '../../client/src/wire.ts';
import { appear } from './appearance.ts';
import { Contacts } from './contacts.ts';
import * as commands from './core/commands.ts';
import { Console } from './core/console.ts';
import type { Filter } from './core/directory.ts';
import type { AgentPresence, AgentState, Listed, Me, View } from './core/frames.ts';
import { Hearing } from './hearing.ts';
import { ask, type Problem } from './http.ts';
import { hasUnsent, keptOf } from './keeping.ts';
import { Imports } from './imports.ts';
import { choices, tab, type Choices } from './memory.ts';
import { Notifier } from './notifier.ts';
import { hashOf, HOME, isListing, placeOf, sameList, threadOf, type Place } from './place.ts';
import { Connection, type State } from './shell/connection.ts';
import { wordsOf } from './strings/index.ts';
import { Pane } from './pane.ts';

/** The watched view, as it is shown. */
export interface Shown {
  readonly view: View;
  readonly rows: readonly Listed[];
  readonly loaded: boolean;
  readonly more: boolean;
}

const EMPTY: Shown = { view: 'open', rows: [], loaded: false, more: false };

// Where the profile has a place of its own (styles/small.css).
const WIDE = matchMedia('(min-width: 1241px)');

// Closes after which only a login helps (WIRE.md section 7).
const UNAUTHORIZED = 4401;
const REMOVED = 4403;

export class Screen {
  readonly choices = signal<Choices>(choices.read());
  readonly words = signal(wordsOf([]));
  /** Why the login is shown; undefined: it is not. */
  readonly loggedOut = signal<'fresh' | 'ended' | 'removed' | undefined>('fresh');
  readonly place = signal<Place>(HOME);
  readonly connection = signal<State>({ is: 'connecting' });
  readonly me = signal<Me | undefined>(undefined);
  readonly agents = signal<readonly AgentPresence[]>([]);
  readonly state = signal<AgentState>('online');
  readonly inbox = signal(EMPTY);
  readonly contacts = new Contacts((filter) => this.find(filter));
  readonly imports = new Imports((id) => this.go({ room: 'imports', id }));
  /** The thread that j and k stand at. */
  readonly cursor = signal<string | undefined>(undefined);
  readonly help = signal(false);
  /** Whether the profile is shown beside the thread. */
  readonly beside = signal(false);
  /** A plain word about something that went wrong. */
  readonly notice = signal<string | undefined>(undefined);
  readonly pane = new Pane(this);
  readonly notifier = new Notifier(this);
  console: Console | undefined;
  /** How far down the list is scrolled, in pixels. */
  scrolled = 0;
  #connection: Connection | undefined;
  #due = false;
  readonly #hearing = new Hearing(this);

  /** Shows the page as it was left, or the login. */
  start(): void {
    this.words.value = appear(this.choices.value);
    this.place.value = placeOf(location.hash);
    this.beside.value = WIDE.matches && this.choices.value.profile !== false;
    addEventListener('hashchange', () => this.#arrive(placeOf(location.hash)));
    for (const type of ['online', 'focus', 'pageshow']) addEventListener(type, () => this.#connection?.hint());
    document.addEventListener('visibilitychange', () => document.hidden || this.#connection?.hint());
    addEventListener('pagehide', () => this.keep());
    // A file that misses its place is not opened instead of the console.
    for (const type of ['dragover', 'drop']) addEventListener(type, (event) => event.preventDefault());
    addEventListener('beforeunload', (event) => {
      if (hasUnsent(this) || this.imports.sending.value) event.preventDefault();
    });
    const { org } = this.choices.value;
    if (org) this.#connect(org);
  }

  // Who is there

  /** Logs in. Throws `Problem`. */
  async logIn(org: string, email: string, password: string): Promise<void> {
    await ask('POST', '/v1/sessions', { org, email, password, cookie: true });
    this.choose({ org });
    this.#connect(org);
  }

  /** Ends the session; everything of this tab's goes. */
  async logOut(): Promise<void> {
    const { strings } = this.words.value;
    if (this.console?.outbox.entries.length && !confirm(strings.logOutUnsent)) return;
    try {
      await ask('DELETE', '/v1/sessions');
    } catch (error) {
      if ((error as Problem).status !== 401) {
        this.notice.value = strings.logOutFailed;
        return;
      }
    }
    this.#end('fresh');
    tab.write({});
    this.go(HOME);
  }

  setState(state: AgentState): void {
    this.act((console) => commands.setState(console, state));
  }

  /** Keeps what was chosen in the menu. */
  choose(chosen: Choices): void {
    this.choices.value = { ...this.choices.value, ...chosen };
    choices.write(this.choices.value);
    this.words.value = appear(this.choices.value);
  }

  /** Shows or hides the profile. Where it lies over the thread, it is hidden again after a reload. */
  showProfile(on: boolean): void {
    this.beside.value = on;
    if (WIDE.matches) this.choose({ profile: on });
  }

  /** Keeps the choice of colours; '' is the device's. */
  dress(theme: '' | 'light' | 'dark'): void {
    const { theme: _, ...others } = this.choices.value;
    this.choices.value = others;
    this.choose(theme ? { theme } : {});
  }

  // Where one is

  /** Goes somewhere; the browser's back button leads back, or `instead` of here where here came from. */
  go(place: Place, instead = false): void {
    const hash = hashOf(place);
    if (hash !== location.hash) history[instead ? 'replaceState' : 'pushState'](null, '', hash);
    this.#arrive(place);
  }

  #arrive(place: Place): void {
    const { value: before } = this.place;
    this.place.value = place;
    const { console } = this;
    if (!console) return;
    if (place.room === 'inbox' && place.view !== console.inbox.view) {
      this.scrolled = 0;
      commands.watch(console, place.view);
    }
    if (place.room !== 'contacts') this.contacts.leave();
    else if (!sameList(before, place)) this.contacts.list(place.filter);
    if (place.room === 'imports') this.imports.watch(place.id);
    else this.imports.leave();
    const thread = threadOf(place);
    if (thread === undefined) commands.leave(console);
    else commands.open(console, thread);
    if (thread !== undefined) this.cursor.value = thread;
    this.#woke();
  }

  /** The threads of the list that is shown, in its order. */
  get threads(): readonly string[] {
    if (this.place.value.room !== 'contacts') return this.inbox.value.rows.map(({ thread }) => thread);
    const { contacts = [] } = this.contacts.directory.value ?? {};
    return contacts.flatMap(({ thread }) => thread ?? []);
  }

  /** Opens a thread beside the list that is shown, or the inbox. */
  open(thread: string | undefined): void {
    const { value: place } = this.place;
    this.go({ ...(isListing(place) ? place : HOME), thread });
  }

  watch(view: View): void {
    const { value: place } = this.place;
    this.cursor.value = undefined;
    this.go({ room: 'inbox', view, thread: place.room === 'inbox' ? place.thread : undefined });
  }

  /** Shows the contacts that a filter finds, beside the thread that is open. */
  find(filter: Filter): void {
    const { value: place } = this.place;
    this.go({ room: 'contacts', filter, thread: place.room === 'contacts' ? place.thread : undefined }, true);
  }

  /** Opens the first thread of the list that is shown. */
  openFirst(): void {
    const [first] = this.threads;
    if (first) this.open(first);
  }

  more(): void {
    this.act(commands.more);
  }

  // What the pane does

  /** Does something to the console, and shows and sends what came of it. */
  act(act: (console: Console) => void): void {
    if (!this.console) return;
    act(this.console);
    this.#woke();
  }

  reconnect(): void {
    this.#connection?.reconnect();
  }

  /** Keeps what a reload is to find again. */
  keep(): void {
    if (this.console) tab.write(keptOf(this, this.console));
  }

  #woke(): void {
    this.#connection?.wake();
    this.#lookSoon();
  }

  #connect(org: string): void {
    this.#connection?.close();
    const kept = tab.read();
    const device = this.choices.value.device ?? newId();
    if (!this.choices.value.device) this.choose({ device });
    const console = (this.console = new Console(org, device, kept.outbox ?? [], Math.random, kept.agent));
    this.pane.drafts = { ...kept.drafts };
    this.scrolled = kept.scrolled ?? 0;
    this.contacts.scrolled = kept.contacts?.scrolled ?? 0;
    this.loggedOut.value = this.notice.value = undefined;
    const { value: place } = this.place;
    if (place.room === 'inbox') console.inbox.turnTo(place.view, kept.rows);
    if (place.room === 'contacts') this.contacts.list(place.filter, kept.contacts?.rows);
    if (place.room === 'imports') this.imports.watch(place.id);
    const thread = threadOf(place);
    if (thread) commands.open(console, thread);
    this.cursor.value = thread;
    const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`;
    const connection = new Connection(console, { url, random: Math.random, changed: () => this.#lookSoon() });
    this.#connection = connection;
    void connection.run();
  }

  /** Back to the login. */
  #end(why: 'fresh' | 'ended' | 'removed'): void {
    this.#connection?.close();
    this.#connection = this.console = undefined;
    batch(() => {
      this.loggedOut.value = why;
      this.me.value = undefined;
      this.inbox.value = EMPTY;
      this.contacts.clear();
      this.imports.leave();
      this.pane.look(undefined);
    });
    titleBadge(0);
  }

  /** One look for all that a frame changed. */
  #lookSoon(): void {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      if (this.console) batch(() => this.#look(this.console!));
    });
  }

  #look(console: Console): void {
    const { state } = this.#connection!;
    this.connection.value = state;
    if (state.is === 'stopped' && (state.code === UNAUTHORIZED || state.code === REMOVED)) {
      const met = this.me.value !== undefined;
      this.keep();
      return this.#end(state.code === REMOVED ? 'removed' : met ? 'ended' : 'fresh');
    }
    this.me.value = console.me;
    if (this.place.value.room === 'settings' && console.me?.role === 'agent') this.go(HOME, true);
    this.agents.value = console.agents;
    this.state.value = console.state;
    const { view, rows, loaded, more } = console.inbox;
    const before = this.inbox.value;
    if (rows !== before.rows || view !== before.view || loaded !== before.loaded || more !== before.more) {
      this.inbox.value = { view, rows, loaded, more };
      titleBadge(rows.filter(({ unread }) => unread > 0).length);
    }
    this.pane.look(console);
    const { thread, known, gone } = console.current ?? {};
    if (thread && gone) this.contacts.forget(thread);
    else if (known) this.contacts.learn(known.contact);
    for (const told of console.told.splice(0)) this.#hearing.hear(told);
  }
}
