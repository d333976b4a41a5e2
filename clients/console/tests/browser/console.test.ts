/** The console in a real browser, under the policy it is served with, against a real server. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import type { Client } from '../../../client/src/index.ts';
import { violations } from './axe.ts';
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
