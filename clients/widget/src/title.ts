/** The number of unread messages in the tab's title, beside whatever the page calls itself. */

import { badge } from './strings/index.ts';

const BADGE = /^\(\d+\+?\) /;

/** Writes it, or takes it away at 0. A title that the page changes meanwhile stays the page's. */
export function titleBadge(unread: number): void {
  const own = document.title.replace(BADGE, '');
  const title = unread ? `(${badge(unread)}) ${own}` : own;
  if (title !== document.title) document.title = title;
}
