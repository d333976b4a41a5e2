/** What a text that an agent typed does to a profile. */

import { describe, expect, test } from 'vitest';

import { FIELDS, setCustom, setField } from '../src/core/edited.ts';

test.each(FIELDS)('%s is set without the blanks around it, and cleared by nothing', (field) => {
  expect(setField(field, '  Dana Reyes ')).toEqual({ [field]: 'Dana Reyes' });
  for (const nothing of ['', ' ', '\n\t']) expect(setField(field, nothing)).toEqual({ [field]: null });
});

describe('custom data', () => {
  test.each([
    ['a new value is a text', '7', undefined, '7'],
    ['a text stays a text', '7', 'gold', '7'],
    ['a text stays a text, whatever it says', 'true', 'gold', 'true'],
    ['without the blanks around it', ' gold\n', 'silver', 'gold'],
    ['with the lines in it', 'a\nb', 'a', 'a\nb'],
    ['a number stays a number', ' -7 ', 12, -7],
    ['also one with a fraction', '0.5', 12, 0.5],
    ['also a large one', '1e21', 12, '1e21'],
    ['but for one that would lose digits', '9007199254740993', 12, '9007199254740993'],
    ['the largest that loses none', '9007199254740991', 12, 9_007_199_254_740_991],
    ['but for one that is none', 'twelve', 12, 'twelve'],
    ['but for what only scripts take for one', '0x10', 12, '0x10'],
    ['but for one out of reach', '1e999', 12, '1e999'],
    ['a truth stays one', 'false', true, false],
    ['also the other', 'true', false, true],
    ['but for what is none', 'yes', true, 'yes'],
    ['a number is not true', '1', true, '1'],
    ['nothing clears the key', ' ', 'gold', null],
    ['nothing clears the key of a number', '', 12, null],
  ] as const)('%s', (_, text, before, after) => {
    expect(setCustom('plan', text, before)).toEqual({ custom_data: { plan: after } });
  });
});
