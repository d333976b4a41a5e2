/** WIRE.md 6.6, 6.7 and 6.10, as resuming.test.ts: what is sent when, and what an error does to it. */

import { describe, expect, test } from 'vitest';

import * as commands from '../../src/commands.ts';
import { deadline } from '../../src/sending.ts';
import { ack, arrival, error, event, mine, ready, replay, THREAD } from './builders.ts';
import { Talk, types } from './talk.ts';

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
