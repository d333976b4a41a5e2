/** Whether a list stays at its end. */

import { expect, test } from 'vitest';

import { AT_END, followed, type Following } from '../src/core/following.ts';

const box = (scrollTop: number, scrollHeight = 2_000, clientHeight = 500) => ({
  scrollTop,
  scrollHeight,
  clientHeight,
});
const away: Following = { atEnd: false, top: 300 };
const there: Following = { atEnd: true, top: 1_500 };

test.each([
  ['at the very end', away, box(1_500), true],
  ['near enough to the end', away, box(1_441), true],
  ['not near enough', away, box(1_440), false],
  ['still away', away, box(300), false],
  ['the list has grown below one who was at its end', there, box(1_500, 2_300), true],
  ['grown above too: further down, but not at the end', there, box(1_700, 2_600), true],
  ['a browser’s rounding is no move', there, box(1_499, 2_300), true],
  ['moved up by a person as it grew', there, box(1_498, 2_300), false],
  ['moved up by a person', there, box(1_000), false],
  ['shrunk below what was seen', there, box(700, 1_200), true],
  ['too short to scroll', AT_END, box(0, 200), true],
  ['first filled', AT_END, box(0), true],
] as const)('%s', (_, before, now, atEnd) => {
  expect(followed(before, now)).toEqual({ atEnd, top: now.scrollTop });
});
