/** The events held are one unbroken run of the log, whatever order parts, pages and changes come in. */

import { describe, expect, test } from 'vitest';

import type { Event } from '../../src/event.ts';
import type { History, Replay } from '../../src/frames.ts';
import { Timeline } from '../../src/timeline.ts';
import { deleted, edited, event, eventId, replay, THREAD } from './builders.ts';

function timeline(...events: Event[]): Timeline {
  const made = new Timeline();
  made.replayed(replay(events, { more: true }) as unknown as Replay);
  return made;
}

const page = (events: Event[], more = true): History => ({ t: 'history', thread: THREAD, events, more });
const texts = (held: Timeline) => held.events.filter(({ kind }) => kind === 'message').map(({ text }) => text);

test('pages and events join in seq order', () => {
  const held = timeline(event(5));
  held.arrived(event(6));
  held.paged(page([event(3), event(4)]), 5);
  expect(held.events.map(({ seq }) => seq)).toEqual([3, 4, 5, 6]);
  expect(held.before).toBe(3);
  expect(held.position).toEqual({ seq: 6, id: eventId(6) });
});

test('a page that would leave a gap is not taken', () => {
  const held = timeline(event(5));
  expect(held.paged(page([event(1)]), 3)).toEqual([]);
  expect(held.events).toHaveLength(1);
});

test('an empty page ends the history', () => {
  const held = timeline(event(5));
  held.paged(page([], false), 5);
  expect(held.more).toBe(false);
});

test('the oldest are dropped beyond 5,000, and can be asked for again', () => {
  const held = timeline();
  held.more = false;
  for (let seq = 1; seq <= 5_001; seq++) held.arrived(event(seq));
  expect([held.events.length, held.before, held.more]).toEqual([5_000, 2, true]);
});

test('a record holds the newest 200 events, and says that there are more', () => {
  const held = timeline(...Array.from({ length: 250 }, (_, index) => event(index + 1)));
  const record = held.record(THREAD)!;
  const restored = new Timeline();
  restored.restore(record);
  expect([restored.events.length, restored.before, restored.more]).toEqual([200, 51, true]);
  expect(restored.resume).toEqual(held.resume);
});

describe('changes (WIRE.md section 5)', () => {
  test('that come before their message wait for it', () => {
    const held = timeline(event(5));
    held.arrived(edited(6, 3, 'new'));
    held.arrived(deleted(7, 4));
    held.paged(page([event(3), event(4)]), 5);
    expect(texts(held)).toEqual(['new', undefined, 'text 5']);
  });

  test('of two states of one message the deleted one counts, else the one of the higher rev', () => {
    for (const [one, other] of [
      [event(1, 'message', { rev: 3, text: 'three' }), event(1, 'message', { rev: 2, text: 'two' })],
      [event(1, 'message', { deleted: true, rev: 2 }), event(1, 'message', { rev: 3, text: 'late' })],
    ] as const) {
      for (const order of [
        [one, other],
        [other, one],
      ]) {
        const held = timeline(event(9));
        for (const state of order) held.paged(page([state]), 9);
        expect(held.get(1)).toEqual(one);
      }
    }
  });

  test('an older edit does not undo a newer one, and nothing undoes a deletion', () => {
    const held = timeline(
      event(1, 'message', { rev: 5, text: 'five' }),
      event(2, 'message', { deleted: true, rev: 6 }),
    );
    held.arrived(edited(3, 1, 'three'));
    held.arrived(edited(7, 2, 'seven'));
    expect(texts(held)).toEqual(['five', undefined]);
  });

  test('an edit whose text is gone changes nothing', () => {
    const held = timeline(event(1));
    held.arrived(edited(2, 1));
    expect(texts(held)).toEqual(['text 1']);
  });

  test('of another id at the same seq change nothing', () => {
    const held = timeline(event(1));
    held.arrived(edited(2, 1, 'new', { target_id: 'another' }));
    expect(texts(held)).toEqual(['text 1']);
  });

  test('leave no old text behind: not in the message, not in the edit', () => {
    const held = timeline(event(1));
    held.arrived(edited(2, 1, 'secret'));
    held.arrived(deleted(3, 1));
    expect(JSON.stringify(held.record(THREAD))).not.toMatch(/secret|text 1/);
  });
});
