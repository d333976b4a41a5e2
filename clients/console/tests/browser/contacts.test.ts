/** Contacts in the console, in a real browser against a real server. */

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { violations } from './axe.ts';
import { Desk, write } from './desk.ts';

let desk: Desk;

// More than a page of the list, or two.
const MANY = 130;

beforeAll(async () => {
  desk = await Desk.open();
  const rows = Array.from({ length: MANY }, (_, index) => `crowd-${index + 1},Member ${index + 1},crowd@example.com`);
  await desk.imports(['user_id,name,email', ...rows].join('\n'));
});
afterAll(() => desk.end());
afterEach(() => desk.clear());

const row = (name: string) => `.contact-row:has-text("${name}")`;

async function toContacts(page: Page): Promise<void> {
  await page.click('.door >> text=Contacts');
  await page.waitForSelector('.contact-row[role=option]');
}

describe('the contacts', () => {
  test('are a place of their own: by the rail, by key, and after a reload', async () => {
    const page = await desk.agent('ben');
    await toContacts(page);
    expect(new URL(page.url()).hash).toBe('#/contacts');
    await page.reload();
    await page.waitForSelector('.contact-row[role=option]');
    expect(await page.getAttribute('.door:has-text("Contacts")', 'aria-current')).toBe('page');
    await page.keyboard.press('i');
    await page.waitForSelector('.views');
    await page.keyboard.press('c');
    await page.waitForSelector('.contact-row[role=option]');
    await page.goBack();
    await page.waitForSelector('.views');
    expect(desk.troubles).toEqual([]);
  });

  test('are listed newest first, fetched as one scrolls, and only those in sight are in the page', async () => {
    const page = await desk.agent('ben');
    await toContacts(page);
    const names = () => page.locator('.contact-row .row-name bdi').allTextContents();
    expect((await names()).length).toBeLessThan(40);
    const seen = new Set<string>();
    const scrollDown = async () => {
      for (const name of await names()) seen.add(name);
      await page.locator('.rows').evaluate((list) => list.scrollBy(0, 400));
      return seen.has('Member 1');
    };
    await expect.poll(scrollDown, { timeout: 20_000, interval: 30 }).toBe(true);
    const members = [...seen].filter((name) => name.startsWith('Member '));
    expect(members).toHaveLength(MANY);
    const { items } = await desk.server.asBackend<{ items: { name: string }[] }>('GET', '/v1/contacts?limit=200');
    expect([...seen]).toEqual(items.slice(0, seen.size).map(({ name }) => name));
    expect(desk.troubles).toEqual([]);
  });

  test('open their thread, though nothing was said yet; it can begin there', async () => {
    await desk.server.asBackend('POST', '/v1/contacts', { user_id: 'quiet', name: 'Quiet Person', company: 'Hush' });
    const page = await desk.agent('ben');
    await toContacts(page);
    await page.click(row('Quiet Person'));
    await page.waitForSelector('.whose:has-text("Quiet Person")');
    await page.waitForSelector('.profile >> text=Hush');
    await write(page, 'Welcome!');
    await page.waitForSelector('.bubble >> text=Welcome!');
    await page.reload();
    await page.waitForSelector('.bubble >> text=Welcome!');
    await page.waitForSelector('.contact-row[aria-selected=true]:has-text("Quiet Person")');
    await page.locator('.items').press('Escape');
    await page.waitForSelector('.whose', { state: 'detached' });
    expect(new URL(page.url()).hash).toBe('#/contacts');
    expect(desk.troubles).toEqual([]);
  });

  test('are gone through by keyboard, and those with the same e-mail are a step away', async () => {
    for (const number of [1, 2]) {
      const twin = { user_id: `twin-${number}`, name: `Twin ${number}`, email: 'twins@example.com' };
      await desk.server.asBackend('POST', '/v1/contacts', twin);
    }
    const page = await desk.agent('ben');
    await toContacts(page);
    await page.keyboard.press('j');
    await page.waitForSelector(`${row('Twin 2')}[aria-selected=true]`);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.whose:has-text("Twin 2")');
    await page.click('.people >> text=Twin 1');
    await page.waitForSelector('.whose:has-text("Twin 1")');
    await page.waitForSelector(`${row('Twin 1')}[aria-selected=true]`);
    expect(desk.troubles).toEqual([]);
  });

  test('that can’t be fetched are asked for again', async () => {
    const page = await desk.agent('ben');
    await page.context().setOffline(true);
    await page.click('.door >> text=Contacts');
    await page.waitForSelector('.contacts >> text=The server can’t be reached');
    await page.context().setOffline(false);
    await page.click('.contacts >> text=Try again');
    await page.waitForSelector('.contact-row[role=option]');
  });

  test('on a phone are a list, then the thread', async () => {
    const page = await desk.agent('ben', { viewport: { width: 390, height: 760 }, hasTouch: true, isMobile: true });
    await page.tap('.door >> text=Contacts');
    await page.tap(row('Member'));
    await page.waitForSelector('.composer');
    expect(await page.locator('.contacts').isVisible()).toBe(false);
    await page.tap('[aria-label="Back to the list"]');
    await page.waitForSelector('.contact-row[role=option]');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });
});

describe('axe finds nothing to object to', () => {
  test.each(['light', 'dark'] as const)('%s: the contacts, alone and beside a thread', async (colorScheme) => {
    const page = await desk.agent('ana', { colorScheme, bypassCSP: true });
    await toContacts(page);
    expect(await violations(page)).toEqual([]);
    await page.click(row('Member'));
    await page.waitForSelector('.composer');
    expect(await violations(page)).toEqual([]);
  });
});
