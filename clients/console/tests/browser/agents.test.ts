/** Agents seen to in the settings: in a real browser, against a real server. */

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { violations } from './axe.ts';
import { Desk, logIn } from './desk.ts';

let desk: Desk;

beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.end());
afterEach(() => desk.clear());

const member = (page: Page, email: string) => page.locator('.member', { hasText: email });

async function add(page: Page, agent: { name?: string; email: string; password: string; role?: string }) {
  await page.click('.card-header >> text=Add an agent');
  await page.fill('dialog [name=name]', agent.name ?? '');
  await page.fill('dialog [name=email]', agent.email);
  await page.fill('dialog [name=password]', agent.password);
  await page.check(`dialog [value=${agent.role ?? 'agent'}]`);
  await page.keyboard.press('Enter');
}

async function settings(page: Page): Promise<Page> {
  await page.click('.rail >> text=Settings');
  await page.waitForSelector('.member');
  return page;
}

test('are there for administrators only', async () => {
  const ben = await desk.agent('ben');
  expect(await ben.locator('.door').allTextContents()).toEqual(['Inbox', 'Contacts']);
  await ben.goto(`${desk.url}#/settings/agents`);
  await ben.reload();
  await ben.waitForSelector('.views >> text=Unassigned');
  await ben.waitForURL('**/#/inbox/open');
  expect(await ben.locator('.settings').count()).toBe(0);
});

test('one is added, logs in, and is removed: logged out at once', async () => {
  const ana = await settings(await desk.agent('ana'));
  await add(ana, { name: 'Cleo', email: 'cleo@demo.test', password: 'a long password' });
  await member(ana, 'cleo@demo.test').locator('text=Agent').waitFor();
  await ana.waitForSelector('dialog', { state: 'detached' });

  const cleo = await desk.door();
  await logIn(cleo, 'cleo@demo.test', 'a long password');
  await cleo.waitForSelector('.own');
  await member(ana, 'cleo@demo.test').locator('.avatar[data-online=true]').waitFor();
  await ana.click('[aria-label="Remove Cleo"]');
  await ana.waitForSelector('dialog >> text=Remove Cleo?');
  await ana.keyboard.press('Escape');
  expect(await member(ana, 'cleo@demo.test').count()).toBe(1);
  await ana.click('[aria-label="Remove Cleo"]');
  await ana.click('dialog >> text="Remove"');
  await member(ana, 'cleo@demo.test').waitFor({ state: 'detached' });
  await cleo.waitForSelector('.trouble >> text=You are no longer an agent');
  expect(desk.troubles).toEqual([]);
});

test('what is refused is told at its field, in the server’s words', async () => {
  const ana = await settings(await desk.agent('ana', { bypassCSP: true }));
  await add(ana, { email: 'ben@demo.test', password: 'short' });
  await ana.waitForSelector('dialog .trouble >> text=`password` must be a string of 8 to 255 characters');
  expect(await ana.locator('dialog .trouble').allTextContents()).not.toContain('short');
  expect(await ana.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('password');
  await ana.fill('dialog [name=password]', 'long enough');
  await ana.keyboard.press('Enter');
  await ana.waitForSelector('dialog .trouble >> text=An agent has this e-mail already');
  expect(await ana.getAttribute('dialog [name=email]', 'aria-invalid')).toBe('true');
  await ana.fill('dialog [name=email]', 'nobody');
  await ana.keyboard.press('Enter');
  await ana.waitForSelector('dialog .trouble >> text=is no e-mail');
  expect(await violations(ana)).toEqual([]);
});

test('removing oneself is told as what it is, and only then done', async () => {
  const ana = await settings(await desk.agent('ana'));
  await add(ana, { name: 'Dora', email: 'dora@demo.test', password: 'a long password', role: 'admin' });
  await member(ana, 'dora@demo.test').locator('text=Administrator').waitFor();
  const dora = await desk.door();
  await logIn(dora, 'dora@demo.test', 'a long password');
  await settings(dora);
  await dora.click('[aria-label="Remove Dora"]');
  await dora.waitForSelector('dialog >> text=This is your own account, Dora.');
  expect(await dora.locator('dialog .caution').count()).toBe(0);
  await dora.click('dialog >> text=Remove myself');
  await dora.waitForSelector('.trouble >> text=You are no longer an agent');

  await ana.click('[aria-label="Remove Ana"]');
  await ana.waitForSelector('dialog .caution >> text=There is no other administrator');
  await ana.click('dialog >> text=Cancel');
  await ana.waitForSelector('dialog', { state: 'detached' });
  await member(ana, 'ana@demo.test').waitFor();
});

test.each(['light', 'dark'] as const)('%s: axe finds nothing, on a phone neither', async (colorScheme) => {
  const small = { viewport: { width: 390, height: 760 }, hasTouch: true, isMobile: true };
  for (const size of [{}, small]) {
    const ana = await settings(await desk.agent('ana', { colorScheme, bypassCSP: true, ...size }));
    expect(await violations(ana)).toEqual([]);
    expect(await ana.evaluate(() => document.documentElement.scrollWidth)).toBe(await ana.evaluate(() => innerWidth));
    await ana.click('[aria-label="Remove Ana"]');
    expect(await violations(ana)).toEqual([]);
  }
});
