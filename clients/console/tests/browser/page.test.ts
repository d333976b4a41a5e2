/** The console as a page: long lists, phones, languages, and what axe says of it. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import type { Client } from '../../../client/src/index.ts';
import { violations } from './axe.ts';
import { Desk, logIn, openThread, until, write } from './desk.ts';

let desk: Desk;

beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.end());
afterEach(() => desk.clear());
const texts = (client: Client) => client.messages.map(({ text }) => text);

describe('the page', () => {
  test('keeps only what is in sight of a long list and a long thread, and comes to all of it', async () => {
    const long = await desk.customer('Long Story');
    for (let number = 1; number <= 130; number++) long.send(`line ${number}`);
    await until(long, () => long.outbox.length === 0);
    const page = await desk.agent('ana');
    await openThread(page, 'Long Story');
    await page.waitForSelector('.bubble >> text=line 130');
    expect(await page.locator('.bubble').count()).toBeLessThan(60);
    const scrollUp = async () => {
      await page.locator('.items').evaluate((list) => (list.scrollTop = 0));
      return page.locator('.bubble', { hasText: /^line 1$/ }).count();
    };
    await expect.poll(scrollUp).toBe(1);
    // What comes while one reads far up leaves one there, and says so.
    await long.send('one more').acked;
    await page.waitForSelector('.new-below');
    expect(await page.locator('.bubble', { hasText: /^line 1$/ }).count()).toBe(1);
    await page.click('.new-below');
    await page.waitForSelector('.bubble >> text=one more');
    await page.waitForSelector('.new-below', { state: 'detached' });
    expect(desk.troubles).toEqual([]);
  });

  test('leaves whoever scrolls up there, even while the list goes to its end', async () => {
    const long = await desk.customer('Fast Reader');
    for (let number = 1; number <= 45; number++) long.send(`line ${number}`);
    await until(long, () => long.outbox.length === 0);
    const page = await desk.agent('ana');
    await page.evaluate(() => {
      const observer = new MutationObserver(() => {
        const last = [...document.querySelectorAll('.bubble')].find(({ textContent }) => textContent === 'line 45');
        if (!last) return;
        observer.disconnect();
        document.querySelector('.items')!.scrollTop -= 700;
      });
      observer.observe(document.body, { childList: true, subtree: true });
    });
    await openThread(page, 'Fast Reader');
    await expect.poll(() => page.locator('.bubble', { hasText: /^line 45$/ }).count()).toBe(0);
    await long.send('one more').acked;
    await page.waitForSelector('.new-below');
    await page.click('.new-below');
    await page.waitForSelector('.bubble >> text=one more');
    expect(desk.troubles).toEqual([]);
  });

  test('on a phone is the list, then the thread, then its customer', async () => {
    await (await desk.customer('Pocket Reader')).send('Hello').acked;
    const phone = { viewport: { width: 390, height: 760 }, hasTouch: true, isMobile: true, bypassCSP: true };
    const page = await desk.agent('ben', phone);
    await page.waitForSelector('.inbox-row:has-text("Pocket Reader")');
    expect(await violations(page)).toEqual([]);
    await page.tap('.inbox-row:has-text("Pocket Reader")');
    await page.waitForSelector('.composer');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Close', exact: true }).waitFor();
    expect(await page.locator('.list').isVisible()).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await page.tap('[aria-label="Show details"]');
    expect(await page.locator('.profile').boundingBox()).toMatchObject({ x: 0, width: 390 });
    await page.tap('.profile .shut');
    await page.tap('[aria-label="Back to the list"]');
    expect(await page.locator('.list').isVisible()).toBe(true);
  });

  test('speaks Ukrainian, and from right to left everything is the other way round', async () => {
    await (await desk.customer('Mirror Image')).send('Hello').acked;
    const page = await desk.agent('ben', { locale: 'uk-UA' });
    await page.waitForSelector('.views >> text=Відкриті');
    await openThread(page, 'Mirror Image');
    const left = async (selector: string) => (await page.locator(selector).boundingBox())!.x;
    expect(await left('.rail')).toBeLessThan(await left('.list'));
    await page.evaluate(() => (document.documentElement.dir = 'rtl'));
    for (const [one, other] of [
      ['.pane', '.list'],
      ['.list', '.rail'],
      ['.profile', '.pane'],
      ['.send', '.composer textarea'],
      ['.inbox-row time >> nth=0', '.inbox-row .avatar >> nth=0'],
    ] as const) {
      expect(await left(one), `${one} is left of ${other}`).toBeLessThan(await left(other));
    }
  });
});

describe('axe finds nothing to object to', () => {
  test.each(['light', 'dark'] as const)('%s: login, list, thread, menus', async (colorScheme) => {
    const name = `Axel ${colorScheme}`;
    const axel = await desk.customer(name, { custom_data: { plan: 'gold' } });
    await axel.send('see https://a.example').acked;
    const page = await desk.door({ colorScheme, bypassCSP: true });
    expect(await violations(page)).toEqual([]);
    await logIn(page, 'ana@demo.test');
    await page.waitForSelector('.inbox-row');
    expect(await violations(page)).toEqual([]);
    await openThread(page, name);
    await write(page, 'Hello');
    await until(axel, () => texts(axel).includes('Hello'));
    await page.click('.modes >> text=Note');
    await write(page, 'a note');
    axel.typing();
    await page.waitForSelector('.typists span');
    await page.hover('.said[data-is=note]');
    await page.click('.said[data-is=note] [aria-label="Edit or delete"]');
    await page.locator('.items').press('e');
    await page.waitForSelector('.happened');
    expect(await violations(page)).toEqual([]);
    await page.click('.assign .popper-button');
    expect(await violations(page)).toEqual([]);
    await page.click('.own .popper-button');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.waitForSelector('dialog[open]');
    expect(await violations(page)).toEqual([]);
  });
});
