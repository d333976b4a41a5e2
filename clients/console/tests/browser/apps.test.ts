/** Apps seen to in the settings, and what their snippets do on a page: in a real browser, against a real server. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';

import { violations } from './axe.ts';
import { Desk } from './desk.ts';

let desk: Desk;

beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.end());
afterEach(() => desk.clear());

const SMALL = { viewport: { width: 390, height: 760 }, hasTouch: true, isMobile: true };
const app = (page: Page, name: string) => page.locator('.app', { hasText: name });

async function apps(options: object = {}): Promise<Page> {
  const page = await desk.agent('ana', options);
  await page.click('.rail >> text=Settings');
  await page.click('.views >> text=Apps');
  await page.waitForSelector('.app');
  return page;
}

async function add(page: Page, name: string, origins: string) {
  await page.click('text=Add an app');
  await page.fill('dialog [name=name]', name);
  await page.fill('dialog [name=origins]', origins);
}

/** A company's page with this in it. */
async function site(body: string): Promise<string> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8').end(`<!doctype html><title>A shop</title>${body}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test.each(['Onethread', 'HelpCrunch'] as const)(
  'a page with the snippet of a new app can write, as %s',
  async (name) => {
    const ana = await apps({ permissions: ['clipboard-read', 'clipboard-write'] });
    await add(ana, `Shop of ${name}`, 'loopback');
    await ana.keyboard.press('Enter');
    const mine = app(ana, `Shop of ${name}`);
    await mine.locator('text=Install').click();
    if (name === 'HelpCrunch') {
      await mine.locator('text=In place of HelpCrunch').click();
      expect(await mine.locator('pre').first().textContent()).toContain('data-alias="HelpCrunch"');
    }
    await mine.locator('text="Copy"').last().click();
    await mine.locator('text=Copied').waitFor();
    const copied = await ana.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain(`${name}('init', 'demo'`);

    const shop = await (await desk.browser.newContext()).newPage();
    onTestFinished(() => shop.context().close());
    await shop.goto(await site(copied));
    const text = `Hello from the page of ${name}`;
    await shop.evaluate(
      ([name, text]) => {
        const call = (window as unknown as Record<string, (...given: string[]) => void>)[name!]!;
        call('sendUserMessage', text!);
      },
      [name, text],
    );
    await ana.click('.rail >> text=Inbox');
    await ana.waitForSelector(`.inbox-row >> text=${text}`);
    expect(desk.troubles).toEqual([]);
  },
);

test('one is added with what visitors are asked, its secret shown when asked for, and removed', async () => {
  const ana = await apps();
  await add(ana, 'Blog', 'not an origin');
  await ana.keyboard.press('Enter');
  await ana.waitForSelector('dialog .trouble >> text=`origins` must be origins');
  expect(await ana.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('origins');
  await ana.fill('dialog [name=origins]', 'https://blog.example, https://www.blog.example');
  await ana.selectOption('[name=email-asked]', 'optional');
  await ana.selectOption('[name=phone-asked]', 'required');
  await ana.selectOption('[name=name-asked]', '');
  await ana.click('dialog [type=submit]');
  const blog = app(ana, 'Blog');
  await blog.locator('text=https://blog.example, https://www.blog.example').waitFor();
  await blog.locator('text=E-mail (optional), Phone').waitFor();

  const { items } = await desk.server.asBackend<{ items: { name: string; app_secret: string }[] }>('GET', '/v1/apps');
  const { app_secret: secret } = items.find(({ name }) => name === 'Blog')!;
  expect(await blog.textContent()).not.toContain(secret);
  await blog.locator('text=Show').click();
  await blog.locator(`text=${secret}`).waitFor();
  await blog.locator('text=Hide').click();
  expect(await blog.textContent()).not.toContain(secret);

  await ana.click('[aria-label="Remove Blog"]');
  await ana.click('dialog >> text=Cancel');
  await ana.click('[aria-label="Remove Blog"]');
  await ana.click('dialog >> text="Remove"');
  await blog.waitFor({ state: 'detached' });
});

test.each(['light', 'dark'] as const)('%s: axe finds nothing, on a phone neither', async (colorScheme) => {
  for (const size of [{}, SMALL]) {
    const ana = await apps({ colorScheme, bypassCSP: true, ...size });
    await ana.locator('.app >> text=Install').first().click();
    await ana.click('text=How customers prove who they are');
    await ana.click('text=In place of HelpCrunch');
    expect(await violations(ana)).toEqual([]);
    const [width, inner] = await ana.evaluate(() => [document.querySelector('.page')!.scrollWidth, innerWidth]);
    expect(width).toBeLessThanOrEqual(inner!);
    await ana.click('text=Add an app');
    expect(await violations(ana)).toEqual([]);
  }
});
