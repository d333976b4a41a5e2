/** Tabs of one browser: they share what is kept, show the same, and one of them sends. */

import { expect, test } from 'vitest';

import { OUTBOX } from '../../src/outbox.ts';
import { ack, arrival, error, mine, ready, replay } from './builders.ts';
import { Talk, USER } from './talk.ts';

/** Brings what one tab has put to another, as the browser does. */
function tell(from: Talk, to: Talk): void {
  for (const [key, record] of from.session.shelf.take()) {
    if (to.session.shelf.heard(key, record) && key.startsWith(OUTBOX))
      to.session.outbox.heard(key.slice(OUTBOX.length), record);
  }
}

function tabs(): [Talk, Talk] {
  const tabs: [Talk, Talk] = [new Talk(), new Talk()];
  for (const tab of tabs) {
    tab.live();
    tab.session.shelf.take();
  }
  return tabs;
}

test('what is typed in one is shown in the other, and sent by the one', () => {
  const [one, two] = tabs();
  one.types('hi');
  tell(one, two);
  expect([two.texts, two.ticks]).toEqual([['hi'], ['queued']]);
  expect(two.writes()).toEqual([]);
  expect(one.writes()).toHaveLength(1);
});

test('it stays in sight until its event is there, whichever tab hears it first', () => {
  const [one, two] = tabs();
  const cid = one.types('hi');
  tell(one, two);
  one.writes();
  one.hear(arrival(mine(1, cid, { text: 'hi' })));
  tell(one, two);
  expect([two.texts, two.ticks]).toEqual([['hi'], ['queued']]);
  two.hear(arrival(mine(1, cid, { text: 'hi' })));
  expect([two.texts, two.ticks]).toEqual([['hi'], ['acked']]);
  expect(two.session.outbox.entries).toEqual([]);
});

test('one that was removed elsewhere and is older than the tail goes when everything is here', () => {
  const [one, two] = tabs();
  const cid = one.types('hi');
  tell(one, two);
  one.hear(arrival(mine(1, cid, { text: 'hi' })));
  tell(one, two);
  two.lose();
  two.open();
  two.hear(ready({ head: 90 }), replay([mine(90)]));
  expect(two.texts).toEqual(['text 90']);
});

test('a failure is shown in both, and forgotten in both', () => {
  const [one, two] = tabs();
  const cid = one.types('hi');
  one.writes();
  one.hear(error(400, 'bad_field', { cid }));
  tell(one, two);
  expect(two.ticks).toEqual(['failed']);
  one.session.outbox.discard(cid);
  tell(one, two);
  expect(two.texts).toEqual([]);
});

test('a tab takes over from one that is gone, and sends in the order typed', () => {
  const [one, two] = tabs();
  one.types('first');
  tell(one, two);
  two.types('second');
  tell(two, one);
  expect(two.writes().map(({ text }) => text)).toEqual(['second']);
  two.session.outbox.orphaned(one.session.outbox.owner);
  expect(two.texts).toEqual(['first', 'second']);
  two.hear(ack(two.session.outbox.entries[1]?.cid, 1));
  expect(two.writes().map(({ text }) => text)).toEqual(['first']);
});

test('what is loaded belongs to others until they are known to be gone', () => {
  const one = new Talk().live();
  one.types('hi');
  const two = new Talk(USER, one.session.shelf).live();
  expect(two.session.outbox.others).toEqual([one.session.outbox.owner]);
  expect(two.writes()).toEqual([]);
  two.session.outbox.orphaned(one.session.outbox.owner);
  expect(two.session.outbox.others).toEqual([]);
  expect(two.writes().map(({ text }) => text)).toEqual(['hi']);
});

test('login takes along what was typed in this tab, not what a visitor types in another', () => {
  const one = new Talk(null);
  const two = new Talk(null);
  two.types('still a visitor');
  tell(two, one);
  one.types('mine');
  one.login(USER);
  one.live();
  expect(one.writes().map(({ text }) => text)).toEqual(['mine']);
});

test('a damaged entry is passed over', () => {
  const one = new Talk();
  one.session.shelf.put('outbox.x', { cid: 5 });
  expect(new Talk(USER, one.session.shelf).session.outbox.entries).toEqual([]);
});
