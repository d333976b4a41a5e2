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

  test('are found by a beginning while one types, and a late answer to less changes nothing', async () => {
    await desk.imports('user_id,name\nlate-1,Quentin Early\nlate-2,Quincy Late');
    const page = await desk.agent('ben');
    await toContacts(page);
    let letGo = () => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    await page.route('**/v1/contacts?query=qu&*', async (route) => {
      await held;
      await route.continue();
    });
    await page.fill('.contacts [type=search]', 'qu');
    await page.waitForRequest(/query=qu&/);
    const late = page.waitForResponse(/query=qu&/);
    await page.fill('.contacts [type=search]', 'quinc');
    await page.waitForSelector(row('Quincy Late'));
    await page.waitForSelector(row('Quentin'), { state: 'detached' });
    letGo();
    await (await late).finished();
    // Behind the late answer: whatever it did is done.
    await page.waitForFunction(() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(true)))));
    expect(await page.locator('.contact-row[role=option]').count()).toBe(1);
    expect(new URL(page.url()).hash).toBe('#/contacts?query=quinc');
    await page.fill('.contacts [type=search]', 'nobody of that name');
    await page.waitForSelector('.contacts >> text=Nobody found for “nobody of that name”.');
    expect(desk.troubles).toEqual([]);
  });

  test('are found by one exact value, which a reload keeps', async () => {
    const csv = [
      'user_id,name,email,plan',
      'x-1,Xenia Gold,xg@example.com,gold',
      'x-11,Xaver Iron,xi@example.com,iron',
    ];
    await desk.imports(csv.join('\n'));
    const page = await desk.agent('ben');
    await toContacts(page);
    const names = () => page.locator('.contact-row .row-name bdi').allTextContents();
    await page.selectOption('.by', 'user_id');
    await page.keyboard.type('x-1');
    await expect.poll(names).toEqual(['Xenia Gold']);
    await page.selectOption('.by', 'email');
    await page.fill('.contacts [type=search]', 'XI@example.com');
    await expect.poll(names).toEqual(['Xaver Iron']);
    await page.selectOption('.by', 'custom');
    await page.fill('.custom-key', 'plan');
    await page.fill('.contacts [type=search]', 'gold');
    await expect.poll(names).toEqual(['Xenia Gold']);
    expect(new URL(page.url()).hash).toBe('#/contacts?custom.plan=gold');
    await page.reload();
    await expect.poll(names).toEqual(['Xenia Gold']);
    expect(await page.inputValue('.custom-key')).toBe('plan');
    await page.press('.contacts [type=search]', 'Enter');
    await page.waitForSelector('.whose:has-text("Xenia Gold")');
    await page.click('.contacts [aria-label=Dismiss]');
    await expect.poll(async () => (await names()).length).toBeGreaterThan(2);
    expect(await page.locator('.whose').textContent()).toContain('Xenia Gold');
    expect(desk.troubles).toEqual([]);
  });

  test('are told from visitors', async () => {
    const page = await desk.agent('ben');
    await toContacts(page);
    await page.click('.views >> text=Visitors');
    await page.waitForSelector('.contacts >> text=No visitor has written yet.');
    await page.click('.views >> text=Contacts');
    await page.waitForSelector('.contact-row[role=option]');
    expect(new URL(page.url()).hash).toBe('#/contacts?authenticated=true');
  });

  test('show a change of their profile at once', async () => {
    const ida = { user_id: 'ida', name: 'Ida Before' };
    const { id } = await desk.server.asBackend<{ id: string }>('POST', '/v1/contacts', ida);
    const page = await desk.agent('ben');
    await toContacts(page);
    await page.click(row('Ida Before'));
    await page.waitForSelector('.composer');
    await desk.server.asBackend('PATCH', `/v1/contacts/${id}`, { name: 'Ida After' });
    await page.waitForSelector(row('Ida After'));
    await page.locator('.items').press('Escape');
    await page.waitForSelector(row('Ida After'));
  });

  test('are gone from the list when they are erased', async () => {
    const eve = { user_id: 'eve', name: 'Eve Erased' };
    const { id } = await desk.server.asBackend<{ id: string }>('POST', '/v1/contacts', eve);
    const page = await desk.agent('ben');
    await toContacts(page);
    await page.click(row('Eve Erased'));
    await page.waitForSelector('.composer');
    await desk.server.asBackend('DELETE', `/v1/contacts/${id}`);
    await page.waitForSelector('.nothing >> text=does not exist any more');
    await page.waitForSelector(row('Eve Erased'), { state: 'detached' });
    expect(desk.troubles).toEqual([]);
  });

  test('are scrolled to where they were after a reload', async () => {
    const page = await desk.agent('ben');
    await toContacts(page);
    const offset = () => page.locator('.rows').evaluate((list) => list.scrollTop);
    const scrollDown = async () => {
      await page.locator('.rows').evaluate((list) => (list.scrollTop = 4_500));
      return offset();
    };
    await expect.poll(scrollDown).toBe(4_500);
    await page.reload();
    await expect.poll(offset).toBe(4_500);
    await page.waitForSelector('.contact-row[role=option]');
    expect(desk.troubles).toEqual([]);
  });

  test('are gone through by keyboard, and those with the same e-mail are a step away', async () => {
    for (const number of [1, 2]) {
      const twin = { user_id: `twin-${number}`, name: `Twin ${number}`, email: 'twins@example.com' };
      await desk.server.asBackend('POST', '/v1/contacts', twin);
    }
    const page = await desk.agent('ben');
    await toContacts(page);
    await page.keyboard.press('/');
    await page.keyboard.type('twin');
    await page.waitForSelector(row('Member'), { state: 'detached' });
    await page.keyboard.press('Escape');
    await page.waitForSelector(row('Member'));
    await page.keyboard.press('Escape');
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

test('in Ukrainian, and from right to left everything is the other way round', async () => {
  const page = await desk.agent('ben', { locale: 'uk-UA' });
  await page.click('.door >> text=Контакти');
  await page.waitForSelector('.contact-row[role=option]');
  await page.waitForSelector('.headings >> text=Ім’я');
  const edges = async (selector: string) => {
    const { x, width } = (await page.locator(selector).first().boundingBox())!;
    return { start: x, end: x + width };
  };
  const email = '.contact-row [data-is=email] bdi:text("crowd@example.com")';
  const heading = '.headings span:nth-child(2)';
  expect((await edges(email)).start).toBeCloseTo((await edges(heading)).start, 0);
  await page.evaluate(() => (document.documentElement.dir = 'rtl'));
  expect((await edges(email)).end).toBeCloseTo((await edges(heading)).end, 0);
  expect((await edges('.contact-row time')).end).toBeLessThan((await edges(email)).start);
  expect((await edges('.contacts')).end).toBeLessThanOrEqual((await edges('.rail')).start);
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
