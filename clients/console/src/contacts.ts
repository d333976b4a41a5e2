/** The contacts that are listed and looked for, as the views see them: pages are fetched as one scrolls. */

import { signal } from '@preact/signals';

import {
  asking,
  begun,
  filled,
  learnt,
  pathOf,
  refused,
  waits,
  without,
  type ContactPage,
  type Directory,
  type Filter,
} from './core/directory.ts';
import { filterOf, findingOf, NOTHING, sameFilter, type Finding } from './core/finding.ts';
import type { Contact } from './core/frames.ts';
import { ask, type Problem } from './http.ts';

// Milliseconds; whoever types goes on sooner than this.
const PAUSE = 200;

export class Contacts {
  /** Undefined before anything was listed. */
  readonly directory = signal<Directory | undefined>(undefined);
  /** What is typed in the search fields. */
  readonly finding = signal(NOTHING);
  /** How far down the list is scrolled, in pixels. */
  scrolled = 0;
  readonly #find: (filter: Filter) => void;
  #pause: ReturnType<typeof setTimeout> | undefined;

  /** `find` goes where a filter's contacts are shown. */
  constructor(find: (filter: Filter) => void) {
    this.#find = find;
  }

  /** Lists what a filter finds, from the newest on, at least `wanted` of them. */
  list(filter: Filter, wanted?: number): void {
    if (!sameFilter(filterOf(this.finding.value), filter)) {
      this.#stop();
      this.finding.value = findingOf(filter);
    }
    if (this.directory.value) this.scrolled = 0;
    this.#fetch(begun(filter, wanted));
  }

  /** Looks for what is typed, once whoever types pauses. */
  type(finding: Finding): void {
    this.#stop();
    this.finding.value = finding;
    this.#pause = setTimeout(() => this.findNow(), PAUSE);
  }

  /** Looks for what is typed without waiting; false if that is done. */
  findNow(): boolean {
    if (this.#pause === undefined) return false;
    this.#stop();
    this.#find(filterOf(this.finding.value));
    return true;
  }

  /** Nobody looks any more: what was typed is looked for no further, and leads back to nowhere. */
  leave(): void {
    this.#stop();
  }

  /** Shows a listed contact as it is now. */
  learn(contact: Contact): void {
    const { value: held } = this.directory;
    if (held) this.directory.value = learnt(held, contact);
  }

  /** Fetches the next page, or again the one that did not come. */
  more(): void {
    const { value: held } = this.directory;
    const next = held && asking(held);
    if (next && next !== held) this.#fetch(next);
  }

  /** A thread is no more: its contact was erased, or has become another. */
  forget(thread: string): void {
    const { value: held } = this.directory;
    if (held) this.directory.value = without(held, thread);
  }

  /** Forgets all of it. */
  clear(): void {
    this.#stop();
    this.directory.value = undefined;
    this.finding.value = NOTHING;
  }

  #stop(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
  }

  #fetch(asked: Directory): void {
    this.directory.value = asked;
    ask<ContactPage>('GET', pathOf(asked)).then(
      (page) => this.#answered(asked, (held) => filled(held, page)),
      ({ message }: Problem) => this.#answered(asked, (held) => refused(held, message)),
    );
  }

  #answered(asked: Directory, change: (held: Directory) => Directory): void {
    const { value: held } = this.directory;
    if (!held || !waits(held, asked)) return;
    const next = change(held);
    if (next.is === 'loading') this.#fetch(next);
    else this.directory.value = next;
  }
}
