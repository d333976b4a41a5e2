/** What is to be written now, and when to ask again. Nothing but init before `ready`, nothing after `bye` (WIRE.md section 6, 10). */

import type { Session } from './session.ts';
import type { Frame } from './wire.ts';

/** The frames to write now, in this order; each is then on its way. Typing that has lasted too long ends here, too. */
export function outgoing(session: Session, now: number): Frame[] {
  const { link } = session;
  session.tell(...session.conversation.expired(now));
  if (link.phase === 'opening' && now >= link.repeatAt) {
    link.repeatAt = Infinity;
    return [link.first!];
  }
  return session.admitted ? frames(session, now) : [];
}

function frames(session: Session, now: number): Frame[] {
  const { requests, outbox, conversation } = session;
  const thread = conversation.thread!;
  const frames = session.loose;
  session.loose = [];
  let frame: Frame | undefined;
  // The pre-chat form before the message that was written after it.
  while ((frame = requests.next(thread, now))) frames.push(frame);
  const on = session.typing.due(now);
  if (on !== undefined) frames.push({ t: 'typing', thread, on });
  while ((frame = outbox.next(thread, now))) frames.push(frame);
  return frames;
}

/** The time at which to ask `outgoing` again though nothing was heard or done. */
export function deadline(session: Session): number {
  const { link, conversation, requests, outbox, typing, renewal } = session;
  const expiry = conversation.typists.deadline;
  if (link.phase === 'opening') return Math.min(expiry, link.repeatAt);
  if (!session.admitted) return expiry;
  const thread = conversation.thread!;
  return Math.min(expiry, requests.deadline(thread), outbox.deadline(thread), typing.deadline, renewal.deadline);
}
