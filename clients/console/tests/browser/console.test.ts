/** The console in a real browser, under the policy it is served with, against a real server. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import type { Client } from '../../../client/src/index.ts';
import { Desk, logIn, openThread, shows, until, write } from './desk.ts';

let desk: Desk;

beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.end());
afterEach(() => desk.clear());
const texts = (client: Client) => client.messages.map(({ text }) => text);

describe('a customer and agents', () => {
  test('talk both ways; markup shows as text, and no note reaches the customer', async () => {
    const dana = await desk.customer('Dana Reyes');
    const heard: unknown[] = [];
    dana.on('event', (event) => heard.push(event));
    const markup = '<img src=x onerror=alert(1)> & <script>alert(2)</script> https://a.example/x.';
    await dana.send(markup).acked;
    const ana = await desk.agent('ana');
    await openThread(ana, 'Dana Reyes');
    await shows(ana, markup);
    expect(await ana.locator('.bubble img, .bubble script').count()).toBe(0);
    expect(await ana.locator('.bubble a').getAttribute('href')).toBe('https://a.example/x');
    await until(dana, () => dana.messages[0]?.tick === 'read');

    await ana.fill('.composer textarea', 'Hel');
    await until(dana, () => dana.typists.some(({ name }) => name === 'Ana'));
    await write(ana, 'Hello Dana');
    await until(dana, () => texts(dana).includes('Hello Dana'));
    await ana.click('.modes >> text=Note');
    await ana.fill('.composer textarea', 'a secr');
    await write(ana, 'a secret note');
    await ana.waitForSelector('.said[data-is=note] .bubble >> text=a secret note');
    dana.typing();
    await ana.waitForSelector('.typists >> text=Dana Reyes is typing');
    dana.read();
    await ana.waitForSelector('.tick[data-tick=read]');
    await dana.send('Thank you').acked;
    await shows(ana, markup, 'Hello Dana', 'a secret note', 'Thank you');
    expect(JSON.stringify([heard, dana.events])).not.toContain('secr');
    expect(desk.troubles).toEqual([]);
  });

  test('two agents see each other, and what both do at once', async () => {
    const kim = await desk.customer('Kim Okafor');
    await kim.send('Anybody there?').acked;
    const [ana, ben] = await Promise.all([desk.agent('ana'), desk.agent('ben')]);
    await Promise.all([ana, ben].map((page) => openThread(page, 'Kim Okafor')));
    await ana.waitForSelector('.viewers >> text=Ben');
    await ben.waitForSelector('.viewers >> text=Ana');
    await Promise.all([ana, ben].map((page) => page.locator('.items').press('a')));
    for (const page of [ana, ben]) await page.waitForSelector('.happened >> nth=1');
    const [one, other] = await Promise.all([ana, ben].map((page) => page.textContent('.assign-name')));
    expect(['Ana', 'Ben']).toContain(one);
    expect(other).toBe(one);

    await ana.locator('.items').press('e');
    await ben.waitForSelector('.happened >> text=Ana closed the conversation');
    await ben.waitForSelector('.button >> text=Reopen');
    await kim.send('One more thing').acked;
    await ana.waitForSelector('.happened >> text=Opened again');
    await ana.waitForSelector('.button >> text=Close');
  });

  test('a server that is killed while both type loses and doubles nothing', async () => {
    const lee = await desk.customer('Lee Chan');
    await lee.send('before, Lee').acked;
    const ana = await desk.agent('ana');
    await openThread(ana, 'Lee Chan');
    await write(ana, 'before, Ana');
    await until(lee, () => texts(lee).includes('before, Ana'));
    await desk.server.tell('kill');
    lee.send('without, Lee');
    await write(ana, 'without, Ana');
    await ana.waitForSelector('.notice[data-kind=connection]');
    expect(await ana.locator('[data-tick=queued] .bubble').allTextContents()).toEqual(['without, Ana']);
    await desk.server.tell('start');
    await ana.waitForSelector('.notice[data-kind=connection]', { state: 'detached' });
    await write(ana, 'after, Ana');
    await lee.send('after, Lee').acked;
    const all = ['before, Lee', 'before, Ana', 'without, Lee', 'without, Ana', 'after, Ana', 'after, Lee'].sort();
    const seen = async () => (await ana.locator('.bubble').allTextContents()).sort();
    await expect.poll(seen, { timeout: 15_000 }).toEqual(all);
    await until(lee, () => lee.messages.length === all.length && lee.outbox.length === 0);
    expect(await ana.locator('.bubble').allTextContents()).toEqual(texts(lee));
  });
});

describe('an agent', () => {
  test('logs in with the right password only, and out for good; no script can read the session', async () => {
    const page = await desk.door();
    await logIn(page, 'ana@demo.test', 'a wrong password');
    await page.waitForSelector('.trouble >> text=don’t belong together');
    await logIn(page, 'ana@demo.test');
    await page.waitForSelector('.own');
    const kept = await page.evaluate(() =>
      JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]),
    );
    expect(kept).not.toContain('ots_');
    await page.reload();
    await page.waitForSelector('.own');
    await page.click('.own .popper-button');
    await page.click('text=Log out');
    await page.waitForSelector('.login');
    await page.reload();
    await page.waitForSelector('.login form');
    expect(desk.troubles).toEqual([]);
  });

  test('leaves nothing of what one agent wrote to the next one in the same tab', async () => {
    const kim = await desk.customer('Tab Owner');
    await kim.send('Hello?').acked;
    const page = await desk.agent('ana');
    const ended = () => page.evaluate(() => fetch('/v1/sessions', { method: 'DELETE' }).then(({ status }) => status));
    await openThread(page, 'Tab Owner');
    await page.fill('.composer textarea', 'of Ana, not sent');
    expect(await ended()).toBe(204);
    await page.waitForSelector('.login');
    await logIn(page, 'ana@demo.test');
    await expect.poll(() => page.inputValue('.composer textarea'), { timeout: 8_000 }).toBe('of Ana, not sent');
    expect(await ended()).toBe(204);
    await page.waitForSelector('.login');
    await logIn(page, 'ben@demo.test');
    await page.waitForSelector('.composer');
    expect(await page.inputValue('.composer textarea')).toBe('');
    await write(page, 'of Ben');
    await until(kim, () => texts(kim).includes('of Ben'));
    expect(texts(kim)).toEqual(['Hello?', 'of Ben']);
  });

  test('a message that is deleted in one tab is no longer edited in the other', async () => {
    await (await desk.customer('Twice Open')).send('Hello?').acked;
    const [one, other] = [await desk.agent('ana'), await desk.agent('ana')];
    for (const page of [one, other]) await openThread(page, 'Twice Open');
    await write(one, 'first');
    await shows(other, 'Hello?', 'first');
    for (const page of [other, one]) {
      await page.hover('.said >> nth=1');
      await page.click('.said >> nth=1 >> [aria-label="Edit or delete"]');
    }
    await other.click('.bubble-menu >> text=Edit');
    await expect.poll(() => other.inputValue('.composer textarea')).toBe('first');
    for (let times = 0; times < 2; times++) await one.click('.bubble-menu .danger');
    expect(await one.evaluate(() => document.activeElement?.className)).toContain('items');
    await expect.poll(() => other.inputValue('.composer textarea')).toBe('');
    await write(other, 'second');
    for (const page of [one, other]) await shows(page, 'Hello?', 'Message deleted', 'second');
  });

  test('does it all by keyboard, and finds everything as it was after a reload', async () => {
    for (const name of ['First Caller', 'Second Caller']) await (await desk.customer(name)).send(`I am ${name}`).acked;
    const page = await desk.agent('ben');
    await page.waitForSelector('.inbox-row:has-text("Second Caller")');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.waitForSelector('.inbox-row[aria-selected=true]:has-text("First Caller")');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.whose:has-text("First Caller")');
    await page.keyboard.press('k');
    await page.waitForSelector('.whose:has-text("Second Caller")');
    await page.waitForSelector('.composer');
    await page.keyboard.press('n');
    await page.keyboard.type('half a no');
    await page.reload();
    await page.waitForSelector('.whose:has-text("Second Caller")');
    await expect.poll(() => page.inputValue('.composer[data-note=true] textarea')).toBe('half a no');
    await page.keyboard.press('Enter');
    await page.keyboard.type('te');
    await page.keyboard.press('Enter');
    await shows(page, 'I am Second Caller', 'half a note');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.waitForSelector('.nothing');
    await page.keyboard.press('?');
    await page.waitForSelector('dialog[open]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    const atOnce = await page.evaluate(() => {
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true }));
      return document.activeElement?.matches('[type=search]');
    });
    expect(atOnce).toBe(true);
    await page.keyboard.type('first cal');
    await page.waitForSelector('.found >> text=First Caller');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.whose:has-text("First Caller")');
    expect(desk.troubles).toEqual([]);
  });
});
