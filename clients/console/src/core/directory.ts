/**
 * The contacts that one filter finds, newest first, as pages bring them: plain values. An answer is for the directory
 * that `waits` for it; a late one of an earlier search is for none.
 */

import type { Contact } from './frames.ts';

/** The parameters of `GET /v1/contacts` that choose: none, or one (docs/http.md). */
export type Filter = Readonly<Record<string, string>>;

/** Their names; beside them there is `custom.KEY`. */
export const FILTERS: readonly string[] = ['query', 'email', 'user_id', 'authenticated'];

// What one answer brings: five screens or so, and the most that may be asked for where more was there before.
export const PAGE = 50;
const MOST = 200;

export interface Directory {
  readonly filter: Filter;
  readonly contacts: readonly Contact[];
  /** `loading`: a page was asked for; `failed`: it did not come; `more`: there is another; `whole`: there is none. */
  readonly is: 'loading' | 'failed' | 'more' | 'whole';
  readonly cursor?: string | undefined;
  /** Why a page did not come, in the server's words; empty: the server was not reached. */
  readonly trouble?: string | undefined;
  /** How many contacts are wanted before anybody scrolls. */
  readonly wanted: number;
}

export interface ContactPage {
  readonly items: readonly Contact[];
  readonly cursor?: string;
}

/** What a filter finds, of which nothing has come yet. */
export function begun(filter: Filter, wanted = 1): Directory {
  // A filter of its own tells this search from an equal one before it.
  return { filter: { ...filter }, contacts: [], is: 'loading', wanted };
}

/** With the next page asked for; the same if it is, or there is none. */
export function asking(held: Directory): Directory {
  return held.is === 'more' || held.is === 'failed' ? { ...held, is: 'loading', trouble: undefined } : held;
}

/** The path of the page that a directory that is loading waits for. */
export function pathOf({ filter, contacts, wanted, cursor }: Directory): string {
  const limit = Math.min(MOST, Math.max(PAGE, wanted - contacts.length));
  return `/v1/contacts?${new URLSearchParams({ ...filter, limit: String(limit), ...(cursor && { cursor }) })}`;
}

/** Whether a directory still waits for the page that `asked` asked for. */
export function waits(held: Directory, asked: Directory): boolean {
  return held.is === 'loading' && held.filter === asked.filter && held.cursor === asked.cursor;
}

/** With the page that it waited for; still `loading` until as many are there as are wanted. */
export function filled(held: Directory, { items, cursor }: ContactPage): Directory {
  const contacts = [...held.contacts, ...items];
  const enough = contacts.length >= held.wanted;
  return { ...held, contacts, cursor, is: cursor === undefined ? 'whole' : enough ? 'more' : 'loading' };
}

/** Without the page that it waited for. */
export function refused(held: Directory, trouble: string): Directory {
  return { ...held, is: 'failed', trouble };
}

/** Without the contact of a thread that is no more. */
export function without(held: Directory, thread: string): Directory {
  const contacts = held.contacts.filter((contact) => contact.thread !== thread);
  return contacts.length === held.contacts.length ? held : { ...held, contacts };
}

/** With a contact as it is now, if it is among those that came; else the same. */
export function learnt(held: Directory, contact: Contact): Directory {
  const at = held.contacts.findIndex(({ id }) => id === contact.id);
  if (at < 0 || held.contacts[at] === contact) return held;
  return { ...held, contacts: held.contacts.with(at, contact) };
}
