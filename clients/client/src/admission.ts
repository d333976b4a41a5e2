/** From no connection to an admitted one and back: the init frame, what `ready` decides, and what the end of it leaves. */

import { change, REFRESHED } from './changes.ts';
import { pack } from './codec.ts';
import { ClientError } from './errors.ts';
import type { Ready, ServerError } from './frames.ts';
import { identityOf } from './identity.ts';
import { frame as entryFrame, type Entry } from './entry.ts';
import { frame as requestFrame } from './requests.ts';
import type { Session } from './session.ts';
import type { Frame } from './wire.ts';

const TOO_LONG = 1009;

/** The init frame of a new connection, with this fresh JWT if there is one. */
export function opening(session: Session, token: string | undefined): Frame {
  session.become(identityOf(session.account.user?.user_id, token));
  const first: Frame = {
    t: 'init',
    ...session.account,
    token,
    ...session.tokens.opening(session.identity),
    resume: session.conversation.timeline.resume,
  };
  session.link = { phase: 'opening', first, repeatAt: Infinity };
  return first;
}

/**
 * Takes an error before `ready` (WIRE.md section 6, 6). What else may come is a close, or the `ready` of a clean chat.
 */
export function refused(session: Session, error: ServerError, now: number): void {
  if (error.code === 503) session.link.repeatAt = now + (error.retry_after_ms ?? session.backoff.next());
  if (error.code === 400) session.link.rejected = true;
}

/** Takes `ready`: keeps its token, and finds out what was queued for this thread (WIRE.md section 8). */
export function admitted(session: Session, ready: Ready, now: number): void {
  const { link } = session;
  if (!session.tokens.admitted(ready, session.identity)) {
    link.phase = 'ending';
    link.again = true;
    return;
  }
  link.phase = 'replaying';
  link.readyAt = now;
  session.backoff.reset();
  session.renewal.given(ready.expires_in_ms, now);
  if (session.conversation.thread !== ready.thread) {
    session.save();
    session.conversation = session.empty(ready.thread);
    session.tell(REFRESHED);
  }
  session.tell(...session.conversation.ready(ready), change('state', { state: 'replaying' }));
  sort(session, ready).forEach((entry) => session.settled(entry));
  const { thread, carried_from: carried = [], refused: clean = false } = ready;
  session.told.ends.push(...session.requests.admitted(thread, carried, clean));
}

/** Gives queued entries their thread; answers those that have none any more. */
function sort({ outbox, threads, identity }: Session, ready: Ready): Entry[] {
  outbox.admitted();
  const previous = threads.take(identity, ready);
  if (!ready.refused) {
    outbox.settle(identity, ready.thread);
    outbox.carry(ready.carried_from ?? [], ready.thread);
  }
  // Nothing is left under a thread whose entries were carried.
  return previous !== undefined && previous !== ready.thread ? outbox.strand(previous, ready.thread) : [];
}

/** The connection is over. What was on its way is queued again, but for the frame that was too long (close 1009). */
export function disconnected(session: Session, code: number): void {
  const entry = session.outbox.disconnected();
  if (code === TOO_LONG) dropLongest(session, entry);
  session.told.ends.push(...session.requests.disconnected());
  session.typing.disconnected();
  session.loose = [];
  session.link.phase = 'offline';
}

/** Of what was written and has no answer, the longest is the frame that the server would not take. */
function dropLongest(session: Session, entry: Entry | undefined): void {
  const error = { code: TOO_LONG, reason: 'frame_too_long', message: 'the frame is too long' };
  const requests = session.requests.written.map((one) => ({ ref: one.ref, length: length(requestFrame(one)) }));
  const [longest] = requests.sort((one, other) => other.length - one.length);
  if (entry && length(entryFrame(entry)) >= (longest?.length ?? 0)) {
    const failed = session.outbox.fail(entry.cid, error);
    if (failed) session.settled(failed);
  } else if (longest) {
    const end = session.requests.fail(longest.ref, new ClientError('refused', error.message, error.code, error.reason));
    if (end) session.told.ends.push(end);
  }
}

function length(frame: Frame): number {
  return pack(frame, 'msgpack').length;
}
