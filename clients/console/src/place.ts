/** Where in the console one is, as the address says it: reload and the back button keep it. */

import { FILTERS, type Filter } from './core/directory.ts';
import { VIEWS, type View } from './core/frames.ts';

export interface InboxPlace {
  readonly room: 'inbox';
  readonly view: View;
  readonly thread?: string | undefined;
}

export interface ContactsPlace {
  readonly room: 'contacts';
  readonly filter: Filter;
  readonly thread?: string | undefined;
}

/** A room with a list, beside which a thread can be open. */
export type Listing = InboxPlace | ContactsPlace;

/** Contacts from CSV: a new import, or that of an `id`. */
export interface ImportsPlace {
  readonly room: 'imports';
  readonly id?: string | undefined;
}

export const PAGES = ['agents', 'apps'] as const;

/** What only administrators see to. */
export interface SettingsPlace {
  readonly room: 'settings';
  readonly page: (typeof PAGES)[number];
}

export type Place = Listing | ImportsPlace | SettingsPlace;

export const HOME: InboxPlace = { room: 'inbox', view: 'open' };
export const CONTACTS: ContactsPlace = { room: 'contacts', filter: {} };
export const IMPORTS: ImportsPlace = { room: 'imports' };
export const SETTINGS: SettingsPlace = { room: 'settings', page: 'agents' };

/** The place of an address's fragment; the inbox for one that leads nowhere. */
export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const [room, first, second] = path.split('/').map(decoded);
  if (room === 'inbox' && VIEWS.includes(first as View)) {
    return { room, view: first as View, thread: second || undefined };
  }
  if (room === 'settings') return { room, page: PAGES.find((page) => page === first) ?? SETTINGS.page };
  if (room === 'contacts') return { room, filter: filterOf(query), thread: first || undefined };
  if (room === 'imports') return { room, id: first || undefined };
  return HOME;
}

/** The fragment of a place. */
export function hashOf(place: Place): string {
  if (place.room === 'imports') return path(place.room, place.id);
  if (place.room === 'settings') return path(place.room, place.page);
  if (place.room === 'inbox') return path(place.room, place.view, place.thread);
  const query = new URLSearchParams(place.filter).toString();
  return path(place.room, place.thread) + (query && `?${query}`);
}

/** Whether both places show the same list, whatever is open beside it. */
export function sameList(one: Place, other: Place): boolean {
  return listOf(one) === listOf(other);
}

function listOf(place: Place): string {
  return hashOf(isListing(place) ? { ...place, thread: undefined } : place);
}

/** Whether a room has a list. */
export function isListing(place: Place): place is Listing {
  return place.room === 'inbox' || place.room === 'contacts';
}

/** The thread that is open there. */
export function threadOf(place: Place): string | undefined {
  return isListing(place) ? place.thread : undefined;
}

function path(...parts: readonly (string | undefined)[]): string {
  return `#/${parts
    .filter((part) => part !== undefined)
    .map(encodeURIComponent)
    .join('/')}`;
}

/** The first filter that a query names: contacts are found by one at a time. */
function filterOf(query: string): Filter {
  const found = [...new URLSearchParams(query)].find(
    ([name, value]) => value && (FILTERS.includes(name) || /^custom\../.test(name)),
  );
  return found ? { [found[0]]: found[1] } : {};
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
