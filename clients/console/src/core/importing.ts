/** Contacts from CSV: what the server says of a file and of an import (docs/http.md), and what follows from it. */

/** What a column sets: a field, a `key` of custom data, or without either nothing. */
export interface Column {
  readonly name: string;
  readonly field?: string;
  readonly key?: string;
  readonly kind?: 'text' | 'number' | 'boolean';
}

/** How a file will be read. */
export interface Preview {
  readonly columns: readonly Column[];
  readonly rows: readonly { readonly row: number; readonly cells: readonly string[] }[];
}

export interface Counts {
  readonly rows: number;
  readonly imported: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly skipped: number;
}

export type State = 'queued' | 'running' | 'done' | 'failed';

/** How far an import is, and what it did; of a dry run, what it would do. */
export interface Report extends Counts {
  readonly dry_run: boolean;
  readonly state: State;
  readonly progress: number;
  readonly errors: readonly { readonly row: number; readonly column?: string; readonly reason: string }[];
  readonly warnings?: readonly string[];
}

/** An import in a list of them. */
export interface Listed extends Counts {
  readonly id: string;
  readonly accepted_at: number;
  readonly dry_run: boolean;
  readonly state: State;
}

// Bytes of a file by which it is previewed: rows of this length are none anybody looks at.
export const BEGINNING = 64 * 1024;

// Milliseconds until the report is asked for again: while it runs, and for a server that is away or an import that
// goes on when its server comes back.
const SOON = 700;
const LATER = 4_000;

/** When to ask for a report again, which came or was refused with a status; undefined: nothing more will happen. */
export function again(report: Report | undefined, status: number | undefined): number | undefined {
  if (status !== undefined) return status === 0 || status === 429 || status >= 500 ? LATER : undefined;
  if (report?.state === 'done') return undefined;
  return report?.state === 'failed' ? LATER : SOON;
}

/** Whether rows of such a file can be told again, so that importing it twice changes nothing. */
export function keyed({ columns }: Preview): boolean {
  return columns.some(({ field }) => field === 'user_id' || field === 'import_key');
}

/** How much is done, in percent; at most 99 until all is. */
export function percentOf({ state, progress }: Report): number {
  return state === 'done' ? 100 : Math.min(99, Math.floor(progress * 100));
}
