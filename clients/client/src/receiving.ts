/** What each frame of the server's changes in a session (WIRE.md section 4 to 7). */

import { admitted, refused } from './admission.ts';
import { change, REFRESHED } from './changes.ts';
import { ClientError } from './errors.ts';
import type { Event } from './event.ts';
import type { Bye, History, Replay, ServerError, ServerFrame } from './frames.ts';
import type { Answer } from './requests.ts';
import type { Session } from './session.ts';

/**
 * Takes one frame. Throws `bad_frame` for what no server may send: the connection is then to be dropped. After `bye`
 * frames still count, acks above all. After `again` none does: another connection takes its place.
 */
export function received(session: Session, frame: ServerFrame, now: number): void {
  const { link } = session;
  if (link.again || link.phase === 'offline') return;
  if (frame.t === 'error') return failed(session, frame, now);
  if (frame.t === 'bye') return bye(session, frame);
  if (frame.t === 'ready') {
    if (link.phase === 'opening') admitted(session, frame, now);
  } else if (link.phase !== 'opening') {
    // An admission ended meanwhile may still echo; its thread is not the one shown.
    if (frame.t === 'ack' || frame.t === 'presence' || frame.t === 'authed') connected(session, frame, now);
    else if (frame.thread === session.conversation.thread) ofThread(session, frame, now);
  }
}

type OfConnection = Extract<ServerFrame, { t: 'ack' | 'presence' | 'authed' }>;
type OfThread = Extract<ServerFrame, { t: 'replay' | 'event' | 'history' | 'typing' | 'read' | 'profile' }>;

function connected(session: Session, frame: OfConnection, now: number): void {
  if (frame.t === 'ack') {
    const entry = session.outbox.acked(frame, session.conversation.timeline.position.seq);
    if (entry) session.settled(entry);
  } else if (frame.t === 'presence') {
    session.tell(...session.conversation.presence(frame));
  } else {
    session.renewal.given(frame.expires_in_ms, now);
    answered(session, frame);
  }
}

function ofThread(session: Session, frame: OfThread, now: number): void {
  const { conversation } = session;
  switch (frame.t) {
    case 'replay':
      return replayed(session, frame);
    case 'event':
      session.tell(...conversation.arrived(frame.event));
      return seen(session, [frame.event], session.link.phase === 'live');
    case 'history':
      return paged(session, frame);
    case 'typing':
      return session.tell(...conversation.typing(frame, now));
    case 'read':
      return session.tell(...conversation.read(frame.side, frame.seq, frame.unread));
    case 'profile':
      session.tell(...conversation.profile(frame));
      answered(session, frame);
  }
}

function replayed(session: Session, part: Replay): void {
  const { link, outbox, requests, conversation } = session;
  if (part.reset) {
    if (link.phase === 'live') session.tell(change('state', { state: 'replaying' }));
    outbox.reset(part.thread);
    session.told.ends.push(...requests.reset());
    session.tell(REFRESHED);
  }
  try {
    session.tell(...conversation.replayed(part));
  } catch (error) {
    // Going on would hide a gap; the next init asks for all of it again.
    conversation.timeline.forget();
    throw error;
  }
  seen(session, part.events, part.done);
  if (session.admitted) link.phase = part.done ? 'live' : 'replaying';
  if (!part.done) return;
  if (session.admitted) session.tell(change('state', { state: 'live' }));
  for (const entry of outbox.relocate(part.thread, (id) => conversation.timeline.find(id))) session.settled(entry);
}

/** Entries leave the outbox with their events, or when the position has passed their acks. */
function seen(session: Session, events: readonly Event[], upToNow: boolean): void {
  const { outbox, conversation } = session;
  const thread = conversation.thread!;
  for (const event of events) {
    const entry = outbox.seen(event);
    const { cid, seq, id, at } = event;
    // Its own event is as good as the ack that was lost.
    if (entry && !entry.ack) {
      const ack = { t: 'ack', cid: cid!, thread, seq, id, at, dup: false } as const;
      session.tell(change('settled', { ...entry, ack, failure: undefined }));
    }
  }
  outbox.passed(thread, conversation.timeline.position.seq, upToNow);
}

function paged(session: Session, page: History): void {
  const request = session.requests.answered(page.ref);
  if (!request) return;
  session.tell(...session.conversation.paged(page, request.fields.before as number));
  session.told.ends.push({ ref: request.ref, answer: page });
}

function answered(session: Session, answer: Answer): void {
  const request = session.requests.answered(answer.ref);
  if (request) session.told.ends.push({ ref: request.ref, answer });
}

/** Gives the error to what it is about: the first frame, a command, a request, or nothing of these. */
function failed(session: Session, error: ServerError, now: number): void {
  const { link, outbox, requests } = session;
  // If a close follows, this says why.
  if (error.code === 401 || link.phase === 'opening') link.error = error;
  if (outbox.get(error.cid)) {
    const entry = outbox.refused(error, now);
    if (entry) session.settled(entry);
    return;
  }
  const request = requests.get(error.ref);
  if (request) {
    const end = requests.refused(error, now);
    if (!end) return;
    session.told.ends.push(end);
    if (request.kind === 'auth') session.renewal.failed(now);
  } else {
    session.tell(change('problem', error));
    if (link.phase === 'opening') refused(session, error, now);
  }
}

function bye(session: Session, bye: Bye): void {
  session.link.bye = bye;
  session.link.phase = 'ending';
  if (bye.reason === 'logout') forget(session);
}

/** Logged out: tokens, events and outbox of this device are deleted; the shell clears the storage. */
export function forget(session: Session): void {
  if (session.shelf.wiped) return;
  session.link.phase = 'ending';
  session.shelf.wipe();
  session.outbox.wipe();
  session.conversation = session.empty();
  session.told.ends.push(...session.requests.wipe(new ClientError('closed', 'logged out')));
  session.tell(REFRESHED, change('loggedOut', undefined));
}
