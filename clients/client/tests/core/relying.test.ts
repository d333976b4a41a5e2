/** WIRE.md section 6, what a client may rely on: each sentence that is a customer's client's duty, by its number. */

import { describe, expect, test } from 'vitest';

import * as commands from '../../src/commands.ts';
import { ClientError } from '../../src/errors.ts';
import { deadline } from '../../src/sending.ts';
import {
  ack,
  arrival,
  at,
  deleted,
  edited,
  EPOCH,
  error,
  event,
  eventId,
  ME,
  mine,
  OTHER,
  ready,
  replay,
  THREAD,
} from './builders.ts';
import { Talk, types, USER } from './talk.ts';

const page = (events: unknown[], ref: string) => ({ t: 'history', thread: THREAD, events, more: true, ref });

describe('6.1: ready, replay to its end, then each event once in seq order', () => {
  test('it is live only once the replay with done: true is here', () => {
    const talk = new Talk();
    talk.open();
    talk.hear(ready({ head: 2 }), replay([event(1)], { done: false }));
    expect(talk.told('state').map(({ state }) => state)).toEqual(['replaying']);
    talk.hear(replay([event(2)], { reset: false }));
    expect(talk.told('state').map(({ state }) => state)).toEqual(['live']);
    expect(talk.texts).toEqual(['text 1', 'text 2']);
  });

  test('each event is told once and in order, however often the server repeats it', () => {
    const talk = new Talk().live([event(1), event(3)]);
    talk.hear(arrival(event(4)), arrival(event(4)), arrival(event(3)));
    expect(talk.told('event').map(({ seq }) => seq)).toEqual([1, 3, 4]);
  });

  test('frames of another thread are not shown, should they echo', () => {
    const talk = new Talk().live([event(1)]);
    talk.hear(arrival(event(2), OTHER), replay([event(9)], { thread: OTHER }));
    expect(talk.texts).toEqual(['text 1']);
  });
});

describe('6.2 and 6.3: the resume point, and what leaves the outbox', () => {
  test('the first init has no resume', () => {
    expect(new Talk().open()).not.toHaveProperty('resume');
  });

  test('init resumes from `at` of the last replay, moved on by each event', () => {
    const talk = new Talk().live([event(1)]);
    talk.lose();
    expect(talk.open().resume).toEqual({ epoch: EPOCH, ...at(1) });
    talk.hear(ready(), replay([], { reset: false, at: at(1) }), arrival(event(2)));
    talk.lose();
    expect(talk.open().resume).toEqual({ epoch: EPOCH, ...at(2) });
  });

  test('an empty log is resumed at 0, without an id', () => {
    const talk = new Talk().live();
    talk.lose();
    expect(talk.open().resume).toEqual({ epoch: EPOCH, seq: 0 });
  });

  test('neither an ack nor a page of history moves the resume point', () => {
    const talk = new Talk().live([event(5)]);
    const cid = talk.types('hi');
    const { ref } = commands.history(talk.session, 50);
    talk.writes();
    talk.hear(ack(cid, 9), page([event(3)], ref));
    talk.lose();
    expect(talk.open().resume).toEqual({ epoch: EPOCH, ...at(5) });
  });

  test('a connection cut between the parts of a replay goes on from there', () => {
    const talk = new Talk();
    talk.open();
    talk.hear(ready({ head: 3 }), replay([event(1), event(2)], { done: false }));
    talk.lose();
    expect(talk.open().resume).toEqual({ epoch: EPOCH, ...at(2) });
  });

  test('the resume point is kept with the events, or not at all', () => {
    const later = new Talk().live([event(1), event(2)]).again();
    expect(later.texts).toEqual(['text 1', 'text 2']);
    expect(later.open().resume).toEqual({ epoch: EPOCH, ...at(2) });
  });

  test('a damaged record is no record', () => {
    const { session } = new Talk().live([event(1)]);
    session.save();
    const kept = session.shelf.get(`log.${THREAD}`);
    session.shelf.put(`log.${THREAD}`, { ...kept, events: [{ seq: 'one' }] });
    const later = new Talk(USER, session.shelf);
    expect(later.texts).toEqual([]);
    expect(later.open()).not.toHaveProperty('resume');
  });

  test('exactly what follows joins what is held', () => {
    const talk = new Talk().live([event(1)]);
    talk.lose();
    talk.open();
    talk.hear(ready({ head: 3 }), replay([event(2), event(3)], { reset: false }));
    expect(talk.texts).toEqual(['text 1', 'text 2', 'text 3']);
  });

  test('an unasked reset starts over, and until `done` nothing is live', () => {
    const talk = new Talk().live([event(1), event(2)]);
    talk.changes = [];
    talk.hear(replay([event(1, 'message', { text: 'other' })], { epoch: 'epoch-2', done: false }));
    expect(talk.changes.map(({ type }) => type)).toContain('refreshed');
    expect(talk.told('state').map(({ state }) => state)).toEqual(['replaying']);
    talk.hear(replay([event(2, 'message', { text: 'log' })], { epoch: 'epoch-2', reset: false }));
    expect(talk.session.link.phase).toBe('live');
    expect(talk.texts).toEqual(['other', 'log']);
  });

  test('a replay that leaves a gap ends the connection and the resume point: never a silent gap', () => {
    const talk = new Talk().live([event(1)]);
    talk.lose();
    talk.open();
    talk.hear(ready());
    expect(() => talk.hear(replay([event(9)], { reset: false, epoch: 'epoch-2' }))).toThrow(ClientError);
    talk.lose();
    expect(talk.open()).not.toHaveProperty('resume');
  });

  test.each(['ack', 'event'])('acks and events may come in either order: %s first', (first) => {
    const talk = new Talk().live();
    const cid = talk.types('hi');
    talk.writes();
    const frames = [ack(cid, 1), arrival(mine(1, cid, { text: 'hi' }))];
    talk.hear(...(first === 'ack' ? frames : frames.reverse()));
    expect([talk.texts, talk.ticks]).toEqual([['hi'], ['acked']]);
    expect(talk.told('settled').map(({ ack }) => [ack?.seq, ack?.id])).toEqual([[1, eventId(1)]]);
    expect(talk.session.outbox.entries).toEqual([]);
  });

  test('an acked entry leaves when the position passes it: its event may be older than a tail', () => {
    const talk = new Talk().live([event(1)]);
    const cid = talk.types('hi');
    talk.writes();
    talk.hear(ack(cid, 2));
    talk.lose();
    talk.open();
    talk.hear(ready({ head: 90 }), replay([event(90)], { reset: false }));
    expect(talk.session.outbox.entries).toEqual([]);
  });

  test('at reset what was acked and not seen is sent again, the same frame', () => {
    const talk = new Talk().live([event(1)]);
    const cid = talk.types('hi');
    const written = talk.writes();
    talk.hear(ack(cid, 2), replay([], { epoch: 'epoch-2' }));
    expect(talk.writes()).toEqual(written);
    talk.hear(ack(cid, 1), arrival(mine(1, cid, { text: 'hi' })));
    expect(talk.texts).toEqual(['hi']);
    expect(talk.session.outbox.entries).toEqual([]);
  });

  test('a reset that shows the event of an entry needs no repeat', () => {
    const talk = new Talk().live();
    const cid = talk.types('hi');
    talk.writes();
    talk.hear(ack(cid, 1), replay([mine(1, cid, { text: 'hi' })], { epoch: 'epoch-2' }));
    expect(talk.writes()).toEqual([]);
    expect(talk.texts).toEqual(['hi']);
  });
});

describe('6.6 and 6.10: the first frame, and what is sent when', () => {
  test('503 repeats the first frame on the same connection, and nothing else', () => {
    const talk = new Talk();
    talk.open();
    const { first } = talk.session.link;
    talk.types('hi');
    talk.hear(error(503, 'store_unavailable'));
    expect(talk.writes()).toEqual([]);
    expect(talk.writes(deadline(talk.session))).toEqual([first]);
    talk.hear(ready(), replay());
    expect(types(talk.writes())).toEqual(['send']);
  });

  test.each(['bad_field', 'bad_frame', 'unknown_frame'])(
    '400 %s ends the attempt, and the program is told',
    (reason) => {
      const talk = new Talk();
      talk.open();
      talk.hear(error(400, reason));
      expect(talk.session.link.rejected).toBe(true);
      expect(talk.told('problem').map((one) => one.reason)).toEqual([reason]);
    },
  );

  test('nothing but init is sent before ready', () => {
    const talk = new Talk().live([event(1)]);
    talk.lose();
    talk.types('hi');
    commands.read(talk.session);
    commands.typing(talk.session, true);
    expect(talk.writes()).toEqual([]);
    talk.open();
    expect(talk.writes()).toEqual([]);
    expect(commands.track(talk.session, 'clicked', undefined)).toBe(false);
    talk.hear(ready({ head: 1 }));
    expect(types(talk.writes())).toEqual(['read', 'typing', 'send']);
  });

  test('nothing is sent after bye; what still comes counts', () => {
    const talk = new Talk().live([event(1)]);
    const cid = talk.types('one');
    talk.writes();
    talk.hear({ t: 'bye', reason: 'restart', reconnect: true, after_ms: 100 });
    talk.types('two');
    expect(talk.writes()).toEqual([]);
    talk.hear(arrival(mine(2, cid, { text: 'one' })));
    expect(talk.writes()).toEqual([]);
    expect(talk.ticks).toEqual([undefined, 'acked', 'queued']);
  });

  test('commands go in the order typed, one at a time', () => {
    const talk = new Talk().live([mine(1)]);
    const one = talk.types('one');
    commands.edit(talk.session, 1, 'new');
    talk.types('two');
    expect(talk.writes().map(({ text }) => text)).toEqual(['one']);
    expect(talk.writes()).toEqual([]);
    talk.hear(ack(one, 2));
    const [edit] = talk.writes();
    expect(edit?.t).toBe('edit');
    talk.hear(ack(edit?.cid, 3));
    expect(talk.writes().map(({ text }) => text)).toEqual(['two']);
  });

  test('everything queued carries its thread', () => {
    const talk = new Talk().live([mine(1)]);
    talk.types('hi');
    commands.edit(talk.session, 1, 'new');
    commands.read(talk.session);
    commands.history(talk.session, 50);
    commands.ask(talk.session, 'profile', { user: { name: 'Ada' } });
    commands.ask(talk.session, 'prechat', { name: 'Ada' });
    commands.page(talk.session, { url: 'https://demo.test/', title: 'Home' });
    commands.track(talk.session, 'clicked', { n: 1 });
    commands.ask(talk.session, 'auth', { token: 'jwt' });
    commands.typing(talk.session, true);
    const frames = talk.writes();
    expect(types(frames)).toEqual(['track', 'read', 'history', 'profile', 'prechat', 'page', 'auth', 'typing', 'send']);
    expect(new Set(frames.map(({ thread }) => thread))).toEqual(new Set([THREAD]));
  });
});

describe('6.7: what an error does to an entry, and to a frame without a cid', () => {
  test.each([
    [429, 'rate_limited'],
    [503, 'store_unavailable'],
  ])('%i repeats the entry and holds later ones', (code, reason) => {
    const talk = new Talk().live();
    const cid = talk.types('one');
    talk.types('two');
    const written = talk.writes();
    talk.hear(error(code, reason, { cid, retry_after_ms: 1_000 }));
    expect(talk.writes(999)).toEqual([]);
    expect(talk.writes(1)).toEqual(written);
  });

  test.each([
    [401, 'token_expired'],
    [409, 'moved'],
    [403, 'not_admitted'],
  ])('%i %s keeps the entry under its thread, for the next connection', (code, reason) => {
    const talk = new Talk().live();
    const cid = talk.types('one');
    const written = talk.writes();
    talk.hear(error(code, reason, { cid }));
    expect(talk.writes(60_000)).toEqual([]);
    expect(talk.ticks).toEqual(['queued']);
    talk.lose();
    talk.open();
    talk.hear(ready(), replay());
    expect(talk.writes()).toEqual(written);
  });

  test.each([
    [400, 'bad_field'],
    [404, 'unknown_target'],
    [409, 'cid_conflict'],
    [403, 'not_yours'],
  ])('%i %s shows the entry as failed, for good, and the next one goes', (code, reason) => {
    const talk = new Talk().live();
    const cid = talk.types('one');
    talk.types('two');
    talk.writes();
    talk.hear(error(code, reason, { cid }));
    expect(talk.ticks).toEqual(['failed', 'queued']);
    expect(talk.session.messages[0]?.failure).toEqual({ code, reason, message: 'A sentence.' });
    expect(talk.writes().map(({ text }) => text)).toEqual(['two']);
    talk.lose();
    const later = talk.again();
    later.open();
    later.hear(ready(), replay());
    expect(later.writes().map(({ text }) => text)).toEqual(['two']);
    expect(later.ticks).toEqual(['failed', 'queued']);
  });

  test('an error for an entry that is seen already changes nothing', () => {
    const talk = new Talk().live();
    const cid = talk.types('one');
    talk.writes();
    talk.hear(arrival(mine(1, cid, { text: 'one' })), error(503, 'store_unavailable', { cid }));
    expect(talk.ticks).toEqual(['acked']);
  });

  test.each([
    ['read', (talk: Talk) => commands.read(talk.session)],
    ['profile', (talk: Talk) => commands.ask(talk.session, 'profile', { user: { name: 'Ada' } })],
    ['prechat', (talk: Talk) => commands.ask(talk.session, 'prechat', { name: 'Ada' })],
    ['history', (talk: Talk) => commands.history(talk.session, 50)],
    ['page', (talk: Talk) => commands.page(talk.session, { url: 'https://demo.test/' })],
  ])('503 to a %s repeats it', (name, ask) => {
    const talk = new Talk().live([event(1)]);
    ask(talk);
    const written = talk.writes();
    expect(types(written)).toEqual([name]);
    talk.hear(error(503, 'store_unavailable', { ref: written[0]?.ref }));
    expect(talk.writes()).toEqual([]);
    expect(talk.writes(60_000)).toEqual(written);
  });

  test('typing and track are not repeated for a 503', () => {
    const talk = new Talk().live();
    commands.track(talk.session, 'clicked', undefined);
    commands.typing(talk.session, true);
    expect(types(talk.writes())).toEqual(['track', 'typing']);
    commands.typing(talk.session, false);
    talk.hear(error(503, 'store_unavailable'), error(503, 'store_unavailable'));
    expect(types(talk.writes(60_000))).toEqual(['typing']);
    expect(talk.writes(60_000)).toEqual([]);
  });

  test('any other error of a request ends its wait, with the code and reason', () => {
    const talk = new Talk().live();
    const { ref } = commands.ask(talk.session, 'profile', { user: { name: 'Ada' } });
    talk.writes();
    talk.hear(error(403, 'field_locked', { ref }));
    expect(talk.ends).toMatchObject([{ ref, error: { kind: 'refused', code: 403, reason: 'field_locked' } }]);
  });

  test('a message that was too long is not sent again after close 1009', () => {
    const talk = new Talk().live();
    talk.types('x'.repeat(9_000));
    const { ref } = commands.ask(talk.session, 'profile', { user: { name: 'Ada' } });
    talk.writes();
    talk.lose(1009);
    expect(talk.ticks).toEqual(['failed']);
    talk.open();
    talk.hear(ready(), replay());
    expect(talk.writes().map((one) => one.ref)).toEqual([ref]);
  });

  test('a request that was too long is not sent again; the message goes', () => {
    const talk = new Talk().live();
    talk.types('hi');
    commands.ask(talk.session, 'profile', { user: { custom_data: { k: 'x'.repeat(900) } } });
    talk.writes();
    talk.lose(1009);
    expect(talk.ends.map(({ error }) => error?.code)).toEqual([1009]);
    talk.open();
    talk.hear(ready(), replay());
    expect(types(talk.writes())).toEqual(['send']);
  });
});

describe('6.9 and 6.11: unknown kinds, and pages beside events', () => {
  test('an unknown kind is shown as nothing and moves the resume point', () => {
    const talk = new Talk().live([event(1)]);
    talk.hear(arrival(event(2, 'holographed')));
    expect(talk.texts).toEqual(['text 1']);
    talk.lose();
    expect(talk.open().resume).toEqual({ epoch: EPOCH, ...at(2) });
  });

  test('an unknown frame is nothing', () => {
    const talk = new Talk().live([event(1)]);
    talk.hear({ t: 'hologram', thread: THREAD });
    expect(talk.texts).toEqual(['text 1']);
  });

  test('a page asked for before a reset is thrown away', () => {
    const talk = new Talk().live([event(5)]);
    const { ref } = commands.history(talk.session, 50);
    talk.writes();
    talk.hear(replay([event(1, 'message', { text: 'other' })], { epoch: 'epoch-2' }), page([event(4)], ref));
    expect(talk.texts).toEqual(['other']);
    expect(talk.ends.map(({ error }) => error?.kind)).toEqual(['stale']);
  });

  test('a page joins what is held', () => {
    const talk = new Talk().live([event(5)]);
    const { ref } = commands.history(talk.session, 50);
    expect(talk.writes()).toMatchObject([{ before: 5, limit: 50 }]);
    talk.hear(page([event(3)], ref));
    expect(talk.texts).toEqual(['text 3', 'text 5']);
    expect(talk.session.conversation.timeline.more).toBe(true);
    expect(talk.ends.map((end) => end.ref)).toEqual([ref]);
  });

  test.each([0, 201, NaN])('a page has 1 to 200 events, not %d', (limit) => {
    expect(() => commands.history(new Talk().live().session, limit)).toThrow('1 to 200');
  });

  test('edits and deletions change the message, wherever they come from', () => {
    const talk = new Talk().live([mine(1), event(2)]);
    talk.changes = [];
    talk.hear(arrival(edited(3, 1, 'new', { from: ME })), arrival(deleted(4, 2)));
    expect(talk.texts).toEqual(['new', undefined]);
    expect(talk.session.messages).toMatchObject([{ edited: true }, { deleted: true, edited: false }]);
    expect(talk.told('message').map(({ seq }) => seq)).toEqual([1, 2]);
  });
});
