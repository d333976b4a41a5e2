/** Where in the console one is, as the address says it: reload and the back button keep it. */

import { VIEWS, type View } from './core/frames.ts';

export interface Place {
  readonly room: 'inbox';
  readonly view: View;
  readonly thread?: string | undefined;
}

export const HOME: Place = { room: 'inbox', view: 'open' };

/** The place of an address's fragment; the inbox for one that leads nowhere. */
export function placeOf(hash: string): Place {
  const [room, first, second] = hash.replace(/^#\/?/, '').split('/').map(decoded);
  if (room === 'inbox' && VIEWS.includes(first as View)) {
    return { room, view: first as View, thread: second || undefined };
  }
  return HOME;
}

/** The fragment of a place. */
export function hashOf({ room, view, thread }: Place): string {
  const parts = [room, view, thread].filter((part) => part !== undefined);
  return `#/${parts.map(encodeURIComponent).join('/')}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
