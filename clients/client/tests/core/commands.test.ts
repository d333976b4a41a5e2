/** What a person does, and what is shown of it. */

import { describe, expect, test } from 'vitest';

import * as commands from '../../src/commands.ts';
import { ack, arrival, error, event, eventId, ANA, mine, ready, replay, THREAD } from './builders.ts';
import { Talk, types } from './talk.ts';

const read = (side: string, seq: number, unread?: number) => ({ t: 'read', thread: THREAD, side, by: {}, seq, unread });
const typing = (from: object, on: boolean) => ({ t: 'typing', thread: THREAD, from, on });

test('edit and delete name their target by seq and id', () => {
  const talk = new Talk().live([mine(1), mine(2)]);
  commands.edit(talk.session, 1, 'new');
  commands.remove(talk.session, 2);
  const [first] = talk.writes();
  expect(first).toMatchObject({ t: 'edit', target: 1, target_id: eventId(1), text: 'new' });
  talk.hear(ack(first?.cid, 3));
  const [second] = talk.writes();
  expect(second).toMatchObject({ t: 'delete', target: 2, target_id: eventId(2) });
  expect(second).not.toHaveProperty('text');
});

test('an edit and a deletion are shown at once, and taken back when they fail', () => {
  const talk = new Talk().live([mine(1), mine(2)]);
  const { cid } = commands.edit(talk.session, 1, 'new');
  commands.remove(talk.session, 2);
  expect([talk.texts, talk.ticks]).toEqual([
    ['new', undefined],
    ['queued', 'queued'],
  ]);
  talk.writes();
  talk.hear(error(404, 'unknown_target', { cid }));
  expect([talk.texts, talk.ticks]).toEqual([
    ['text 1', undefined],
    ['acked', 'queued'],
  ]);
});

test('what was acked can be changed before its event comes', () => {
  const talk = new Talk().live();
  const cid = talk.types('hi');
  talk.writes();
  talk.hear(ack(cid, 7));
  commands.edit(talk.session, 7, 'new');
  expect(talk.writes()).toMatchObject([{ target: 7, target_id: eventId(7) }]);
});

test.each([1, 2, 3, 9])('only an own message that is there can be changed: not the event at %i', (seq) => {
  const talk = new Talk().live([
    event(1),
    mine(2, undefined, { deleted: true }),
    event(3, 'status', { status: 'closed' }),
  ]);
  expect(() => commands.edit(talk.session, seq, 'new')).toThrow('no own message');
  expect(() => commands.remove(talk.session, seq)).toThrow('no own message');
});

test('reading is told once and counts down unread; beyond the head counts as the head', () => {
  const talk = new Talk().live([event(1), event(2), event(3)]);
  expect(talk.session.conversation.unread).toBe(3);
  commands.read(talk.session, 2);
  commands.read(talk.session, 1);
  expect(talk.writes()).toMatchObject([{ t: 'read', seq: 2 }]);
  commands.read(talk.session, 99);
  expect(talk.writes()).toMatchObject([{ t: 'read', seq: 3 }]);
  expect(talk.told('unread')).toEqual([3, 1, 0]);
});

test('what another device read is read here', () => {
  const talk = new Talk().live([event(1), event(2)]);
  talk.hear(read('contact', 1, 1));
  expect(talk.session.conversation.unread).toBe(1);
});

test('unread messages older than the tail count until the position reaches what is held', () => {
  const talk = new Talk().live([], { head: 60, unread: 40 });
  talk.hear(replay([event(59), event(60)], { more: true, unread: 40 }));
  expect(talk.session.conversation.unread).toBe(40);
  talk.hear(arrival(event(61)));
  expect(talk.session.conversation.unread).toBe(41);
  commands.read(talk.session);
  expect(talk.session.conversation.unread).toBe(0);
});

test('unread never exceeds 100, which means "or more"; own and deleted messages do not count', () => {
  const many = Array.from({ length: 150 }, (_, index) => event(index + 1));
  expect(new Talk().live(many).session.conversation.unread).toBe(100);
  expect(
    new Talk().live([mine(1), event(2, 'message', { deleted: true }), event(3, 'status')]).session.conversation.unread,
  ).toBe(0);
});

test('ticks tell how far a message got', () => {
  const talk = new Talk().live();
  const cid = talk.types('hi');
  expect(talk.ticks).toEqual(['queued']);
  talk.writes();
  talk.hear(ack(cid, 1));
  expect(talk.ticks).toEqual(['acked']);
  talk.hear(arrival(mine(1, cid, { text: 'hi' })));
  expect(talk.ticks).toEqual(['acked']);
  talk.hear(read('agents', 1));
  expect(talk.ticks).toEqual(['read']);
});

test('a message keeps its key from typed to logged', () => {
  const talk = new Talk().live();
  const cid = talk.types('hi');
  expect(talk.session.messages.map(({ key }) => key)).toEqual([cid]);
  talk.writes();
  talk.hear(arrival(mine(1, cid, { text: 'hi' })));
  expect(talk.session.messages.map(({ key }) => key)).toEqual([cid]);
});

describe('typing', () => {
  test('is told at once, again every 3 s, and ends with the message', () => {
    const talk = new Talk().live();
    commands.typing(talk.session, true);
    expect(talk.writes()).toMatchObject([{ t: 'typing', on: true }]);
    expect(talk.writes(2_999)).toEqual([]);
    expect(talk.writes(1)).toMatchObject([{ on: true }]);
    talk.types('hi');
    expect(talk.writes().map(({ t, on }) => [t, on])).toEqual([
      ['typing', false],
      ['send', undefined],
    ]);
  });

  test('of others ends with their message', () => {
    const talk = new Talk().live();
    talk.hear(typing(ANA, true), typing(ANA, true));
    expect(talk.session.conversation.typists.now).toEqual([ANA]);
    talk.hear(arrival(event(1)));
    expect(talk.told('typing').map(({ on }) => on)).toEqual([true, false]);
  });

  test('of others ends after 6 s without another frame', () => {
    const talk = new Talk().live();
    talk.hear(typing(ANA, true));
    talk.now = 3_000;
    talk.hear(typing(ANA, true));
    talk.writes(5_999);
    expect(talk.session.conversation.typists.now).toEqual([ANA]);
    talk.writes(1);
    expect(talk.session.conversation.typists.now).toEqual([]);
    expect(talk.told('typing').map(({ on }) => on)).toEqual([true, false]);
  });

  test('is told afresh on the next connection', () => {
    const talk = new Talk().live();
    commands.typing(talk.session, true);
    talk.writes();
    talk.lose();
    talk.live();
    expect(talk.writes()).toMatchObject([{ t: 'typing', on: true }]);
  });
});

test('the page is in every later init', () => {
  const talk = new Talk().live();
  commands.page(talk.session, { url: 'https://demo.test/a', title: 'A' });
  expect(types(talk.writes())).toEqual(['page']);
  talk.lose();
  commands.page(talk.session, { url: 'https://demo.test/b' });
  expect(talk.open().page).toEqual({ url: 'https://demo.test/b' });
  talk.hear(ready(), replay());
  expect(talk.writes()).toEqual([]);
});

test('a socket that takes nothing does not pile up tracks', () => {
  const talk = new Talk().live();
  const told = Array.from({ length: 200 }, () => commands.track(talk.session, 'clicked', undefined));
  expect(told.filter(Boolean).length).toBe(100);
  expect(talk.writes().length).toBe(100);
});

test('profile, pre-chat form and presence can be looked at', () => {
  const form = { fields: [{ name: 'name', required: true }], values: {} };
  const talk = new Talk().live([], { prechat: form });
  const { conversation } = talk.session;
  expect(conversation.people.prechat).toEqual(form);
  const contact = { id: 'ct', name: 'Ada', authenticated: true };
  talk.hear({ t: 'profile', thread: THREAD, contact });
  expect(conversation.people).toMatchObject({ contact, prechat: form });
  talk.hear({ t: 'profile', thread: THREAD, contact, prechat: null });
  expect(talk.told('person').at(-1)).toEqual({ contact, prechat: null });
  talk.hear({ t: 'presence', agents_online: 2 });
  talk.hear({ t: 'presence', thread: THREAD, devices: [{ id: 'd', kind: 'web', online: true }] });
  expect(talk.told('presence').at(-1)).toMatchObject({ agentsOnline: 2, devices: [{ id: 'd' }] });
});

test.each([
  ['', '1 to 10000 characters, not 0'],
  ['x'.repeat(10_001), '1 to 10000 characters, not 10001'],
  ['\ud800', 'lone surrogates'],
])('a text that the server would refuse is refused at once', (text, message) => {
  const talk = new Talk().live();
  expect(() => commands.send(talk.session, text)).toThrow(message);
  expect(talk.session.outbox.entries).toEqual([]);
});

test('a character is a code point', () => {
  const talk = new Talk().live();
  expect(commands.send(talk.session, '😀'.repeat(10_000)).text).toHaveLength(20_000);
});

test.each([
  { user: { custom_data: { a: NaN } } },
  { user: { custom_data: { a: 2 ** 60 } } },
  { user: { name: '\udc00' } },
])('what the wire has no form for is refused at once, by its field', (fields) => {
  expect(() => commands.ask(new Talk().live().session, 'profile', fields)).toThrow('field user');
});
