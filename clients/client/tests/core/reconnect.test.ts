/** The reconnect column of WIRE.md section 7, `bye`, backoff, and who is thought to be there. */

import { describe, expect, test } from 'vitest';

import { Backoff } from '../../src/backoff.ts';
import type { Bye, ServerError } from '../../src/frames.ts';
import { Liveness } from '../../src/liveness.ts';
import { Reconnect, type Ended } from '../../src/reconnect.ts';
import { Renewal } from '../../src/renewal.ts';
import { error } from './builders.ts';

const policy = (random = 1) => new Reconnect(() => random);
const ended = (code: number, more: Partial<Ended> = {}): Ended => ({ code, lasted: 0, ...more });
const bye = (reconnect: boolean, reason = 'restart'): Bye => ({ t: 'bye', reason, reconnect, after_ms: 4_000 }) as Bye;
const failed = (code: number, reason: string, more = {}) => error(code, reason, more) as unknown as ServerError;

describe('close codes', () => {
  test.each([1000, 1003, 4400, 4401, 4403])('%i: not by itself, nor by a message typed', (code) => {
    expect(policy().after(ended(code), true, true)).toMatchObject({ code, sending: false });
  });

  test.each([1001, 1005, 1006, 1009, 1011, 1012, 4408, 4430, 4999])('%i: with backoff', (code) => {
    expect(policy().after(ended(code), false, false)).toEqual({ delay: 500, eager: true });
  });

  test('4401 of an expired token: with a fresh one, if it can be had', () => {
    const expired = ended(4401, { error: failed(401, 'token_expired') });
    expect(policy().after(expired, true, true)).toEqual({ delay: 500, eager: true });
    expect(policy().after(expired, true, false)).toMatchObject({ reason: 'token_expired: A sentence.' });
    expect(policy().after(ended(4401, { error: failed(401, 'bad_credentials') }), true, true)).toHaveProperty('reason');
  });

  test('4409: with a user_id; without one when a person acts', () => {
    expect(policy().after(ended(4409), true, false)).toHaveProperty('delay');
    expect(policy().after(ended(4409), false, false)).toMatchObject({ sending: true });
  });

  test('4429: later, spread, never sooner than asked, and no sign of life makes it sooner', () => {
    const limited = ended(4429, { error: failed(429, 'rate_limited', { retry_after_ms: 20_000 }) });
    expect(policy(0).after(limited, true, true)).toEqual({ delay: 20_000, eager: false });
    expect(policy(1).after(ended(4429), true, true)).toEqual({ delay: 30_000, eager: false });
  });
});

describe('bye', () => {
  test('is obeyed whatever code follows: after `after_ms`, spread at random, never sooner', () => {
    expect(policy(0).after(ended(1012, { bye: bye(true) }), true, true)).toEqual({ delay: 4_000, eager: false });
    expect(policy(1).after(ended(1006, { bye: bye(true) }), true, true)).toEqual({ delay: 6_000, eager: false });
  });

  test('that forbids it is obeyed, too', () => {
    expect(policy().after(ended(1012, { bye: bye(false) }), true, true)).toHaveProperty('reason');
    expect(policy().after(ended(1000, { bye: bye(true, 'logout') }), true, true)).toMatchObject({ reason: 'logout' });
  });
});

describe('backoff', () => {
  test('doubles to 30 s, of which a random half to whole is waited', () => {
    const most = new Backoff(() => 1);
    expect(Array.from({ length: 9 }, () => most.next())).toEqual([500, 1e3, 2e3, 4e3, 8e3, 16e3, 30e3, 30e3, 30e3]);
    expect(new Backoff(() => 0).next()).toBe(250);
  });

  test('begins anew after a connection that lasted, or a sign that it may work now', () => {
    const one = policy();
    one.after(ended(1006), true, true);
    expect(one.after(ended(1006), true, true)).toMatchObject({ delay: 1_000 });
    expect(one.after(ended(1006, { lasted: 10_000 }), true, true)).toMatchObject({ delay: 500 });
    one.hopeful();
    expect(one.after(ended(1006), true, true)).toMatchObject({ delay: 500 });
  });
});

describe('liveness (6.5 and 6.10)', () => {
  test('a socket that does not open is given up after 10 s, one without ready 20 s after init', () => {
    const alive = new Liveness(0);
    expect([alive.due(9_999), alive.due(10_000)]).toEqual([undefined, 'give_up']);
    const opened = new Liveness(0);
    opened.opened(1_000);
    expect([opened.due(20_999), opened.due(21_000)]).toEqual([undefined, 'give_up']);
  });

  test('after a heartbeat of silence it pings, and 5 s later it gives up', () => {
    const alive = new Liveness(0);
    alive.ready(25_000, 0);
    expect([alive.due(24_999), alive.due(25_000), alive.due(29_999), alive.due(30_000)]).toEqual([
      undefined,
      'ping',
      undefined,
      'give_up',
    ]);
  });

  test('anything heard is a sign of life', () => {
    const alive = new Liveness(0);
    alive.ready(25_000, 0);
    alive.due(25_000);
    alive.heard(29_000);
    expect([alive.due(30_000), alive.deadline]).toEqual([undefined, 54_000]);
  });

  test('a doubt asks at once, unless something was heard just now or is being asked', () => {
    const alive = new Liveness(0);
    alive.ready(25_000, 0);
    alive.doubt(999);
    expect(alive.due(999)).toBeUndefined();
    alive.doubt(1_000);
    expect(alive.due(1_000)).toBe('ping');
    alive.doubt(3_000);
    expect([alive.due(5_999), alive.due(6_000)]).toEqual([undefined, 'give_up']);
  });
});

describe('renewal of tokens', () => {
  test('a minute before the end, or at half of a life shorter than two', () => {
    const renewal = new Renewal(new Backoff(() => 1));
    renewal.given(3_600_000, 1_000);
    expect(renewal.deadline).toBe(3_541_000);
    renewal.given(90_000, 0);
    expect(renewal.deadline).toBe(45_000);
    renewal.given(undefined, 0);
    expect(renewal.deadline).toBe(Infinity);
  });

  test('a life longer than a timer can hold is looked at again in time', () => {
    const renewal = new Renewal(new Backoff(() => 1));
    renewal.given(180 * 86_400_000, 0);
    expect(renewal.deadline).toBeLessThan(2 ** 31);
  });
});
