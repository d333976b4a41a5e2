/** A contact's profile changed in the console: in a real browser, against a real server. */

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { violations } from './axe.ts';
import { Desk, openThread, until } from './desk.ts';

let desk: Desk;

beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.end());
afterEach(() => desk.clear());

interface Stored {
  readonly items: readonly { readonly custom_data: Readonly<Record<string, unknown>> }[];
}

const fact = (page: Page, name: string) =>
  page.locator('.profile .facts > div', { has: page.getByText(name, { exact: true }) });
const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));

async function dana(name: string, user: object = {}) {
  const client = await desk.customer(name, user);
  await client.send('Hello').acked;
  const page = await desk.agent('ana', { bypassCSP: true });
  await openThread(page, name);
  return { client, page };
}

test('is changed by keyboard, and everybody who looks sees it at once', async () => {
  const { client, page } = await dana('Dana Reyes', { email: 'dana@example.com' });
  const ben = await desk.agent('ben');
  await openThread(ben, 'Dana Reyes');
  await page.keyboard.press('p');
  expect(await focused(page)).toBe('Change: Name');
  await page.keyboard.press('Enter');
  await page.keyboard.type('Dana R. Reyes');
  await page.keyboard.press('Enter');
  for (const one of [page, ben]) await one.waitForSelector('.portrait h2 >> text=Dana R. Reyes');
  await ben.waitForSelector('.whose >> text=Dana R. Reyes');
  await until(client, () => client.contact?.name === 'Dana R. Reyes');
  expect(await focused(page)).toBe('Change: Name');

  // The address itself can be written to.
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('Change: E-mail');
  await page.keyboard.press('Enter');
  await page.keyboard.type('never');
  await page.keyboard.press('Escape');
  expect(await focused(page)).toBe('Change: E-mail');
  await fact(page, 'E-mail').locator('text=dana@example.com').waitFor();

  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('Add: Phone');
  await page.keyboard.press('Enter');
  await page.keyboard.type('+34 600 123 456');
  await page.keyboard.press('Enter');
  await fact(ben, 'Phone').locator('text=+34 600 123 456').waitFor();
  await page.locator('[aria-label="Change: Phone"]').press('Enter');
  await page.keyboard.press('Delete');
  await page.keyboard.press('Enter');
  await fact(ben, 'Phone').locator('text=Add').waitFor();
  expect(desk.troubles).toEqual([]);
});

test('tells a refusal in the server’s words at its field, and keeps what was typed', async () => {
  const { page } = await dana('Fay Long', { email: 'fay@example.com' });
  await page.click('[aria-label="Change: E-mail"]');
  const field = page.locator('.editor textarea');
  await field.fill('x'.repeat(321));
  await field.press('Enter');
  await page.waitForSelector('.editor .trouble >> text=`email` must be a string of 1 to 320 characters');
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  expect(await field.inputValue()).toHaveLength(321);
  await field.fill('fay@long.example');
  await field.press('Enter');
  await fact(page, 'E-mail').locator('text=fay@long.example').waitFor();
  await page.reload();
  await fact(page, 'E-mail').locator('text=fay@long.example').waitFor();
});

test('custom data is added, changed in kind, and removed', async () => {
  const { page } = await dana('Cus Tom', { user_id: 'cus-tom', custom_data: { orders: 7, plan: 'gold' } });
  const ben = await desk.agent('ben');
  await openThread(ben, 'Cus Tom');
  await page.click('[aria-label="Change: orders"]');
  await page.fill('.editor textarea', '8');
  await page.click('.editor >> text=Save');
  await fact(ben, 'orders').locator('text=8').waitFor();

  await page.click('text=Add a value');
  await page.keyboard.type('plan');
  await page.keyboard.press('Tab');
  await page.keyboard.type('silver');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.editor .trouble >> text=There is such a key already.');
  await page.fill('[aria-label=Key]', 'k'.repeat(65));
  await page.keyboard.press('Enter');
  await page.waitForSelector('.editor .trouble >> text=A key of `custom_data` must be a string of 1 to 64 characters');
  expect(await page.getAttribute('[aria-label=Key]', 'aria-invalid')).toBe('true');
  expect(await violations(page)).toEqual([]);
  await page.fill('[aria-label=Key]', 'tier');
  await page.keyboard.press('Enter');
  await fact(ben, 'tier').locator('text=silver').waitFor();

  await page.click('[aria-label="Change: plan"]');
  await page.click('.editor >> text=Remove');
  await fact(ben, 'plan').waitFor({ state: 'detached' });
  const { items } = await desk.server.asBackend<Stored>('GET', '/v1/contacts?user_id=cus-tom');
  expect(items[0]?.custom_data).toEqual({ orders: 8, tier: 'silver' });
  expect(desk.troubles).toEqual([]);
});
