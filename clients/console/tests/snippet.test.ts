/** What a website is given to have the chat. */

import { runInNewContext } from 'node:vm';

import { expect, test } from 'vitest';

import { aliasTag, snippet, type Name } from '../src/core/snippet.ts';

const APP = { server: 'https://chat.example.com', org: 'acme', appId: 7, appSecret: 'a secret' };

/** Runs a page's scripts as a browser does, and loads the widget's; answers the calls that wait for it. */
function run(page: string) {
  const scripts: { src?: string; alias?: string }[] = [];
  const window = { addEventListener: (_: string, load: () => void) => load() } as Record<string, unknown>;
  const document = {
    createElement: () => ({
      setAttribute(this: { alias?: string }, _: string, value: string) {
        this.alias = value;
      },
    }),
    head: { appendChild: (script: object) => scripts.push(script) },
  };
  const inside = [...page.matchAll(/<script>(.*?)<\/script>/gs)].map(([, code]) => code);
  for (const code of inside) runInNewContext(code!, Object.assign(window, { window, document }));
  return {
    scripts,
    calls: (name: Name) => (window[name] as { q: ArrayLike<unknown>[] }).q.map((call) => [...Array.from(call)]),
  };
}

test.each(['Onethread', 'HelpCrunch'] as const)('%s is called with the app, before its script is there', (name) => {
  const { scripts, calls } = run(snippet(APP, name, false));
  expect(calls(name)).toEqual([
    ['init', 'acme', { applicationId: 7, applicationSecret: 'a secret' }],
    ['showChatWidget'],
  ]);
  expect(scripts).toMatchObject([{ src: 'https://chat.example.com/widget.js' }]);
  expect(scripts[0]?.alias).toBe(name === 'HelpCrunch' ? 'HelpCrunch' : undefined);
});

test('with whoever is logged in', () => {
  const [init] = run(snippet(APP, 'Onethread', true)).calls('Onethread');
  const fields = ['user_id', 'name', 'email', 'security_hash'];
  expect(Object.keys((init![2] as { user: object }).user)).toEqual(fields);
});

test.each(["it's", 'back\\slash', '</script><script>alert(1)</script>', 'a\nb', '<!--', 'a\u2028b', '"&amp;'])(
  'a secret such as %j stays one, and ends nothing',
  (appSecret) => {
    const text = snippet({ ...APP, appSecret }, 'Onethread', false);
    expect(text.match(/<\/script>/g)).toHaveLength(2);
    const [init] = run(text).calls('Onethread');
    expect(init![2]).toEqual({ applicationId: 7, applicationSecret: appSecret });
  },
);

test('pages that have HelpCrunch’s snippet change one tag', () => {
  expect(aliasTag('https://chat.example.com')).toBe(
    '<script async src="https://chat.example.com/widget.js" data-alias="HelpCrunch"></script>\n',
  );
});
