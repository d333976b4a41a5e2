/** The widget on somebody's page: under a strict policy, by keyboard, on phones, in languages, for axe. */

import { source as axe } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { call, OPEN, shows, someone, Stage, texts, told, write } from './stage.ts';
import type { Noting } from './site.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.end());
afterEach(() => stage.clear());

describe('on a page', () => {
  test("someone's HelpCrunch snippet works with its script's address changed, under a strict policy", async () => {
    const user = { user_id: Math.floor(Math.random() * 1e9), email: 'dana@example.com' };
    const page = await stage.visit({ user, alias: 'HelpCrunch' });
    expect(await page.evaluate(() => (window as unknown as Noting).refusals)).toEqual([]);
    expect(await page.locator('.panel').count()).toBe(0);
    await call(page, 'sendUserMessage', 'sent by the page');
    await expect.poll(() => told(page, 'onCustomerMessage')).toMatchObject([{ text: 'sent by the page' }]);
    await stage.agentWrites({ user_id: `${user.user_id}` }, 'an answer');
    await expect.poll(() => page.locator('.badge').textContent()).toBe('1');
    expect(await page.title()).toBe('(1) Acme');
    expect(await told(page, 'onNewUnreadChat')).toEqual([{ unreadChats: 1, unreadMessages: 1 }]);
    expect(await told(page, 'onAgentMessage')).toMatchObject([{ text: 'an answer', from: 'Demo' }]);
    const spacing = await page.locator('.launcher').evaluate((button) => getComputedStyle(button).letterSpacing);
    expect(spacing).toBe('normal');
    expect(await page.locator('.widget').evaluate((widget) => getComputedStyle(widget).direction)).toBe('ltr');
    const { x, y, width, height } = (await page.locator('.launcher').boundingBox())!;
    expect([x + width, y + height]).toEqual([980, 740]);
    await page.click('.launcher');
    await expect.poll(() => page.title()).toBe('Acme');
    const colours = (where: string) =>
      page.locator(where).evaluate((element) => getComputedStyle(element).backgroundColor);
    expect([await colours('.header'), await colours('.panel')]).toEqual(['rgb(15, 107, 98)', 'rgb(255, 255, 255)']);
    expect(await told(page, 'onChatOpen')).toHaveLength(1);
    expect(await told(page, 'onNewUnreadMessages')).toEqual([{ unreadMessages: 1 }, { unreadMessages: 0 }]);
    expect(stage.site.troubles.get(page)).toEqual([]);
  });

  test('the keyboard does it all, and comes back to where it was', async () => {
    const page = await stage.visit({ user: someone() });
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
    await page.fill('textarea', 'x'.repeat(10_001));
    await page.keyboard.press('Enter');
    await page.waitForSelector('.error >> text=10001');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Enter');
    await shows(page, 'one\ntwo', 'x'.repeat(10_000));
    await page.keyboard.press('Escape');
    await expect.poll(focused).toBe('Open chat');
  });

  test('older messages come as one scrolls up, and what is read stays in place', async () => {
    const user = someone();
    const writer = await stage.visit({ user, calls: OPEN });
    await writer.waitForSelector('textarea');
    for (let number = 1; number <= 70; number++) await call(writer, 'sendUserMessage', `message ${number}`);
    await expect.poll(() => writer.locator('.message:not([data-tick="queued"])').count(), { timeout: 15_000 }).toBe(70);
    const page = await stage.visit({ user, calls: OPEN });
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
    const page = await stage.visit(
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

  test('on a phone held sideways too, and all of the form can be reached', async () => {
    const page = await stage.visit({ calls: OPEN }, { viewport: { width: 568, height: 320 } });
    await page.locator('.primary').scrollIntoViewIfNeeded();
    await expect.poll(async () => (await page.locator('.primary').boundingBox())!.y).toBeLessThan(320);
    expect(await page.locator('.panel').boundingBox()).toEqual({ x: 0, y: 0, width: 568, height: 320 });
    expect(await page.getAttribute('.panel', 'aria-modal')).toBe('true');
    const inside = () => page.evaluate(() => document.activeElement?.localName === 'onethread-widget');
    for (let times = 0; times < 12; times++) {
      await page.keyboard.press('Tab');
      expect(await inside()).toBe(true);
    }
  });

  test('languages: Ukrainian from the page, and one of its own from right to left', async () => {
    const page = await stage.visit({ user: someone(), calls: OPEN, lang: 'uk' });
    await page.waitForSelector('textarea[placeholder="Напишіть повідомлення…"]');
    await call(page, 'setLocalization', 'ar', { write: 'اكتب رسالة' });
    await page.waitForSelector('textarea[placeholder="اكتب رسالة"]');
    const left = async (selector: string) => (await page.locator(selector).boundingBox())!.x;
    expect(await left('.send')).toBeLessThan(await left('textarea'));
  });

  test('what the server refuses is said with its words, and the chat is not called ready', async () => {
    const page = await (await stage.device()).newPage();
    const said: string[] = [];
    page.on('console', (message) => message.type() === 'error' && said.push(message.text()));
    await stage.site.show(page, { settings: { user: { user_id: 'u'.repeat(300) } } });
    const patience = { timeout: 15_000 };
    await expect
      .poll(() => told(page, 'init'), patience)
      .toEqual([{ success: false, message: expect.stringContaining('user_id') as string }]);
    expect(said.join(' ')).toContain('user_id');
    expect(await told(page, 'onReady')).toEqual([]);
  });

  test('a text that is none does not stay, and a second name calls the same chat', async () => {
    const page = await stage.visit({ user: someone(), calls: [...OPEN, ['sendUserMessage', 42]] });
    await page.evaluate(
      (source) => {
        const queue: unknown[] = [];
        Object.assign(window, { HelpCrunch: Object.assign((...given: unknown[]) => queue.push(given), { q: queue }) });
        (window as unknown as { HelpCrunch: (...given: unknown[]) => void }).HelpCrunch(
          'sendUserMessage',
          'by its name',
        );
        const script = Object.assign(document.createElement('script'), { src: source });
        document.head.append(script);
      },
      `${await page.getAttribute('script[src]', 'src')}?alias=HelpCrunch`,
    );
    await shows(page, 'by its name');
    await page.waitForSelector('.tick[data-tick="acked"]');
    await page.reload();
    await shows(page, 'by its name');
  });
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
    const page = await stage.visit({ user }, options);
    await page.waitForSelector('.launcher');
    expect(await violations(page)).toEqual([]);
    await call(page, 'openChat');
    await write(page, 'see https://a.example');
    await page.waitForSelector('.tick[data-tick="acked"]');
    await stage.agentWrites(user, 'an answer');
    await shows(page, 'see https://a.example', 'an answer');
    await page.hover('.bubble >> nth=0');
    await page.click('.line button >> nth=0');
    expect(await violations(page)).toEqual([]);
    const visitor = await stage.visit({ calls: OPEN }, options);
    await visitor.click('.primary');
    expect(await violations(visitor)).toEqual([]);
  });
});
