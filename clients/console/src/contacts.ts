/** The contacts that are listed, as the views see them: pages are fetched as one scrolls. */

import { signal } from '@preact/signals';

import {
  asking,
  begun,
  filled,
  pathOf,
  refused,
  waits,
  type ContactPage,
  type Directory,
  type Filter,
} from './core/directory.ts';
import { ask, type Problem } from './http.ts';

export class Contacts {
  /** Undefined before anything was listed. */
  readonly directory = signal<Directory | undefined>(undefined);

  /** Lists what a filter finds, from the newest on, at least `wanted` of them. */
  list(filter: Filter, wanted?: number): void {
    this.#fetch(begun(filter, wanted));
  }

  /** Fetches the next page, or again the one that did not come. */
  more(): void {
    const { value: held } = this.directory;
    const next = held && asking(held);
    if (next && next !== held) this.#fetch(next);
  }

  /** Forgets all of it. */
  clear(): void {
    this.directory.value = undefined;
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
