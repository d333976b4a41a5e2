/** WIRE.md 6.1 to 6.3, what a client may rely on: each sentence that is a customer's client's duty, by its number. */

import { describe, expect, test } from 'vitest';

import * as commands from '../../src/commands.ts';
import { ClientError } from '../../src/errors.ts';
import { ack, arrival, at, EPOCH, event, eventId, mine, OTHER, ready, replay, THREAD } from './builders.ts';
import { Talk, USER } from './talk.ts';

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
    talk.hear(ack(cid, 9), { t: 'history', thread: THREAD, events: [event(3)], more: true, ref });
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
