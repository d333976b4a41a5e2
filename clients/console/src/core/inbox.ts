/**
 * The view of the inbox that is watched: its rows as pages and live rows bring them (WIRE.md section 6, 8).
 *
 * After a reconnect what is shown stays until as much has come again: nobody who scrolled down is thrown back.
 */

import type { InboxPage, Listed, Row, View } from './frames.ts';

// What one answer brings, the most that may be asked for: some 30 kB.
export const PAGE = 100;

export class Inbox {
  view: View = 'open';
  /** Whether a page of this view has come. */
  loaded = false;
  /** Counts changes to what is shown. */
  version = 0;
  #rows = new Map<string, Row>();
  // What is fetched anew, while #rows is still shown.
  #fresh: Map<string, Row> | undefined;
  #wanted = 1;
  #cursor: string | undefined;
  // Rows further down are on pages that have not come: shown here they would hide a gap.
  #bottom = -Infinity;
  #shown: readonly Listed[] | undefined;

  /** The rows, the latest first. The same array until something changes. */
  get rows(): readonly Listed[] {
    this.#shown ??= [...this.#rows.values()].filter((row) => this.#shows(row)).sort(latestFirst) as Listed[];
    return this.#shown;
  }

  /** Whether there are more pages. */
  get more(): boolean {
    return this.#cursor !== undefined;
  }

  get(thread: string): Listed | undefined {
    const row = this.#rows.get(thread);
    return row?.gone ? undefined : row;
  }

  /** Another view from now on, of which at least `wanted` rows are to be fetched at once. */
  turnTo(view: View, wanted = 1): void {
    this.view = view;
    this.loaded = false;
    this.#rows = new Map();
    this.#begin(wanted);
  }

  /** The connection is another: everything is to be fetched anew. */
  restart(): void {
    this.#begin(Math.max(this.#wanted, this.rows.length));
  }

  /** The fields of the `inbox` frame that asks for the next page. */
  get asks(): { readonly view: View; readonly limit: number; readonly cursor?: string } {
    const cursor = this.#cursor === undefined ? {} : { cursor: this.#cursor };
    return { view: this.view, limit: PAGE, ...cursor };
  }

  /** Takes the page that `asks` asked for; whether to ask for the next one at once. */
  page({ rows, cursor }: InboxPage): boolean {
    const target = this.#fresh ?? this.#rows;
    for (const row of rows) apply(target, row);
    const last = rows.findLast((row) => !row.gone);
    this.#cursor = cursor;
    this.#bottom = cursor === undefined ? -Infinity : ((last as Listed | undefined)?.active_at ?? this.#bottom);
    const enough = cursor === undefined || target.size >= this.#wanted;
    if (this.#fresh && (enough || !this.loaded)) {
      this.#rows = this.#fresh;
      this.#fresh = undefined;
      this.loaded = true;
    }
    this.#changed();
    return !enough;
  }

  /** Takes a live row; answers the one it takes the place of, if it is applied. */
  row(row: Row): { readonly before: Row | undefined } | undefined {
    const before = this.#rows.get(row.thread);
    if (this.#fresh) apply(this.#fresh, row);
    if (!apply(this.#rows, row)) return undefined;
    this.#changed();
    return { before };
  }

  #begin(wanted: number): void {
    this.#wanted = wanted;
    this.#fresh = new Map();
    this.#cursor = undefined;
    this.#changed();
  }

  #shows(row: Row): boolean {
    return !row.gone && (row.active_at >= this.#bottom || this.#fresh !== undefined);
  }

  #changed(): void {
    this.#shown = undefined;
    this.version++;
  }
}

/** Applied if its `rev` is higher than the one held, also of a row that is gone. */
function apply(rows: Map<string, Row>, row: Row): boolean {
  const held = rows.get(row.thread);
  if (held && held.rev >= row.rev) return false;
  rows.set(row.thread, row);
  return true;
}

function latestFirst(one: Row, other: Row): number {
  const [a, b] = [one as Listed, other as Listed];
  return b.active_at - a.active_at || (a.thread < b.thread ? -1 : 1);
}
