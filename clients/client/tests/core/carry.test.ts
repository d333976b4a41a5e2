/** WIRE.md section 8, carry: what a visitor had queued goes where the server carried the thread. */

import { describe, expect, test } from 'vitest';

import * as commands from '../../src/commands.ts';
import { ack, arrival, event, eventId, mine, OTHER, ready, replay, THREAD } from './builders.ts';
import { USER, visitor, VISITORS } from './talk.ts';

describe('carry', () => {
  test('what a visitor had queued moves into the thread of the contact, cids and all', () => {
    const talk = visitor();
    const cid = talk.types('hi');
    talk.writes();
    talk.lose();
    talk.login(USER);
    talk.open();
    talk.hear(ready({ carried_from: [VISITORS], head: 3 }), replay([mine(2), event(3)]));
    expect(talk.texts).toEqual(['text 2', 'text 3', 'hi']);
    expect(talk.writes()).toMatchObject([{ cid, thread: THREAD, text: 'hi' }]);
    talk.hear(ack(cid, 2, { dup: true }));
    expect(talk.session.outbox.entries).toEqual([]);
  });

  test('the token that was sent is dropped, no other', () => {
    const talk = visitor();
    talk.lose();
    talk.login(USER);
    expect(talk.open()).toMatchObject({ visitor: 'v-token' });
    talk.hear(ready({ carried_from: [VISITORS] }), replay());
    talk.lose();
    expect(talk.open()).not.toHaveProperty('visitor');

    const other = visitor();
    other.lose();
    other.login(USER);
    other.open();
    other.session.shelf.take();
    other.session.shelf.heard('token.visitor', { token: 'newer', thread: OTHER });
    other.hear(ready({ carried_from: [VISITORS] }), replay());
    other.lose();
    expect(other.open()).toMatchObject({ visitor: 'newer' });
  });

  test('one that was not heard of is made up for by any later ready', () => {
    const talk = visitor();
    const cid = talk.types('hi');
    const later = talk.again();
    later.login(USER);
    later.open();
    later.hear(ready({ carried_from: ['th_0_before', VISITORS] }), replay());
    expect(later.writes()).toMatchObject([{ cid, thread: THREAD }]);
  });

  test('edits and deletions find their message by its id, or are shown as failed', () => {
    const talk = visitor();
    talk.hear(arrival(mine(1), VISITORS), arrival(mine(2), VISITORS));
    const found = commands.edit(talk.session, 1, 'new').cid;
    const lost = commands.remove(talk.session, 2).cid;
    talk.lose();
    talk.login(USER);
    talk.open();
    talk.hear(ready({ carried_from: [VISITORS] }));
    expect(talk.writes()).toEqual([]);
    talk.hear(replay([mine(41, undefined, { id: eventId(1) }), mine(43)], { more: true }));
    expect(talk.writes()).toMatchObject([{ cid: found, target: 41, target_id: eventId(1) }]);
    const failed = talk.told('settled').filter((one) => one.failure);
    expect(failed.map((one) => [one.cid, one.failure?.reason])).toEqual([[lost, 'unknown_target']]);
  });
});
