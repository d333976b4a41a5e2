/** Users as pages give them, and how a thread is laid out: without a browser. */

import type { Message } from '@onethread/client';
import { describe, expect, test } from 'vitest';

import { profileOf, userOf } from '../src/user.ts';
import { wrong } from '../src/view/prechat.tsx';
import { rowsOf } from '../src/view/rows.ts';

describe('users as snippets write them', () => {
  test('a number is taken as the id that it is, and what is not known is left out', () => {
    const user = { user_id: 12345, email: 'd@a.example', name: null, phone: '', customData: { plan: 'pro' }, other: 1 };
    expect(userOf(user)).toEqual({ user_id: '12345', email: 'd@a.example', custom_data: { plan: 'pro' } });
  });

  test('nobody is nobody', () => {
    expect([userOf(undefined), userOf({}), userOf({ user_id: null })]).toEqual([undefined, undefined, undefined]);
  });

  test('null clears a field of the profile; what is not given stays', () => {
    expect(profileOf({ name: 'Dana', phone: null, user_id: '1', custom_data: { a: null } })).toEqual({
      name: 'Dana',
      phone: null,
      custom_data: { a: null },
    });
  });
});

describe('the pre-chat form', () => {
  const form = {
    fields: [
      { name: 'name', required: true },
      { name: 'email', required: true },
      { name: 'phone', required: false },
    ],
    values: {},
  };

  test.each([
    [
      { name: ' ', email: '' },
      { name: 'missing', email: 'missing' },
    ],
    [{ name: 'Dana', email: 'dana@' }, { email: 'badEmail' }],
    [{ name: 'Dana', email: 'dana@example' }, { email: 'badEmail' }],
    [{ name: 'Dana', email: ' dana@example.com ' }, {}],
  ])('%j', (values, expected) => {
    expect(wrong(form, values as Record<string, string>)).toEqual(expected);
  });
});

describe('rows', () => {
  const noon = new Date(2026, 2, 5, 12).getTime();
  const message = (minutes: number, mine: boolean, id = 'ag_1') =>
    ({ key: `${minutes}`, mine, at: noon + minutes * 60_000, from: { type: 'agent', id, name: id } }) as Message;
  const marks = (...messages: Message[]) =>
    rowsOf(messages).map(({ day, first, last }) =>
      [day && 'day', first && 'first', last && 'last'].filter(Boolean).join(' '),
    );

  test('what one person writes at a stretch is together', () => {
    expect(marks(message(0, true), message(1, true), message(2, false), message(3, false, 'ag_2'))).toEqual([
      'day first',
      'last',
      'first last',
      'first last',
    ]);
  });

  test('a pause and midnight part it', () => {
    expect(marks(message(0, true), message(6, true))).toEqual(['day first last', 'first last']);
    expect(marks(message(719, true), message(721, true))).toEqual(['day first last', 'day first last']);
  });
});
