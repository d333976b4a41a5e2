/** Bringing contacts in from a file, as the views see it. The file stays with the browser, which reads it as it sends. */

import { signal } from '@preact/signals';

import { again, BEGINNING, type Listed, type Preview, type Report } from './core/importing.ts';
import { ask, Problem } from './http.ts';

/** A file that was picked. `tried`: its dry run; `trouble`: why it can't be imported. */
export interface Picked {
  readonly file: File;
  readonly tried?: string;
  readonly preview?: Preview;
  readonly trouble?: Problem;
}

/** The import that is looked at. `trouble`: why its report could not be had. */
export interface Watched {
  readonly id: string;
  readonly report?: Report;
  readonly trouble?: Problem;
}

export class Imports {
  readonly picked = signal<Picked | undefined>(undefined);
  /** Whether the picked file is on its way, and for what. */
  readonly sending = signal<'dry run' | 'import' | undefined>(undefined);
  /** Why the picked file could not be sent. */
  readonly unsent = signal<Problem | undefined>(undefined);
  readonly watched = signal<Watched | undefined>(undefined);
  /** The latest imports; undefined while they are fetched. */
  readonly latest = signal<readonly Listed[] | undefined>(undefined);
  readonly #go: (id: string | undefined) => void;
  #sending: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  // Whether anybody looks.
  #here = false;

  /** `go` goes to an import, or to a new one. */
  constructor(go: (id: string | undefined) => void) {
    this.#go = go;
  }

  /** Looks at an import until it is done; without an `id`, at the latest. */
  watch(id: string | undefined): void {
    this.#here = true;
    if (id !== undefined && this.watched.value?.id === id) return;
    clearTimeout(this.#timer);
    this.watched.value = id === undefined ? undefined : { id };
    if (this.watched.value) void this.#ask(this.watched.value);
    else void this.#list();
  }

  /** Nobody looks any more. A file that is on its way goes on. */
  leave(): void {
    this.#here = false;
    clearTimeout(this.#timer);
    this.watched.value = undefined;
  }

  /** Takes a file, and has its beginning read. */
  async pick(file: File): Promise<void> {
    this.cancel();
    this.unsent.value = undefined;
    const picked: Picked = (this.picked.value = { file });
    this.#go(undefined);
    const part = file.size > BEGINNING;
    const path = `/v1/contacts/import/preview?part=${part}`;
    const told = await ask<Preview>('POST', path, part ? file.slice(0, BEGINNING) : file).then(
      (preview) => ({ preview }),
      (trouble: Problem) => ({ trouble }),
    );
    if (this.picked.value === picked) this.picked.value = { ...picked, ...told };
  }

  /** Puts the file away. */
  drop(): void {
    this.cancel();
    this.picked.value = this.unsent.value = undefined;
  }

  /** Sends the file, and goes to what it becomes. */
  async send(dryRun: boolean): Promise<void> {
    const { file } = this.picked.value ?? {};
    if (!file || this.sending.value) return;
    const controller = (this.#sending = new AbortController());
    this.sending.value = dryRun ? 'dry run' : 'import';
    this.unsent.value = undefined;
    try {
      const path = `/v1/contacts/import?dry_run=${dryRun}`;
      const { id } = await ask<{ id: string }>('POST', path, file, controller.signal);
      this.picked.value = dryRun ? { ...this.picked.value!, tried: id } : undefined;
      this.sending.value = undefined;
      if (this.#here) this.#go(id);
    } catch (error) {
      if (controller.signal.aborted) return;
      this.unsent.value = error as Problem;
      this.sending.value = undefined;
    }
  }

  /** Stops the file on its way: nothing of it is imported. */
  cancel(): void {
    this.#sending?.abort();
    this.sending.value = undefined;
  }

  async #ask(held: Watched): Promise<void> {
    const { id } = held;
    const told = await ask<Report>('GET', `/v1/imports/${encodeURIComponent(id)}`).then(
      (report) => ({ report }),
      (trouble: Problem) => ({ trouble }),
    );
    if (this.watched.value !== held) return;
    const next: Watched = (this.watched.value = { id, ...(held.report && { report: held.report }), ...told });
    const wait = again(next.report, next.trouble?.status);
    if (wait !== undefined) this.#timer = setTimeout(() => void this.#ask(next), wait);
  }

  async #list(): Promise<void> {
    const { items } = await ask<{ items: Listed[] }>('GET', '/v1/imports?limit=10').catch(() => ({ items: [] }));
    this.latest.value = items;
  }
}
