/** What the widget makes of texts, times and languages. */

import { describe, expect, test } from 'vitest';

import { dayOf, timeOf } from '../src/dates.ts';
import { tooMany } from '../src/length.ts';
import { pieces } from '../src/links.ts';
import { en } from '../src/strings/en.ts';
import { badge, counted, fill, wordsOf } from '../src/strings/index.ts';
import { uk } from '../src/strings/uk.ts';

test('a text is too long by its characters, not by what they are made of', () => {
  expect([tooMany(''), tooMany('x'.repeat(10_000)), tooMany('😀'.repeat(10_000))]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect([tooMany('x'.repeat(10_001)), tooMany('😀'.repeat(10_001))]).toEqual([10_001, 10_001]);
});

describe('links', () => {
  const links = (text: string) => pieces(text).flatMap(({ text, href }) => (href ? [[text, href]] : []));

  test.each([
    ['see https://a.example/x?y=1#z now', [['https://a.example/x?y=1#z', 'https://a.example/x?y=1#z']]],
    ['Is it (https://a.example/x)?', [['https://a.example/x', 'https://a.example/x']]],
    ['https://a.example/x_(y).', [['https://a.example/x_(y)', 'https://a.example/x_(y)']]],
    [
      'www.a.example, or me@a.example!',
      [
        ['www.a.example', 'https://www.a.example'],
        ['me@a.example', 'mailto:me@a.example'],
      ],
    ],
    ['HTTPS://A.EXAMPLE', [['HTTPS://A.EXAMPLE', 'HTTPS://A.EXAMPLE']]],
    ['javascript:alert(1) data:text/html,x file:///etc', []],
    ['<a href="https://a.example">', [['https://a.example', 'https://a.example']]],
    ['nothing to click', []],
    // A name before the host reads like a host.
    ['https://bank.example:x@a.example http://javascript:alert(1)@a.example', []],
    ['https:// http://[ www.', []],
    // What turns a text around, or is not seen, is no part of an address.
    ['https://a.example/\u202egpj.exe', [['https://a.example/', 'https://a.example/']]],
    ['https://a.example/x\u200b\u2066y', [['https://a.example/x', 'https://a.example/x']]],
  ])('%s', (text, expected) => {
    expect(links(text)).toEqual(expected);
  });

  test('no character of a text is lost or added', () => {
    for (const text of ['', 'a', 'https://a.example.', '((https://x.y)) me@x.yz, www.z www. http://', '\n www.a.b\n']) {
      expect(
        pieces(text)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(text);
    }
  });
});

describe('times', () => {
  const now = new Date(2026, 2, 5, 14, 5).getTime();
  const day = 86_400_000;

  test('the day above a message', () => {
    expect(dayOf(now - 3_600_000, 'en', now)).toBe('Today');
    expect(dayOf(now - day, 'en', now)).toBe('Yesterday');
    expect(dayOf(now - 2 * day, 'en', now)).toBe('Tuesday, March 3');
    expect(dayOf(now - 400 * day, 'en', now)).toMatch(/2025/);
    expect(dayOf(now, 'uk', now)).toBe('Сьогодні');
  });

  test('the time in it, as the language writes it', () => {
    expect(timeOf(now, 'uk')).toBe('14:05');
    expect(timeOf(now, 'en')).toMatch(/2:05.PM/);
  });
});

describe('languages', () => {
  test('every language has every string, with what is filled in', () => {
    const holes = (string: unknown) => [...JSON.stringify(string).matchAll(/\{\w+\}/g)].map(String).sort();
    expect(Object.keys(uk).sort()).toEqual(Object.keys(en).sort());
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      if (key !== 'unread') expect(holes(uk[key]), key).toEqual(holes(en[key]));
    }
  });

  test('numbers take the form that the language asks for', () => {
    const words = wordsOf('uk-UA');
    expect([1, 3, 5, 21].map((count) => counted(words, words.strings.unread, count))).toEqual([
      '1 непрочитане повідомлення',
      '3 непрочитані повідомлення',
      '5 непрочитаних повідомлень',
      '21 непрочитане повідомлення',
    ]);
    expect(badge(100)).toBe('99+');
  });

  test('a page brings a language of its own; what it leaves out is English, and the direction is right', () => {
    const words = wordsOf('ar', { write: 'اكتب رسالة' });
    expect([words.direction, words.locale, words.strings.write, words.strings.send]).toEqual([
      'rtl',
      'ar',
      'اكتب رسالة',
      en.send,
    ]);
  });

  test('a language that nobody has is English, from left to right', () => {
    expect(wordsOf('he')).toMatchObject({ locale: 'en', direction: 'ltr', strings: en });
    expect(wordsOf('no such language')).toMatchObject({ locale: 'en', strings: en });
    expect(wordsOf('uk_UA').strings).toEqual(uk);
  });

  test('what is not given stays as it is', () => {
    expect(fill('{name} and {other}', { name: '<b>' })).toBe('<b> and {other}');
  });
});
