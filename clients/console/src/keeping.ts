/** What of the page a reload is to find again. */

import type { Console } from './core/console.ts';
import type { Kept } from './memory.ts';
import type { Screen } from './screen.ts';

export function keptOf({ pane, scrolled, contacts }: Screen, console: Console): Kept {
  return {
    agent: console.author,
    outbox: console.outbox.entries,
    drafts: pane.drafts,
    rows: console.inbox.rows.length,
    scrolled,
    contacts: { rows: contacts.directory.value?.contacts.length ?? 0, scrolled: contacts.scrolled },
  };
}

/** Whether leaving now would leave something unsent: a reload finds it, a closed tab does not. */
export function hasUnsent({ connection, console }: Screen): boolean {
  return connection.value.is !== 'live' && Boolean(console?.outbox.entries.length);
}
