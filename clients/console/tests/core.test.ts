/** The console's core, without a browser: what it holds, and what it sends. */

import { describe, expect, test } from 'vitest';

import * as commands from '../src/core/commands.ts';
import { parse } from '../src/core/frames.ts';
import { itemsOf } from '../src/core/items.ts';
import { disconnected } from '../src/core/receiving.ts';
import { hashOf, placeOf } from '../src/place.ts';
import { ANA, THREAD, Talk, event, row, threads } from './talk.ts';

describe('the inbox', () => {
  test('is sorted by what was said last; a row counts if its rev is higher, also of one that is gone', () => {
    const talk = new Talk();
    const { ref } = talk.sent()[0]!;
    talk.hear({ t: 'inbox_page', ref, rows: [row('b', 20), row('a', 10)] });
    talk.hear({ t: 'inbox_row', row: row('a', 30) });
    talk.hear({ t: 'inbox_row', row: row('b', 5, { active_at: 99 }) });
    expect(threads(talk)).toEqual(['a', 'b']);
    talk.hear({ t: 'inbox_row', row: { thread: 'b', rev: 21, gone: true } });
    talk.hear({ t: 'inbox_row', row: row('b', 20) });
    expect(threads(talk)).toEqual(['a']);
    talk.hear({ t: 'inbox_row', row: row('b', 22) });
    expect(threads(talk)).toEqual(['a', 'b']);
  });

  test('keeps what is shown through a reconnect, until as much has come again', () => {
    const talk = new Talk();
    talk.hear({ t: 'inbox_page', ref: talk.sent()[0]!.ref, rows: [row('c', 30), row('b', 20)], cursor: 'x' });
    commands.more(talk.console);
    talk.hear({ t: 'inbox_page', ref: talk.sent()[0]!.ref, rows: [row('a', 10)] });
    disconnected(talk.console);
    talk.connect();
    const [first] = talk.sent();
    expect(first).not.toHaveProperty('cursor');
    // All revs held are void: this one is lower.
    talk.hear({ t: 'inbox_page', ref: first!.ref, rows: [row('c', 3), row('b', 2)], cursor: 'y' });
    expect(threads(talk)).toEqual(['c', 'b', 'a']);
    const [second] = talk.sent();
    expect(second).toMatchObject({ t: 'inbox', cursor: 'y' });
    talk.hear({ t: 'inbox_page', ref: second!.ref, rows: [] });
    expect(threads(talk)).toEqual(['c', 'b']);
  });

  test('shows no row that would hide a gap, and passes over the page of a view that is left', () => {
    const talk = new Talk();
    const { ref } = talk.sent()[0]!;
    commands.watch(talk.console, 'mine');
    talk.hear({ t: 'inbox_page', ref, rows: [row('open', 1)] });
    expect(threads(talk)).toEqual([]);
    talk.hear({ t: 'inbox_page', ref: talk.sent()[0]!.ref, rows: [row('b', 20)], cursor: 'x' });
    talk.hear({ t: 'inbox_row', row: row('deep', 30, { active_at: 5 }) });
    expect(threads(talk)).toEqual(['b']);
    commands.more(talk.console);
    talk.hear({ t: 'inbox_page', ref: talk.sent()[0]!.ref, rows: [row('a', 10)] });
    expect(threads(talk)).toEqual(['b', 'a', 'deep']);
  });

  test('tells what a customer has said, once', () => {
    const talk = new Talk();
    const said = (seq: number) => ({ seq, at: seq, kind: 'message' as const, from: event(seq).from, text: 'hi' });
    talk.hear({ t: 'inbox_page', ref: talk.sent()[0]!.ref, rows: [row('a', 1, { last: said(1), unread: 1 })] });
    talk.hear({ t: 'inbox_row', row: row('a', 2, { last: said(2), unread: 2 }) });
    talk.hear({ t: 'inbox_row', row: row('a', 3, { last: said(2), unread: 2, online: true }) });
    expect(talk.console.told.map(({ type }) => type)).toEqual(['said']);
  });
});

describe('a thread', () => {
  test('is resumed from where it is held, also when one comes back to it', () => {
    const talk = new Talk().open(event(1));
    commands.open(talk.console, 'th_0_other');
    expect(talk.sent().map(({ t, thread }) => `${t} ${String(thread)}`)).toEqual([
      `leave ${THREAD}`,
      'open th_0_other',
    ]);
    commands.open(talk.console, THREAD);
    const resume = { epoch: 'e', seq: 1, id: 'id1' };
    expect(talk.sent()).toMatchObject([{ t: 'leave' }, { t: 'open', thread: THREAD, resume }]);
    disconnected(talk.console);
    talk.connect();
    expect(talk.sent('inbox')).toMatchObject([{ t: 'open', thread: THREAD, resume }]);
  });

  test('tells where it went', () => {
    const talk = new Talk().open(event(1));
    talk.hear({ t: 'gone', thread: THREAD, reason: 'moved', to: 'th_0_e' });
    expect(talk.console.current?.gone).toMatchObject({ to: 'th_0_e' });
    commands.open(talk.console, THREAD);
    const { ref } = talk.sent().find(({ t }) => t === 'open')!;
    talk.hear({ t: 'error', ref, thread: THREAD, code: 404, reason: 'unknown_thread', message: '…' });
    expect(talk.console.current?.gone).toMatchObject({ reason: 'erased' });
  });

  test('tells typing while it lasts, of a note as such, and its end when one goes elsewhere', () => {
    const talk = new Talk().open(event(1));
    commands.typing(talk.console, true, true);
    expect(talk.sent()).toEqual([{ t: 'typing', thread: THREAD, on: true, note: true }]);
    talk.now = 3_000;
    expect(talk.sent()).toHaveLength(1);
    commands.leave(talk.console);
    expect(talk.sent()).toEqual([
      { t: 'typing', thread: THREAD, on: false, note: true },
      { t: 'leave', thread: THREAD },
    ]);
  });

  test('is shown with what is on its way, read by the customer, and days apart', () => {
    const from = { type: 'agent', id: ANA.id, name: ANA.name } as const;
    const events = [
      event(1),
      event(2, { from, cid: 'c2' }),
      event(3, { from, cid: 'c3', kind: 'note' }),
      event(4, { kind: 'assigned', agent: null, from }),
      event(5, { at: 1_000 * 86_400 * 3 }),
    ];
    const pending = { thread: THREAD, done: 1_000 * 86_400 * 3 };
    const entries = [
      { ...pending, cid: 'x', kind: 'edit' as const, target: 2, target_id: 'id2', text: 'new' },
      { ...pending, cid: 'y', kind: 'send' as const, text: 'on its way' },
    ];
    const items = itemsOf(events, entries, ANA, { contact: 2, agents: 0 });
    expect(items.map((item) => (item.is === 'event' ? item.event.kind : [item.is, item.text, item.tick]))).toEqual([
      ['message', 'text 1', undefined],
      ['message', 'new', 'queued'],
      ['note', 'text 3', undefined],
      'assigned',
      ['message', 'text 5', undefined],
      ['message', 'on its way', 'queued'],
    ]);
    expect(items.map(({ day }) => day)).toEqual([true, false, false, false, true, false]);
    const [read] = itemsOf([events[1]!], [], ANA, { contact: 2, agents: 0 });
    expect(read).toMatchObject({ tick: 'read', own: true });
  });
});

test('an address leads back to its place, and one that leads nowhere to the inbox', () => {
  for (const place of [
    { room: 'inbox', view: 'mine', thread: 'th_0_a' },
    { room: 'inbox', view: 'all', thread: undefined },
  ] as const) {
    expect(placeOf(hashOf(place))).toEqual(place);
  }
  expect(placeOf('#/inbox/nowhere/%E0%A4%A')).toEqual({ room: 'inbox', view: 'open' });
});

test('a frame that no server may send is refused', () => {
  expect(() => parse({ t: 'inbox_row', row: { thread: 'a', rev: 1 } })).toThrow('active_at');
  expect(() => parse({ t: 'ready', org: 'demo', agent: { id: 'a' }, heartbeat_ms: 1 })).toThrow('name');
  expect(parse({ t: 'something_new' })).toBeUndefined();
});
