/** WIRE.md 6.9 and 6.11, as resuming.test.ts: unknown kinds, and pages beside events. */

import { describe, expect, test } from 'vitest';

import * as commands from '../../src/commands.ts';
import { arrival, at, deleted, edited, EPOCH, event, ME, mine, replay, THREAD } from './builders.ts';
import { Talk } from './talk.ts';

const page = (events: unknown[], ref: string) => ({ t: 'history', thread: THREAD, events, more: true, ref });

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
