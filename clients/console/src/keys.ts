/** The keyboard: j, k, enter, a, e, n, r, p, i, c, /, ?, escape and 1 to 5, wherever nothing is being typed. */

import { flushSync } from 'preact/compat';

import * as commands from './core/commands.ts';
import { VIEWS, type Listed } from './core/frames.ts';
import { wished } from './core/outbox.ts';
import { CONTACTS, HOME, isListing } from './place.ts';
import type { Screen } from './screen.ts';

/** Hears keys until the answer is called. */
export function listen(screen: Screen): () => void {
  const controller = new AbortController();
  document.addEventListener('keydown', (event) => pressed(screen, event), { signal: controller.signal });
  return () => controller.abort();
}

function pressed(screen: Screen, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (document.querySelector('dialog[open]')) return;
  const target = event.target as HTMLElement;
  if (event.key === 'Escape') return back(screen, target);
  if (target.closest('input, textarea, select, [contenteditable]')) return;
  if (event.key === 'Enter' && target.closest('button, a')) return;
  const act = actions(screen)[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function actions(screen: Screen): Readonly<Record<string, () => void>> {
  const anywhere = {
    '?': () => (screen.help.value = true),
    '/': () => search(screen),
    c: () => screen.go(CONTACTS),
    i: () => screen.go(HOME),
    ...Object.fromEntries(VIEWS.map((view, index) => [String(index + 1), () => screen.watch(view)])),
  };
  if (!isListing(screen.place.value)) return anywhere;
  return {
    ...anywhere,
    j: () => step(screen, 1),
    k: () => step(screen, -1),
    Enter: () => enter(screen),
    a: () => take(screen),
    e: () => turn(screen),
    n: () => compose(screen, true),
    r: () => compose(screen, false),
    p: () => profile(screen),
  };
}

/** To the next row, or the one before. With a thread open it is the row's thread that is open then. */
export function step(screen: Screen, by: number): void {
  const { threads } = screen;
  const at = threads.indexOf(screen.cursor.value ?? '');
  const next = threads[at < 0 ? 0 : Math.min(threads.length - 1, Math.max(0, at + by))];
  if (!next) return;
  screen.cursor.value = next;
  if (screen.pane.thread.value) screen.open(next);
  // Enter is for the row then, not for the button that was pressed before.
  else document.querySelector<HTMLElement>('.rows')?.focus({ preventScroll: true });
}

function enter(screen: Screen): void {
  if (screen.pane.thread.value) screen.pane.compose(screen.pane.draft.value.note);
  else if (screen.cursor.value) screen.open(screen.cursor.value);
}

function compose(screen: Screen, note: boolean): void {
  if (!screen.pane.thread.value && screen.cursor.value) screen.open(screen.cursor.value);
  screen.pane.compose(note);
}

/** To the first thing of the profile that can be changed. */
function profile(screen: Screen): void {
  flushSync(() => screen.showProfile(true));
  document.querySelector<HTMLElement>('.profile .editable button')?.focus();
}

/** What a command is about: the open thread, or else the row that one stands at. */
function meant(screen: Screen): Pick<Listed, 'thread' | 'status' | 'assignee'> | undefined {
  const { value: open } = screen.pane.thread;
  if (open) return open.known && { thread: open.thread, ...open.known };
  const row = screen.inbox.value.rows.find(({ thread }) => thread === screen.cursor.value);
  return row && wished(row, screen.console?.outbox.of(row.thread) ?? []);
}

/** Assigns it to the agent. */
export function take(screen: Screen): void {
  const it = meant(screen);
  const me = screen.me.value;
  if (!it || !me || it.assignee?.id === me.id) return;
  screen.act((console) => commands.assign(console, it.thread, { id: me.id, name: me.name }));
}

/** Closes it, or opens it again. */
export function turn(screen: Screen): void {
  const it = meant(screen);
  if (!it) return;
  screen.act((console) => commands.setStatus(console, it.thread, it.status === 'open' ? 'closed' : 'open'));
}

/** To the search field, at once: what is typed next belongs there. */
function search(screen: Screen): void {
  const field = () => document.querySelector<HTMLInputElement>('[type=search]');
  if (screen.place.value.room === 'imports') flushSync(() => screen.go(CONTACTS));
  // On a narrow page an open thread hides the list.
  if (!field()?.offsetParent) flushSync(() => screen.open(undefined));
  field()?.focus();
}

/** One step back: out of a field, out of a thread. */
function back(screen: Screen, target: HTMLElement): void {
  if (screen.pane.editing.value) return screen.pane.edit(undefined);
  if (target.closest('input, textarea')) return target.blur();
  if (screen.pane.thread.value) screen.open(undefined);
}
