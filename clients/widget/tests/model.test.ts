/** What pages give and call, and how a thread is laid out: without a browser. */

import type { Message } from '@onethread/client';
import { describe, expect, test, vi } from 'vitest';

import { callsOf } from '../src/calls.ts';
import { Listeners } from '../src/listeners.ts';
import { profileOf, userOf } from '../src/user.ts';
import { wrong } from '../src/view/prechat.tsx';
import { rowsOf } from '../src/view/rows.ts';
import type { Widget } from '../src/widget.ts';

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

describe('the function that pages call', () => {
  /** A widget that notes what is asked of it; `init` ends when it is told to. */
  function noting() {
    const notes: unknown[] = [];
    let begin = () => {};
    const widget = {
      listeners: new Listeners(),
      init: () => new Promise<void>((resolve) => (begin = resolve)),
      login: (user: unknown) => notes.push(['login', user]),
      // Offline: it takes until there is a connection.
      updateData: () => new Promise(() => {}),
      logOut: async () => {
        await Promise.resolve();
        notes.push('logged out');
      },
      setShown: (shown: boolean) => notes.push(['shown', shown]),
      send: () => {
        throw new Error('a text has 1 to 10000 characters, not 0');
      },
    };
    return { notes, call: callsOf(widget as unknown as Widget, () => notes.push('start')), begin: () => begin() };
  }
  const settings = { applicationId: 1, applicationSecret: 's' };

  test('calls before and during init wait for it, and come in order', async () => {
    const { notes, call, begin } = noting();
    call('showChatWidget');
    call('init', 'acme', settings);
    call('userAuth', { user_id: '1' });
    expect(notes).toEqual(['start']);
    begin();
    await vi.waitFor(() => expect(notes).toEqual(['start', ['shown', true], ['login', { user_id: '1' }]]));
  });

  test.each([
    [['init'], 'the organization is missing'],
    [['init', 'acme', { applicationSecret: 's' }], 'applicationId: undefined is no number'],
    [['init', 'acme', { applicationId: 'x', applicationSecret: 's' }], 'applicationId: x is no number'],
    [['init', 'acme', { applicationId: 1 }], 'applicationSecret is missing'],
    [['fly'], 'fly: there is no such method'],
    [['constructor'], 'constructor: there is no such method'],
  ])('%j is said in the console, and breaks no page', async (given, message) => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    noting().call(...(given as [string]));
    await vi.waitFor(() => expect(said.mock.calls.flat().join(' ')).toContain(message));
    said.mockRestore();
  });

  test('a call that fails is said, and the next one comes all the same', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { notes, call, begin } = noting();
    call('init', 'acme', settings);
    call('sendUserMessage', '');
    call('showChatWidget');
    begin();
    await vi.waitFor(() => expect(notes).toContainEqual(['shown', true]));
    expect(said.mock.calls.flat().join(' ')).toContain('sendUserMessage: a text has');
    said.mockRestore();
  });

  test('one that waits for a connection keeps none from happening, but what follows a logout follows it', async () => {
    const { notes, call, begin } = noting();
    call('init', 'acme', settings);
    begin();
    call('updateUserData', { plan: 'pro' });
    call('logout');
    call('userAuth', { user_id: '2' });
    await vi.waitFor(() => expect(notes).toEqual(['start', 'logged out', ['login', { user_id: '2' }]]));
  });

  test('a callback is told how it went', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { call, begin } = noting();
    const told: unknown[] = [];
    call('init', 'acme', settings, (outcome: unknown) => told.push(outcome));
    begin();
    call('userAuth', { user_id: '1' }, (outcome: unknown) => told.push(outcome));
    call('sendUserMessage', '', (outcome: unknown) => told.push(outcome));
    const message = 'a text has 1 to 10000 characters, not 0';
    await vi.waitFor(() => expect(told).toEqual([{ success: true }, { success: true }, { success: false, message }]));
    said.mockRestore();
  });

  test('who asks for onReady after it is told at once', () => {
    const listeners = new Listeners();
    listeners.tell('onReady', undefined);
    const told = vi.fn();
    listeners.add('onReady', told);
    expect(told).toHaveBeenCalledOnce();
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
