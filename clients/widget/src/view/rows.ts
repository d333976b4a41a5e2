/** The thread's messages as rows: a day above its first, and what one person wrote at a stretch together. */

import type { Message } from '@onethread/client';

import { midnight } from '../dates.ts';

// What follows within this many milliseconds is said in the same breath.
const BREATH = 5 * 60_000;

export interface Row {
  readonly message: Message;
  /** The first of its day. */
  readonly day: boolean;
  /** The first and the last of what its author wrote at a stretch. */
  readonly first: boolean;
  readonly last: boolean;
}

export function rowsOf(messages: readonly Message[]): Row[] {
  return messages.map((message, index) => {
    const before = messages[index - 1];
    const after = messages[index + 1];
    return {
      message,
      day: !before || midnight(before.at) !== midnight(message.at),
      first: !before || !together(before, message),
      last: !after || !together(message, after),
    };
  });
}

/** Whether a row is shown as the other is. */
export function alike(one: Row, other: Row): boolean {
  const fields = ['text', 'tick', 'seq', 'edited', 'deleted', 'at'] as const;
  const { day, first, last, message } = one;
  if (day !== other.day || first !== other.first || last !== other.last) return false;
  return fields.every((field) => message[field] === other.message[field]);
}

function together(one: Message, next: Message): boolean {
  const same = one.mine ? next.mine : !next.mine && one.from?.id === next.from?.id;
  return same && next.at - one.at < BREATH && midnight(one.at) === midnight(next.at);
}
