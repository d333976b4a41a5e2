/** What is to be written now, and when to ask again: nothing but init before `ready`, nothing after `bye`. */

import { typed } from './commands.ts';
import type { Console } from './console.ts';
import type { Frame } from './frames.ts';

/** The frames to write now, in this order. Typing that has lasted too long ends here, too. */
export function outgoing(console: Console, now: number): Frame[] {
  const { link, current } = console;
  current?.typists.expired(now);
  if (link.phase === 'opening' && now >= link.repeatAt) {
    link.repeatAt = Infinity;
    return [console.init];
  }
  return console.admitted ? frames(console, now) : [];
}

function frames(console: Console, now: number): Frame[] {
  const { requests, outbox, typing, current } = console;
  const frames = console.loose;
  console.loose = [];
  let frame: Frame | undefined;
  while ((frame = requests.next(now))) frames.push(frame);
  const on = typing.due(now);
  if (on !== undefined && current) frames.push(typed(current.thread, on, console.noting));
  while ((frame = outbox.next(now))) frames.push(frame);
  return frames;
}

/** The time at which to ask `outgoing` again though nothing was heard or done. */
export function deadline({ link, current, admitted, requests, outbox, typing }: Console): number {
  const expiry = current?.typists.deadline ?? Infinity;
  if (link.phase === 'opening') return Math.min(expiry, link.repeatAt);
  return admitted ? Math.min(expiry, requests.deadline, outbox.deadline, typing.deadline) : expiry;
}
