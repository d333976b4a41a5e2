/** The number of unread messages in the tab's title, beside whatever the page calls itself. */

import { badge } from './strings/index.ts';

// A tab has one title: the page's own, and what was last written in its place.
let own = '';
let written: string | undefined;

/** Writes the number before the title, or takes it away at 0. A title that the page changes meanwhile is the page's. */
export function titleBadge(unread: number): void {
  if (document.title !== written) own = document.title;
  written = unread ? `(${badge(unread)}) ${own}` : own;
  if (written !== document.title) document.title = written;
}
