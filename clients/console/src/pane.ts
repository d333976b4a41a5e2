/** The open thread as the views see it, and what is done in it. */

import { signal } from '@preact/signals';

import type { Author } from '../../client/src/event.ts';
import * as commands from './core/commands.ts';
import type { Console } from './core/console.ts';
import type { Conversation, Known, Phase } from './core/conversation.ts';
import type { Gone, Named, Reads, Track } from './core/frames.ts';
import { wished } from './core/outbox.ts';
import { itemsOf, type Item, type Said } from './core/items.ts';
import type { Draft } from './memory.ts';
import type { Screen } from './screen.ts';

export interface Thread {
  readonly thread: string;
  readonly phase: Phase;
  /** Undefined before it was opened for the first time. */
  readonly known: Known | undefined;
  readonly items: readonly Item[];
  readonly more: boolean;
  readonly read: Reads;
  /** The seq of the newest event held. */
  readonly head: number;
  /** Who types; `note`: for agents only. */
  readonly typists: readonly (Author & { readonly note: boolean })[];
  /** The other agents who have it open. */
  readonly viewers: readonly Named[];
  readonly tracks: readonly Track[];
  readonly gone: Gone | undefined;
}

const NOTHING: Draft = { text: '', note: false };

export class Pane {
  readonly thread = signal<Thread | undefined>(undefined);
  /** What is written, and whether it is a note. */
  readonly draft = signal(NOTHING);
  /** The message that is being edited. */
  readonly editing = signal<Said | undefined>(undefined);
  /** Counts wishes to write: the field takes the focus at each. */
  readonly focus = signal(0);
  drafts: Readonly<Record<string, Draft>> = {};
  readonly #screen: Screen;
  // What the items were last made of.
  #made = '';

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Takes a look at what the console holds. */
  look(console: Console | undefined): void {
    const current = console?.current;
    if (current?.thread !== this.thread.value?.thread) this.#turn(current?.thread);
    this.thread.value = console && current ? this.#view(console, current) : undefined;
    this.#stopEditing();
  }

  /** Forgets what is written in every thread. */
  forget(): void {
    this.drafts = {};
    this.editing.value = undefined;
    this.draft.value = NOTHING;
  }

  /** What is written now. */
  write(draft: Draft): void {
    this.draft.value = draft;
    const { thread } = this.thread.value ?? {};
    if (!thread || this.editing.value) return;
    const { [thread]: _, ...others } = this.drafts;
    this.drafts = draft.text ? { ...others, [thread]: draft } : others;
  }

  /** Sends what is written, as a message, a note, or the new text of an old one. False if it can't be sent. */
  submit(): boolean {
    const { thread } = this.thread.value ?? {};
    const { text, note } = this.draft.value;
    const words = text.trim();
    if (!thread || !words) return false;
    const { value: edited } = this.editing;
    try {
      this.#screen.act((console) => {
        if (!edited) commands.write(console, note ? 'note' : 'send', thread, words);
        else if (words !== edited.text) commands.edit(console, thread, edited.event!, words);
      });
    } catch (error) {
      this.#screen.notice.value = (error as Error).message;
      return false;
    }
    if (edited) this.edit(undefined);
    else this.write({ ...NOTHING, note });
    this.#screen.keep();
    return true;
  }

  /** Begins to edit an own message, or with undefined ends it; what was being written comes back then. */
  edit(item: Said | undefined): void {
    this.editing.value = item;
    const { thread = '' } = this.thread.value ?? {};
    this.draft.value = item ? { text: item.text ?? '', note: item.is === 'note' } : (this.drafts[thread] ?? NOTHING);
    this.focus.value++;
  }

  /** The field for a message or a note takes the focus. */
  compose(note: boolean): void {
    if (this.editing.value) this.edit(undefined);
    this.write({ ...this.draft.value, note });
    this.focus.value++;
  }

  remove(item: Said): void {
    const { thread } = this.thread.value ?? {};
    if (thread && item.event) this.#screen.act((console) => commands.remove(console, thread, item.event!));
  }

  again(cid: string): void {
    this.#screen.act(({ outbox }) => outbox.again(cid));
  }

  discard(cid: string): void {
    this.#screen.act(({ outbox }) => outbox.discard(cid));
  }

  typing(on: boolean): void {
    this.#screen.act((console) => commands.typing(console, on, this.draft.value.note));
  }

  read(): void {
    this.#screen.act(commands.read);
  }

  older(): void {
    this.#screen.act(commands.history);
  }

  /** What was deleted meanwhile, in another tab perhaps, gets no other text. */
  #stopEditing(): void {
    const seq = this.editing.value?.event?.seq;
    const deleted = (item: Item) => item.is !== 'event' && item.event?.seq === seq && item.text === undefined;
    if (seq !== undefined && this.thread.value?.items.some(deleted)) this.edit(undefined);
  }

  #turn(thread: string | undefined): void {
    this.editing.value = undefined;
    this.draft.value = (thread && this.drafts[thread]) || NOTHING;
  }

  #view(console: Console, current: Conversation): Thread {
    const { me, outbox } = console;
    const { thread, phase, known, timeline, read, tracks, gone, noting, typists } = current;
    const before = this.thread.value;
    const made = `${thread} ${timeline.version} ${outbox.version} ${read.contact} ${me?.id}`;
    const same = before && made === this.#made;
    this.#made = made;
    return {
      thread,
      phase,
      known: known && wished(known, outbox.of(thread)),
      items: same ? before.items : itemsOf(timeline.events, outbox.of(thread), me, read),
      more: timeline.more,
      read,
      head: timeline.position.seq,
      typists: typists.now.filter(({ id }) => id !== me?.id).map((one) => ({ ...one, note: noting.has(one.id) })),
      viewers: known?.viewers.filter(({ id }) => id !== me?.id) ?? [],
      tracks,
      gone,
    };
  }
}
