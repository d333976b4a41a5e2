/** What follows from the server's word on a file or an import: decisions, without a browser. */

import { describe, expect, test } from 'vitest';

import { again, keyed, percentOf, type Report, type State } from '../src/core/importing.ts';
import { sizeOf } from '../src/view/sizes.ts';

const report = (state: State, progress = 0): Report => ({
  dry_run: false,
  state,
  progress,
  rows: 0,
  imported: 0,
  updated: 0,
  unchanged: 0,
  skipped: 0,
  errors: [],
});

describe('a report is asked for again', () => {
  test('soon while it goes on, later if its server may come back, and never when it is done', () => {
    const soon = again(report('running'), undefined)!;
    expect(again(report('queued'), undefined)).toBe(soon);
    expect(again(report('failed'), undefined)).toBeGreaterThan(soon);
    expect(again(report('done'), undefined)).toBeUndefined();
  });

  test.each([
    [0, true],
    [429, true],
    [503, true],
    [401, false],
    [404, false],
  ])('after a refusal with status %d: %s', (status, goesOn) => {
    for (const held of [undefined, report('running')]) expect(again(held, status) !== undefined).toBe(goesOn);
  });
});

test('a file has a key if one of its columns is one', () => {
  const file = (...fields: string[]) => ({ columns: fields.map((field) => ({ name: field, field })), rows: [] });
  expect(keyed(file('email', 'user_id'))).toBe(true);
  expect(keyed(file('import_key'))).toBe(true);
  expect(keyed(file('email', 'name'))).toBe(false);
  expect(keyed({ columns: [{ name: 'user_id', key: 'user_id' }], rows: [] })).toBe(false);
});

test('an import is at a hundred percent when it is done, and not before', () => {
  expect(percentOf(report('queued'))).toBe(0);
  expect(percentOf(report('running', 0.516))).toBe(51);
  expect(percentOf(report('running', 0.9999))).toBe(99);
  expect(percentOf(report('running', 1))).toBe(99);
  expect(percentOf(report('done', 1))).toBe(100);
});

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_000, '1 kB'],
  [112_345, '112 kB'],
  [3_250_000, '3.3 MB'],
  [8_000_000_000_000, '8,000 GB'],
])('%d bytes are %s', (bytes, shown) => expect(sizeOf(bytes, 'en')).toBe(shown));
