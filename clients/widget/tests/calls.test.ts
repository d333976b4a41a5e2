/** What pages call, and what they are told: without a browser. */

import { afterEach, describe, expect, test, vi } from 'vitest';

import { callsOf } from '../src/calls.ts';
import { quoted } from '../src/given.ts';
import { Listeners } from '../src/listeners.ts';
import type { Widget } from '../src/widget.ts';

afterEach(() => vi.restoreAllMocks());

describe('the function that pages call', () => {
  /** A widget that notes what is asked of it; `init` ends when it is told to. */
  function noting() {
    const notes: unknown[] = [];
    let begin = () => {};
    const widget = {
      listeners: new Listeners(),
      init: () => new Promise<void>((resolve) => (begin = resolve)),
      arrived: () => Promise.resolve(),
      login: (user: unknown) => notes.push(['login', user]),
      // Offline: it takes until there is a connection.
      updateData: () => new Promise(() => {}),
      logOut: async () => {
        await Promise.resolve();
        notes.push('logged out');
      },
      setShown: (shown: boolean) => notes.push(['shown', shown]),
      say: (text: string) => {
        if (text === 'long') throw new Error('a text has 1 to 10000 characters, not 10001');
        notes.push(['said', text]);
      },
      draft: { value: '' },
      setOpen: () => notes.push('open'),
      setLocalization: () => notes.push('localized'),
      track: (...given: unknown[]) => notes.push(['track', ...given]),
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
    [['init', 'acme', { applicationId: 'x', applicationSecret: 's' }], 'applicationId: "x" is no number'],
    [['init', 'acme', { applicationId: 1 }], 'applicationSecret is missing'],
    [['init', 'acme', { ...settings, title: { a: 1 } }], 'title: a map is no text'],
    [['init', 'acme', { ...settings, color: 5 }], 'color: 5 is no text'],
    [['init', 'acme', { ...settings, locale: null }], 'locale: null is no text'],
    [['init', 'acme', { ...settings, profile: {} }], 'profile: a map is no text'],
    [['init', 'acme', { ...settings, device: 'x' }], 'device: "x" is no map'],
    [['init', 'acme', { ...settings, position: 'top' }], 'position: "top" is neither "left" nor "right"'],
    [['init', 'acme', { ...settings, token: 5 }], 'token: it is neither a text nor a function'],
    [['fly'], 'fly: there is no such method'],
    [['constructor'], 'constructor: there is no such method'],
  ])('%j is said in the console, and breaks no page', async (given, message) => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    noting().call(...(given as [string]));
    await vi.waitFor(() => expect(said.mock.calls.flat().join(' ')).toContain(message));
  });

  test('a call that fails is said, and the next one comes all the same', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { notes, call, begin } = noting();
    call('init', 'acme', settings);
    call('sendUserMessage', 'long');
    call('showChatWidget');
    begin();
    await vi.waitFor(() => expect(notes).toContainEqual(['shown', true]));
    expect(said.mock.calls.flat().join(' ')).toContain('sendUserMessage: a text has');
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
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { call, begin } = noting();
    const told: Record<string, unknown> = {};
    const noted = (name: string) => (outcome: unknown) => (told[name] = outcome);
    call('init', 'acme', settings, noted('init'));
    begin();
    call('userAuth', { user_id: '1' }, noted('userAuth'));
    call('sendUserMessage', 'long', noted('sendUserMessage'));
    const message = 'a text has 1 to 10000 characters, not 10001';
    await vi.waitFor(() =>
      expect(told).toEqual({
        init: { success: true },
        userAuth: { success: true },
        sendUserMessage: { success: false, message },
      }),
    );
  });

  test.each([
    [['sendUserMessage', 42], 'text: 42 is no text'],
    [['sendUserMessage'], 'text: undefined is no text'],
    [['sendUserMessage', ''], 'text: it is empty'],
    [['sendUserMessage', ['a']], 'text: a list is no text'],
    [['typeUserMessage'], 'text: undefined is no text'],
    [['typeUserMessage', { text: 'a' }], 'text: a map is no text'],
    [['userAuth'], 'user: undefined is no map'],
    [['userAuth', 'bob'], 'user: "bob" is no map'],
    [['userAuth', {}], 'user: it has neither user_id nor token'],
    [['userAuth', { name: 'Bob' }], 'user: it has neither user_id nor token'],
    [['updateUser', null], 'user: null is no map'],
    [['updateUser', { nmae: 'Bob' }], 'user: it has none of user_id, name, email, phone, company, custom_data'],
    [['updateUserData', ['a']], 'data: a list is no map'],
    [['trackEvent'], 'name: undefined is no text'],
    [['trackEvent', ''], 'name: it is empty'],
    [['trackEvent', 'bought', { lamp: { id: 1 } }], 'data: lamp: a map is no text, number or boolean'],
    [['setLocalization', null], 'locale: null is no text'],
    [['setLocalization', 'de', null], 'strings: null is no map'],
  ])('%j is refused by the name of what is wrong, and changes nothing', async (given, message) => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { notes, call, begin } = noting();
    const told: unknown[] = [];
    call('init', 'acme', settings);
    begin();
    // A callback is the last argument, whichever were forgotten before it.
    call(...(given as [string]), (outcome: unknown) => told.push(outcome));
    await vi.waitFor(() => expect(told).toEqual([{ success: false, message }]));
    expect(said.mock.calls).toEqual([[`Onethread: ${given[0] as string}: ${message}`]]);
    expect(notes).toEqual(['start']);
  });

  test('no error shows what is in a map, or the whole of a long text', () => {
    expect(quoted({ security_hash: 'secret' })).toBe('a map');
    expect(quoted('x'.repeat(100))).toBe(`"${'x'.repeat(40)}…"`);
    expect([quoted(null), quoted(7), quoted(() => 1)]).toEqual(['null', '7', 'a function']);
  });

  test('what is right goes through, without the callback', async () => {
    const { notes, call, begin } = noting();
    const done = () => {};
    call('init', 'acme', settings);
    begin();
    call('trackEvent', 'bought', { lamp: 'Aften', price: 90, gift: true, card: null }, done);
    call('trackEvent', 'looked', done);
    call('sendUserMessage', 'hi', done);
    await vi.waitFor(() =>
      expect(notes).toEqual([
        'start',
        ['track', 'bought', { lamp: 'Aften', price: 90, gift: true, card: null }],
        ['track', 'looked', undefined],
        ['said', 'hi'],
      ]),
    );
  });

  test('an init that was wrong may be made right', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { notes, call, begin } = noting();
    call('showChatWidget');
    call('init', 'acme', { ...settings, user: 'bob' });
    await vi.waitFor(() => expect(said).toHaveBeenCalledWith('Onethread: init: user: "bob" is no map'));
    call('init', 'acme', settings);
    begin();
    await vi.waitFor(() => expect(notes).toEqual(['start', ['shown', true]]));
  });

  test('an event without a function to call is refused at once', () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    noting().call('onReady');
    expect(said).toHaveBeenCalledWith('Onethread: onReady: the function to call is missing');
  });

  test('who asks for onReady after it is told at once', () => {
    const listeners = new Listeners();
    listeners.tell('onReady', undefined);
    const told = vi.fn();
    listeners.add('onReady', told);
    expect(told).toHaveBeenCalledOnce();
  });
});
