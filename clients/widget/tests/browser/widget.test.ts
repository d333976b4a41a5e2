/** The widget in a real browser, on a page with a strict policy, against a real server. */

import { randomUUID } from 'node:crypto';

import { source as axe } from 'axe-core';
import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { Server } from '../../../client/tests/shell/server.ts';
import { Agent } from './agent.ts';
import { launch, Site, type Noting, type Visit } from './site.ts';

let server: Server;
let browser: Browser;
let site: Site;
let contexts: BrowserContext[] = [];

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  site = await Site.open(server.url);
});
afterAll(async () => {
  await browser.close();
  await Promise.all([site.end(), server.end()]);
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
});

/** A browser of somebody's own. */
async function device(options: object = {}): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: 1000, height: 760 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(8_000);
  contexts.push(context);
  return context;
}

const OPEN = [['showChatWidget'], ['openChat']];
const someone = () => ({ user_id: randomUUID(), name: 'Dana Reyes' });
const visit = async (given: Visit, options?: object) => site.visit(await device(options), given);
const call = (page: Page, ...given: unknown[]) =>
  page.evaluate(
    (given) => (window as unknown as { Onethread: (...given: unknown[]) => void }).Onethread(...given),
    given,
  );
const told = (page: Page, event: string) =>
  page.evaluate(
    (event) => (window as unknown as Noting).told.filter(([name]) => name === event).map(([, detail]) => detail),
    event,
  );

const bubbles = (page: Page) => page.locator('.bubble');
const texts = (page: Page) => bubbles(page).allTextContents();

async function write(page: Page, text: string): Promise<void> {
  await page.fill('textarea', text);
  await page.press('textarea', 'Enter');
}

/** Waits until the thread shows exactly these texts. */
async function shows(page: Page, ...expected: string[]): Promise<void> {
  await expect.poll(() => texts(page), { timeout: 15_000, interval: 30 }).toEqual(expected);
}

async function agentWrites(user: { user_id: string }, text: string): Promise<void> {
  const { items } = await server.asBackend<{ items: { thread: string }[] }>(
    'GET',
    `/v1/contacts?user_id=${user.user_id}`,
  );
  await server.backend(`/v1/threads/${items[0]!.thread}/messages`, { text });
}

describe('one customer on two devices', () => {
  test('sees one thread, live and after a reload, and what an agent does', async () => {
    const user = someone();
    const [home, work] = await Promise.all([device(), device()]);
    const atHome = await site.visit(home, { user, calls: OPEN });
    const atWork = await site.visit(work, { user, calls: OPEN });
    await write(atHome, '<img src=x onerror=alert(1)> at https://a.example/x.');
    await shows(atWork, '<img src=x onerror=alert(1)> at https://a.example/x.');
    expect(await bubbles(atWork).locator('img').count()).toBe(0);
    expect(await bubbles(atWork).locator('a').getAttribute('href')).toBe('https://a.example/x');
    await write(atWork, 'from work');
    await shows(atHome, '<img src=x onerror=alert(1)> at https://a.example/x.', 'from work');

    const agent = await Agent.ana(server.url);
    const { items } = await server.asBackend<{ items: { thread: string }[] }>(
      'GET',
      `/v1/contacts?user_id=${user.user_id}`,
    );
    const thread = items[0]!.thread;
    agent.send({ t: 'open', thread });
    await agent.expect('opened');
    agent.send({ t: 'typing', thread, on: true });
    await atHome.waitForSelector('.typing');
    agent.send({ t: 'read', thread, seq: 2 });
    await atWork.waitForSelector('.tick[data-tick="read"]');
    agent.send({ t: 'send', thread, cid: randomUUID(), text: 'Hello Dana' });
    await shows(atHome, '<img src=x onerror=alert(1)> at https://a.example/x.', 'from work', 'Hello Dana');
    expect(await atHome.locator('.typing').count()).toBe(0);
    await atWork.waitForSelector('.presence[data-here="true"]');
    agent.close();

    await atWork.reload();
    await shows(atWork, '<img src=x onerror=alert(1)> at https://a.example/x.', 'from work', 'Hello Dana');
    await atHome.hover('.bubble >> nth=0');
    await atHome.click('.line button >> nth=0');
    await atHome.click('.menu button >> text=Edit');
    await write(atHome, 'edited');
    await shows(atWork, 'edited', 'from work', 'Hello Dana');
    await atHome.hover('.bubble >> nth=0');
    await atHome.click('.line button >> nth=0');
    await atHome.click('.menu .danger');
    await atHome.click('.menu .danger');
    await shows(atWork, 'Message deleted', 'from work', 'Hello Dana');
    for (const page of [atHome, atWork]) expect(site.troubles.get(page)).toEqual([]);
  });

  test('a server that is killed while both type loses and doubles nothing, and that is shown meanwhile', async () => {
    const user = someone();
    const pages = [await visit({ user, calls: OPEN }), await visit({ user, calls: OPEN })] as const;
    for (const page of pages) await page.waitForSelector('textarea');
    const typed: string[] = [];
    const type = async (round: string) => {
      for (const [index, page] of pages.entries()) {
        typed.push(`${round} of ${index}`);
        await write(page, `${round} of ${index}`);
      }
    };
    await type('before');
    await server.tell('kill');
    await type('without');
    await Promise.all(pages.map((page) => page.waitForSelector('.notice')));
    expect(await pages[0].locator('.tick[data-tick="queued"]').count()).toBeGreaterThan(0);
    await server.tell('start');
    await Promise.all(pages.map((page) => page.waitForSelector('.notice', { state: 'detached' })));
    await type('after');
    for (const page of pages) {
      await expect.poll(async () => (await texts(page)).sort(), { timeout: 20_000 }).toEqual([...typed].sort());
    }
    expect(await texts(pages[0])).toEqual(await texts(pages[1]));
  });
});

describe('who one is', () => {
  test('a visitor is asked, then known, and takes the chat along on logging in', async () => {
    const page = await visit({ calls: [...OPEN, ['typeUserMessage', 'Do you ship?']] });
    await page.click('.primary');
    expect(await page.locator('.labelled .error').allTextContents()).toEqual([
      'Please fill this in',
      'Please fill this in',
    ]);
    expect(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.getAttribute('name'))).toBe(
      'name',
    );
    await page.fill('[name=name]', 'Dana Reyes');
    await page.fill('[name=email]', 'dana@');
    await page.press('[name=email]', 'Enter');
    expect(await page.locator('.labelled .error').allTextContents()).toEqual(['Please check the address']);
    await page.fill('[name=email]', 'dana@example.com');
    await page.press('[name=email]', 'Enter');
    await page.press('textarea', 'Enter');
    await page.waitForSelector('.tick[data-tick="acked"]');

    const user = someone();
    await call(page, 'userAuth', user);
    await expect
      .poll(
        async () =>
          (await server.asBackend<{ items: unknown[] }>('GET', `/v1/contacts?user_id=${user.user_id}`)).items.length,
      )
      .toBe(1);
    await shows(page, 'Do you ship?');
    const elsewhere = await visit({ user, calls: OPEN });
    await shows(elsewhere, 'Do you ship?');
  });

  test('an impostor gets a clean chat and a plain word about it', async () => {
    const user = { ...someone(), security_hash: 'the right one' };
    const owner = await visit({ user, calls: OPEN });
    await write(owner, 'secret');
    await owner.waitForSelector('.tick[data-tick="acked"]');
    const impostor = await visit({ user: { ...user, security_hash: 'a guess' }, calls: OPEN });
    await impostor.waitForSelector('.notice >> text=separate chat');
    expect(await texts(impostor)).toEqual([]);
  });

  test('after a logout, the next one on the same browser sees nothing of the first, in any tab', async () => {
    const context = await device();
    const page = await site.visit(context, { user: someone(), calls: OPEN });
    const tab = await site.visit(context, { user: someone(), calls: OPEN });
    await write(page, 'secret');
    await page.waitForSelector('.tick[data-tick="acked"]');
    await call(page, 'logOut');
    await page.waitForSelector('.prechat');
    await tab.waitForSelector('.prechat');
    expect([await texts(page), await texts(tab)]).toEqual([[], []]);
    await call(page, 'userAuth', someone());
    await page.waitForSelector('textarea');
    expect(await texts(page)).toEqual([]);
  });
});

describe('on a page', () => {
  test("someone's HelpCrunch snippet works with its script's address changed, under a strict policy", async () => {
    const user = { user_id: Math.floor(Math.random() * 1e9), email: 'dana@example.com' };
    const page = await visit({ user, alias: 'HelpCrunch' });
    expect(await page.evaluate(() => (window as unknown as Noting).refusals)).toEqual([]);
    expect(await page.locator('.panel').count()).toBe(0);
    await call(page, 'sendUserMessage', 'sent by the page');
    await expect.poll(() => told(page, 'onCustomerMessage')).toMatchObject([{ text: 'sent by the page' }]);
    await agentWrites({ user_id: `${user.user_id}` }, 'an answer');
    await expect.poll(() => page.locator('.badge').textContent()).toBe('1');
    expect(await page.title()).toBe('(1) Acme');
    expect(await told(page, 'onNewUnreadChat')).toEqual([{ unreadChats: 1, unreadMessages: 1 }]);
    expect(await told(page, 'onAgentMessage')).toMatchObject([{ text: 'an answer', from: 'Demo' }]);
    const spacing = await page.locator('.launcher').evaluate((button) => getComputedStyle(button).letterSpacing);
    expect(spacing).toBe('normal');
    await page.click('.launcher');
    await expect.poll(() => page.title()).toBe('Acme');
    expect(await told(page, 'onChatOpen')).toHaveLength(1);
    expect(await told(page, 'onNewUnreadMessages')).toEqual([{ unreadMessages: 1 }, { unreadMessages: 0 }]);
    expect(site.troubles.get(page)).toEqual([]);
  });

  test('the keyboard does it all, and comes back to where it was', async () => {
    const page = await visit({ user: someone() });
    await page.waitForSelector('.launcher');
    const focused = () =>
      page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.getAttribute('aria-label') ?? '');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Open chat');
    await page.keyboard.press('Enter');
    await page.waitForSelector('textarea');
    await expect.poll(focused).toBe('Write a message…');
    await page.keyboard.type('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('two');
    await page.keyboard.press('Enter');
    await shows(page, 'one\ntwo');
    await page.keyboard.press('Escape');
    await expect.poll(focused).toBe('Open chat');
  });

  test('older messages come as one scrolls up, and what is read stays in place', async () => {
    const user = someone();
    const writer = await visit({ user, calls: OPEN });
    await writer.waitForSelector('textarea');
    for (let number = 1; number <= 70; number++) await call(writer, 'sendUserMessage', `message ${number}`);
    await expect.poll(() => writer.locator('.message:not([data-tick="queued"])').count(), { timeout: 15_000 }).toBe(70);
    const page = await visit({ user, calls: OPEN });
    await expect.poll(() => texts(page)).toHaveLength(50);
    const thread = page.locator('.thread');
    expect(await thread.evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight)).toBeLessThan(2);
    const place = await thread.evaluate(async (list) => {
      list.scrollTop = 100;
      const oldest = list.querySelector('.bubble')!;
      const before = oldest.getBoundingClientRect().top;
      await new Promise<void>((resolve) => {
        new MutationObserver(() => list.querySelectorAll('.bubble').length === 70 && resolve()).observe(list, {
          childList: true,
        });
      });
      await new Promise(requestAnimationFrame);
      return oldest.getBoundingClientRect().top - before;
    });
    expect(Math.abs(place)).toBeLessThan(40);
    expect((await texts(page))[0]).toBe('message 1');
  });

  test('on a phone the chat is the screen', async () => {
    const page = await visit(
      { user: someone() },
      { viewport: { width: 390, height: 760 }, hasTouch: true, isMobile: true },
    );
    await page.tap('.launcher');
    const box = await page.locator('.panel').boundingBox();
    expect(box).toMatchObject({ x: 0, y: 0, width: 390, height: 760 });
    expect(await page.locator('.launcher').isVisible()).toBe(false);
    await page.tap('.header .icon >> nth=1');
    await page.waitForSelector('.launcher');
  });

  test('languages: Ukrainian from the page, and one of its own from right to left', async () => {
    const page = await visit({ user: someone(), calls: OPEN, lang: 'uk' });
    await page.waitForSelector('textarea[placeholder="Напишіть повідомлення…"]');
    await call(page, 'setLocalization', 'ar', { write: 'اكتب رسالة' });
    await page.waitForSelector('textarea[placeholder="اكتب رسالة"]');
    const left = async (selector: string) => (await page.locator(selector).boundingBox())!.x;
    expect(await left('.send')).toBeLessThan(await left('textarea'));
  });
});

test('the demo shop shows two windows with one thread, and answers as the shop', async () => {
  const page = await (await device()).newPage();
  const troubles: string[] = [];
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  await page.goto(new URL('/demo/?as=both', server.url.replace(/^ws/, 'http')).href);
  const [home, work] = [0, 1].map((index) => page.frameLocator(`iframe >> nth=${index}`)) as [
    FrameLocator,
    FrameLocator,
  ];
  await home.locator('textarea').fill('from home');
  await home.locator('textarea').press('Enter');
  await work.locator('.bubble >> text=from home').waitFor();
  await page.fill('#text', 'from the shop');
  await page.click('#answer button');
  await home.locator('.bubble >> text=from the shop').waitFor();
  await work.locator('.author >> text=Ana').waitFor();
  expect(troubles).toEqual([]);
});

describe('axe finds nothing to object to', () => {
  async function violations(page: Page): Promise<string[]> {
    // The page's policy holds for the page, not for the tools that look at it.
    await page.evaluate(axe);
    return page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: { run: (where: string) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      const found = await axe.run('onethread-widget');
      return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
  }

  test.each(['light', 'dark'] as const)('%s: closed, with messages, with the form', async (colorScheme) => {
    const options = { colorScheme, bypassCSP: true };
    const user = someone();
    const page = await visit({ user }, options);
    await page.waitForSelector('.launcher');
    expect(await violations(page)).toEqual([]);
    await call(page, 'openChat');
    await write(page, 'see https://a.example');
    await page.waitForSelector('.tick[data-tick="acked"]');
    await agentWrites(user, 'an answer');
    await shows(page, 'see https://a.example', 'an answer');
    await page.hover('.bubble >> nth=0');
    await page.click('.line button >> nth=0');
    expect(await violations(page)).toEqual([]);
    const visitor = await visit({ calls: OPEN }, options);
    await visitor.click('.primary');
    expect(await violations(visitor)).toEqual([]);
  });
});
