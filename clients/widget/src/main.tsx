/**
 * `widget.js`: finds out where it came from and under which name pages call it, takes the calls that waited for it, and
 * shows itself.
 */

import { callsOf, type Call } from './calls.ts';
import { mount } from './host.tsx';
import { Widget } from './widget.ts';

/** What a snippet leaves behind until this script is there. */
type Queued = Call & { q?: ArrayLike<unknown>[]; loaded?: boolean };

const script = document.currentScript as HTMLScriptElement | null;
const source = new URL(script?.src || location.href);
const names = ['Onethread', script?.dataset.alias ?? source.searchParams.get('alias')];
const globals = window as unknown as Record<string, Queued | undefined>;

// A page that has the snippet twice, or under two names, has one chat.
const loaded = globals.Onethread?.loaded ? globals.Onethread : undefined;
const calls = loaded ?? begin();
for (const name of names.filter((name) => typeof name === 'string')) {
  const before = globals[name]?.q ?? [];
  globals[name] = calls;
  for (const call of before) calls(...(Array.from(call) as Parameters<Call>));
}

function begin(): Queued {
  const widget = new Widget(source.origin);
  const calls: Queued = callsOf(widget, () => mount(widget));
  calls.loaded = true;
  return calls;
}
