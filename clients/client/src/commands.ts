/** What a person or program does: each queues what is to be sent, whether there is a connection or not. */

import { ClientError } from './errors.ts';
import type { Position } from './event.ts';
import type { Entry } from './entry.ts';
import { forget } from './receiving.ts';
import type { Request } from './requests.ts';
import type { Session } from './session.ts';
import { checkFrame, checkText, PAGE_LENGTH, type Fields, type Frame } from './wire.ts';

// More than this waiting for one write means that the socket does not take them.
const LOOSE = 100;

/** Throws `closed` after a logout: nothing may be kept on this device again. */
export function checkOpen(session: Session): void {
  if (session.shelf.wiped) throw new ClientError('closed', 'logged out');
}

/** Queues a message for the conversation shown. Throws `invalid` for a text that the server would refuse. */
export function send(session: Session, text: string): Entry {
  checkOpen(session);
  checkText(text);
  session.typing.on = false;
  return queued(session, session.outbox.add('send', session.identity, session.conversation.thread, text));
}

/** Queues a new text for the own message at `seq`. Throws as `send`, and if none is known there. */
export function edit(session: Session, seq: number, text: string): Entry {
  checkOpen(session);
  checkText(text);
  const { identity, conversation } = session;
  return queued(session, session.outbox.add('edit', identity, conversation.thread, text, target(session, seq)));
}

/** Queues the deletion of the own message at `seq`. Throws `invalid` if none is known there. */
export function remove(session: Session, seq: number): Entry {
  checkOpen(session);
  const { identity, conversation } = session;
  return queued(session, session.outbox.add('delete', identity, conversation.thread, undefined, target(session, seq)));
}

function queued(session: Session, entry: Entry): Entry {
  session.shows(entry);
  return entry;
}

/** The own message at `seq`: one that is held, or one whose ack came before its event. */
function target(session: Session, seq: number): Required<Position> {
  const held = session.conversation.ownMessage(seq);
  const acked = session.outbox.entries.find(
    (one) => one.kind === 'send' && session.isHere(one) && one.ack?.seq === seq,
  );
  const id = held?.id ?? acked?.ack?.id;
  if (id === undefined) throw new ClientError('invalid', `no own message is known at seq ${seq}`);
  return { seq, id };
}

/** Typing begins or ends. While it lasts it is told every 3 s; a `send` ends it. */
export function typing(session: Session, on: boolean): void {
  session.typing.on = on;
}

/** Everything up to `seq`, or all that is held, was seen. A lower one than before is nothing. */
export function read(session: Session, seq = Infinity): void {
  const { conversation } = session;
  const upTo = Math.min(seq, conversation.timeline.position.seq);
  const changes = conversation.read('contact', upTo);
  if (!changes.length) return;
  session.tell(...changes);
  session.requests.add('read', { seq: upTo }, conversation.thread);
}

/** Asks for the page just older than what is held. Throws `invalid` for a limit outside 1 to 200. */
export function history(session: Session, limit: number): Request {
  if (!(limit >= 1 && limit <= PAGE_LENGTH)) {
    throw new ClientError('invalid', `a page has 1 to ${PAGE_LENGTH} events, not ${limit}`);
  }
  const { thread, timeline } = session.conversation;
  return session.requests.add('history', { before: timeline.before, limit }, thread);
}

/** Asks for a change of the profile, to take the pre-chat form, or to take a fresh JWT. Throws `invalid`. */
export function ask(session: Session, kind: 'profile' | 'prechat' | 'auth', fields: Fields): Request {
  checkOpen(session);
  return session.requests.add(kind, fields, session.conversation.thread);
}

/** Where the customer is now. Every later init says so, too. */
export function page(session: Session, page: { url: string; title?: string }): void {
  checkFrame({ t: 'page', ...page });
  session.account = { ...session.account, page };
  if (session.admitted) session.requests.add('page', page, session.conversation.thread);
}

/** Tells the agents what happened on the page, if they can be told now; never later. Whether it will be written. */
export function track(session: Session, name: string, data: Fields | undefined): boolean {
  const frame: Frame = { t: 'track', thread: session.conversation.thread, name, data };
  checkFrame(frame);
  const told = session.admitted && session.loose.length < LOOSE;
  if (told) session.loose.push(frame);
  return told;
}

/** Deletes everything of this device before any answer. True: the `logout` frame is to be written now. */
export function logout(session: Session): boolean {
  const tell = session.admitted;
  forget(session);
  return tell;
}
