/** WIRE.md section 8: tokens that are renewed in time, and the logout that leaves nothing. */

import { describe, expect, test } from 'vitest';

import * as commands from '../../src/commands.ts';
import { arrival, error, event } from './builders.ts';
import { Talk, visitor, VISITORS } from './talk.ts';

describe('the token of a signed connection', () => {
  test('is renewed before it ends', () => {
    const talk = new Talk().live([], { expires_in_ms: 600_000, identity: 'signed' });
    expect(talk.session.renewal.deadline).toBe(540_000);
    const { ref } = commands.ask(talk.session, 'auth', { token: 'fresh' });
    talk.now = 540_000;
    expect(talk.session.renewal.isDue(talk.now)).toBe(true);
    expect(talk.writes()).toMatchObject([{ t: 'auth', token: 'fresh' }]);
    talk.hear({ t: 'authed', exp: 1, expires_in_ms: 60_000, ref });
    expect(talk.session.renewal.deadline).toBe(540_000 + 30_000);
    expect(talk.ends.map((end) => end.ref)).toEqual([ref]);
  });

  test('that is refused is tried again: nothing has changed, the old exp included', () => {
    const talk = new Talk().live([], { expires_in_ms: 600_000, identity: 'signed' });
    expect(talk.session.renewal.isDue(600_000)).toBe(true);
    const { ref } = commands.ask(talk.session, 'auth', { token: 'wrong' });
    talk.writes();
    talk.hear(error(403, 'identity_refused', { ref }));
    expect(talk.session.renewal.deadline).toBeLessThan(Infinity);
    expect(talk.session.link.error).toBeUndefined();
  });

  test('a fresh one that the connection did not live to take is not sent to the next', () => {
    const talk = new Talk().live([], { expires_in_ms: 600_000, identity: 'signed' });
    const { ref } = commands.ask(talk.session, 'auth', { token: 'fresh' });
    talk.writes();
    talk.lose();
    expect(talk.ends.map((end) => end.ref)).toEqual([ref]);
    expect(talk.live().writes()).toEqual([]);
  });
});

describe('logout', () => {
  test.each([true, false])('deletes everything before any answer, connected: %s', (connected) => {
    const talk = visitor();
    talk.hear(arrival(event(1, 'message', { text: 'secret' }), VISITORS));
    talk.types('secret');
    const { ref } = commands.ask(talk.session, 'profile', { user: { name: 'secret' } });
    talk.session.save();
    if (!connected) talk.lose();
    expect(commands.logout(talk.session)).toBe(connected);
    expect(talk.told('loggedOut')).toHaveLength(1);
    expect(talk.session.shelf.items('')).toEqual([]);
    expect(talk.texts).toEqual([]);
    expect(talk.writes()).toEqual([]);
    expect(talk.ends.map((end) => [end.ref, end.error?.kind])).toEqual([[ref, 'closed']]);
    expect(() => commands.send(talk.session, 'more')).toThrow('logged out');
  });

  test('bye with reason logout deletes everything', () => {
    const talk = visitor();
    talk.types('secret');
    talk.hear({ t: 'bye', reason: 'logout', reconnect: false, after_ms: 0 });
    expect(talk.session.shelf.items('')).toEqual([]);
    expect(talk.told('loggedOut')).toHaveLength(1);
    expect(talk.session.link.phase).toBe('ending');
  });

  test('nothing is kept after it, neither a late event nor the end of the connection', () => {
    const talk = visitor();
    commands.logout(talk.session);
    talk.hear(arrival(event(1, 'message', { text: 'secret' }), VISITORS));
    talk.lose();
    talk.session.save();
    expect(talk.session.shelf.items('')).toEqual([]);
    expect(talk.session.shelf.take().size).toBe(0);
  });

  test('bye with another reason deletes nothing', () => {
    const talk = visitor();
    talk.hear({ t: 'bye', reason: 'restart', reconnect: true, after_ms: 0 });
    expect(talk.session.shelf.get('token.visitor')).toBeDefined();
  });
});
