/** What each frame of the server's changes in a console (WIRE.md section 4 to 7). */

import type { Console } from './console.ts';
import type { Conversation } from './conversation.ts';
import type {
  Ack,
  Arrival,
  Event,
  Gone,
  History,
  InboxPage,
  Listed,
  Opened,
  Presence,
  Profile,
  Read,
  Ready,
  Refusal,
  Replay,
  Row,
  ServerFrame,
  Track,
  Typing,
} from './frames.ts';

/** Takes one frame. Throws `bad_frame` for what no server may send: the connection is then to be dropped. */
export function received(console: Console, frame: ServerFrame, now: number): void {
  const { link } = console;
  if (link.phase === 'offline') return;
  switch (frame.t) {
    case 'error':
      return failed(console, frame, now);
    case 'bye':
      link.bye = frame;
      link.phase = 'ending';
      return;
    case 'ready':
      return link.phase === 'opening' ? ready(console, frame, now) : undefined;
    case 'ack':
      return acked(console, frame);
    case 'inbox_page':
      return page(console, frame);
    case 'inbox_row':
      return row(console, frame.row);
    case 'profile':
      return profile(console, frame);
    case 'presence':
      if (frame.thread === undefined) return staff(console, frame);
  }
  const { current } = console;
  if (current && frame.thread === current.thread) ofThread(console, current, frame, now);
}

type OfThread = Opened | Replay | Arrival | History | Typing | Read | Presence | Track | Gone;

function ofThread(console: Console, current: Conversation, frame: OfThread, now: number): void {
  switch (frame.t) {
    case 'opened':
      console.requests.answered(frame.ref);
      return current.opened(frame);
    case 'replay':
      return replayed(console, current, frame);
    case 'event':
      if (current.arrived(frame.event)) seen(console, current, [frame.event]);
      return;
    case 'history': {
      const asked = console.requests.answered(frame.ref);
      if (asked) current.paged(frame, asked.fields.before as number);
      return;
    }
    case 'typing':
      return current.typing(frame, now);
    case 'read':
      current.reached(frame);
      return;
    case 'presence':
      console.requests.answered(frame.ref);
      return current.presence(frame);
    case 'track':
      return current.tracked(frame);
    case 'gone':
      console.forget(current.thread);
      return current.ended(frame);
  }
}

/** Init was accepted: the view is fetched anew, and the open thread goes on from where it was. */
function ready(console: Console, frame: Ready, now: number): void {
  const { link, inbox, requests, current } = console;
  console.me = frame.agent;
  succeed(console, frame.agent.id);
  link.phase = 'live';
  link.readyAt = now;
  link.heartbeat = frame.heartbeat_ms;
  console.outbox.admitted();
  if (console.state !== 'online') requests.add('presence', { state: console.state });
  inbox.restart();
  requests.add('inbox', inbox.asks);
  if (current && !current.gone) ask(console, current);
}

/** What one agent did and was not sent is never done in another's name. */
function succeed(console: Console, agent: string): void {
  const { author } = console;
  console.author = agent;
  if (author === undefined || author === agent) return;
  console.outbox.wipe();
  console.tell({ type: 'succeeded' });
}

/** Asks for a thread from where it is held. */
export function ask({ requests }: Console, { thread, timeline }: Conversation): void {
  const resume = timeline.resume;
  requests.add('open', resume ? { resume } : {}, thread);
}

function staff(console: Console, { agents, ref }: Presence): void {
  console.requests.answered(ref);
  if (agents) console.agents = agents;
  const own = agents?.find(({ id }) => id === console.me?.id);
  // Another console of this agent's may have said it.
  if (own && !console.requests.waits('presence')) console.state = own.state;
}

function page(console: Console, frame: InboxPage): void {
  // A view that is no longer watched still echoes.
  if (!console.requests.answered(frame.ref)) return;
  if (console.inbox.page(frame)) console.requests.add('inbox', console.inbox.asks);
}

function row(console: Console, row: Row): void {
  const applied = console.inbox.row(row);
  if (!applied || row.gone) return;
  const before = applied.before?.gone ? undefined : applied.before;
  if (row.last && row.last.seq > (before?.last?.seq ?? 0) && isNews(row)) console.tell({ type: 'said', row });
}

/** Whether a row's last word is a customer's that nobody has read. */
function isNews({ last, unread }: Listed): boolean {
  return last?.kind === 'message' && last.from.type === 'contact' && last.text !== undefined && unread > 0;
}

function profile(console: Console, frame: Profile): void {
  if (frame.thread === console.current?.thread) console.current.profile(frame.contact);
}

function acked({ outbox, current }: Console, ack: Ack): void {
  const isOpen = ack.thread === current?.thread && !current.gone;
  outbox.acked(ack, isOpen ? current.timeline.position.seq : undefined);
}

function replayed(console: Console, current: Conversation, part: Replay): void {
  if (part.reset) {
    console.outbox.reset(part.thread);
    console.requests.drop(({ kind, thread }) => kind === 'history' && thread === part.thread);
  }
  try {
    current.replayed(part);
  } catch (error) {
    // Going on would hide a gap; the next open asks for all of it again.
    current.timeline.forget();
    throw error;
  }
  seen(console, current, part.events);
}

function seen({ outbox }: Console, { thread, timeline }: Conversation, events: readonly Event[]): void {
  for (const event of events) outbox.seen(event);
  outbox.passed(thread, timeline.position.seq);
}

/** Gives the error to what it is about: the first frame, a command, a request, or nothing of these. */
function failed(console: Console, error: Refusal, now: number): void {
  const { link, outbox, requests } = console;
  if (error.code === 401 || link.phase === 'opening') link.error = error;
  if (outbox.get(error.cid)) {
    const entry = outbox.refused(error, now);
    if (entry) console.tell({ type: 'failed', entry });
  } else if (error.ref !== undefined) {
    const request = requests.refused(error, now);
    if (request?.kind === 'open') unopened(console, request.thread!, error);
  } else if (link.phase === 'opening') {
    if (error.code === 503) link.repeatAt = now + (error.retry_after_ms ?? console.backoff.next());
  } else {
    console.tell({ type: 'problem', error });
  }
}

/** A thread can't be opened: it was carried into another, or there is none. */
function unopened(console: Console, thread: string, { reason, to }: Refusal): void {
  const { current } = console;
  console.forget(thread);
  if (current?.thread !== thread) return;
  const moved = reason === 'moved' && to !== undefined;
  current.ended(moved ? { t: 'gone', thread, reason: 'moved', to } : { t: 'gone', thread, reason: 'erased' });
}

/** The connection is over. */
export function disconnected(console: Console): void {
  console.outbox.disconnected();
  console.requests.disconnected();
  console.typing.disconnected();
  console.current?.disconnected();
  console.loose = [];
  console.agents = [];
  console.link.phase = 'offline';
}
