/** What a page tells a client: that it woke, came back or went online, and that it may be about to end. */

import type { Release } from './storage.ts';

/** Calls `hint` when a connection may work again or may have died unseen, `leave` when the page may not come back. */
export function watchPage(hint: () => void, leave: () => void): Release {
  if (typeof document === 'undefined') return () => {};
  const controller = new AbortController();
  const { signal } = controller;
  for (const type of ['online', 'offline', 'focus', 'pageshow']) addEventListener(type, hint, { signal });
  addEventListener('pagehide', leave, { signal });
  document.addEventListener('visibilitychange', () => (document.hidden ? leave() : hint()), { signal });
  return () => controller.abort();
}
