/** What the agent does: each queues what is to be sent, whether there is a connection or not. */

import { checkText } from '../../../client/src/wire.ts';
import type { Console } from './console.ts';
import type { AgentState, Event, Named, ThreadStatus, View } from './frames.ts';
import type { Entry } from './outbox.ts';
import { ask } from './receiving.ts';

// What a screen or two show; more comes as one scrolls up.
export const HISTORY = 100;

/** Opens a thread: shown as it was last held at once, and live as soon as it can be. */
export function open(console: Console, thread: string): void {
  if (console.current?.thread === thread && !console.current.gone) return;
  leave(console);
  const conversation = console.turnTo(thread);
  if (console.admitted) ask(console, conversation);
}

/** No thread is open any more. */
export function leave(console: Console): void {
  const { current } = console;
  if (!current) return;
  endTyping(console);
  console.requests.drop(({ kind, thread }) => thread === current.thread && (kind === 'open' || kind === 'history'));
  if (console.admitted) console.loose.push({ t: 'leave', thread: current.thread });
  console.close();
}

/** Watches another view. */
export function watch(console: Console, view: View, wanted?: number): void {
  console.inbox.turnTo(view, wanted);
  if (console.admitted) console.requests.add('inbox', console.inbox.asks);
}

/** Asks for the next page of the view, unless that is under way. */
export function more(console: Console): void {
  const { inbox, requests, admitted } = console;
  if (admitted && inbox.loaded && inbox.more && !requests.waits('inbox')) requests.add('inbox', inbox.asks);
}

/** Asks for the open thread's page just older than what is held, unless that is under way. */
export function history(console: Console): void {
  const { current, requests, admitted } = console;
  if (!current || !admitted || current.phase !== 'live' || !current.timeline.more) return;
  if (requests.waits('history', current.thread)) return;
  requests.add('history', { before: current.timeline.before, limit: HISTORY }, current.thread);
}

/** Queues a message, or a note that no customer sees. Throws `invalid` for a text that the server would refuse. */
export function write(console: Console, kind: 'send' | 'note', thread: string, text: string): Entry {
  checkText(text);
  endTyping(console);
  return console.outbox.add(kind, thread, { text });
}

/** Queues a new text for an own message or note. Throws as `write`. */
export function edit(console: Console, thread: string, { seq, id }: Event, text: string): Entry {
  checkText(text);
  return console.outbox.add('edit', thread, { text }, { seq, id });
}

/** Queues the deletion of an own message or note. */
export function remove(console: Console, thread: string, { seq, id }: Event): Entry {
  return console.outbox.add('delete', thread, {}, { seq, id });
}

/** Gives a thread to an agent, or to nobody. */
export function assign(console: Console, thread: string, agent: Named | null): Entry {
  return console.outbox.add('assign', thread, { agent });
}

export function setStatus(console: Console, thread: string, status: ThreadStatus): Entry {
  return console.outbox.add('status', thread, { status });
}

/** What is written begins or ends; `note`: it is one. Told again every 3 s while it lasts. */
export function typing(console: Console, on: boolean, note: boolean): void {
  if (on && console.noting !== note) endTyping(console);
  console.noting = note;
  console.typing.on = on;
}

function endTyping(console: Console): void {
  const { current, typing, noting } = console;
  typing.on = false;
  // `due` answers the end once, and only if the beginning was told.
  if (typing.due(0) === false && current && console.admitted) console.loose.push(typed(current.thread, false, noting));
}

export function typed(
  thread: string,
  on: boolean,
  note: boolean,
): { readonly t: string; readonly [field: string]: unknown } {
  return { t: 'typing', thread, on, ...(note && { note: true }) };
}

/** The agents have read all that is held of the open thread. */
export function read(console: Console): void {
  const { current } = console;
  const seq = current?.timeline.position.seq ?? 0;
  if (current?.reached({ side: 'agents', seq })) console.requests.add('read', { seq }, current.thread);
}

/** The agent is there, or away. */
export function setState(console: Console, state: AgentState): void {
  console.state = state;
  if (console.admitted) console.requests.add('presence', { state });
}
