/** Threads in the widget, in a real browser against a real server: one of several devices, and whose it is. */

import { randomUUID } from 'node:crypto';

import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { Agent } from './agent.ts';
import { bubbles, call, OPEN, shows, someone, Stage, texts, told, write } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.end());
afterEach(() => stage.clear());

describe('one customer on two devices', () => {
  test('sees one thread, live and after a reload, and what an agent does', async () => {
    const user = someone();
    const [home, work] = await Promise.all([stage.device(), stage.device()]);
    const atHome = await stage.site.visit(home, { user, calls: OPEN });
    const atWork = await stage.site.visit(work, { user, calls: OPEN });
    await write(atHome, '<img src=x onerror=alert(1)> at https://a.example/x.');
    await shows(atWork, '<img src=x onerror=alert(1)> at https://a.example/x.');
    expect(await bubbles(atWork).locator('img').count()).toBe(0);
    expect(await bubbles(atWork).locator('a').getAttribute('href')).toBe('https://a.example/x');
    await write(atWork, 'from work');
    await shows(atHome, '<img src=x onerror=alert(1)> at https://a.example/x.', 'from work');

    const agent = await Agent.ana(stage.server.url);
    const { items } = await stage.server.asBackend<{ items: { thread: string }[] }>(
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
    for (const page of [atHome, atWork]) expect(stage.site.troubles.get(page)).toEqual([]);
  });

  test('tells both tabs of a browser of each message, however many came before', async () => {
    const user = someone();
    const context = await stage.device();
    const tabs = [
      await stage.site.visit(context, { user, calls: OPEN }),
      await stage.site.visit(context, { user, calls: OPEN }),
    ] as const;
    for (const tab of tabs) await tab.waitForSelector('textarea');
    const written: string[] = [];
    for (let round = 0; round < 3; round++) {
      for (const [index, tab] of tabs.entries()) {
        written.push(`${round} in tab ${index}`);
        await write(tab, written.at(-1)!);
        for (const one of tabs) await shows(one, ...written);
        await tab.waitForSelector('.message:last-child .tick[data-tick="acked"], .row:last-child [data-tick="acked"]');
      }
    }
    await stage.agentWrites(user, 'an answer');
    for (const tab of tabs) {
      await shows(tab, ...written, 'an answer');
      const customer = (await told(tab, 'onCustomerMessage')) as { text: string }[];
      expect(customer.map(({ text }) => text)).toEqual(written);
      expect(await told(tab, 'onAgentMessage')).toMatchObject([{ text: 'an answer' }]);
    }
  });

  test('a message that is deleted on one is no longer edited on the other', async () => {
    const user = someone();
    const [one, other] = [await stage.visit({ user, calls: OPEN }), await stage.visit({ user, calls: OPEN })];
    await write(one, 'first');
    await shows(other, 'first');
    const act = async (page: Page) => {
      await page.hover('.bubble >> nth=0');
      await page.click('.line button >> nth=0');
    };
    await act(other);
    await other.click('.menu button >> text=Edit');
    await other.waitForSelector('.editing');
    await act(one);
    await one.click('.menu .danger');
    await one.click('.menu .danger');
    expect(await one.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.className)).toBe('thread');
    await other.waitForSelector('.editing', { state: 'detached' });
    await write(other, 'second');
    for (const page of [one, other]) await shows(page, 'Message deleted', 'second');
  });

  test('a server that is killed while both type loses and doubles nothing, and that is shown meanwhile', async () => {
    const user = someone();
    const pages = [await stage.visit({ user, calls: OPEN }), await stage.visit({ user, calls: OPEN })] as const;
    for (const page of pages) await page.waitForSelector('textarea');
    const typed: string[] = [];
    const type = async (round: string) => {
      for (const [index, page] of pages.entries()) {
        typed.push(`${round} of ${index}`);
        await write(page, `${round} of ${index}`);
      }
    };
    await type('before');
    await stage.server.tell('kill');
    await type('without');
    await Promise.all(pages.map((page) => page.waitForSelector('.notice')));
    expect(await pages[0].locator('.tick[data-tick="queued"]').count()).toBeGreaterThan(0);
    await stage.server.tell('start');
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
    const page = await stage.visit({ calls: [...OPEN, ['typeUserMessage', 'Do you ship?']] });
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
          (await stage.server.asBackend<{ items: unknown[] }>('GET', `/v1/contacts?user_id=${user.user_id}`)).items
            .length,
      )
      .toBe(1);
    await shows(page, 'Do you ship?');
    const elsewhere = await stage.visit({ user, calls: OPEN });
    await shows(elsewhere, 'Do you ship?');
  });

  test('an impostor gets a clean chat and a plain word about it', async () => {
    const user = { ...someone(), security_hash: 'the right one' };
    const owner = await stage.visit({ user, calls: OPEN });
    await write(owner, 'secret');
    await owner.waitForSelector('.tick[data-tick="acked"]');
    const impostor = await stage.visit({ user: { ...user, security_hash: 'a guess' }, calls: OPEN });
    await impostor.waitForSelector('.notice >> text=separate chat');
    expect(await texts(impostor)).toEqual([]);
  });

  test('after a logout, the next one on the same browser sees nothing of the first, in any tab', async () => {
    const context = await stage.device();
    const page = await stage.site.visit(context, { user: someone(), calls: OPEN });
    const tab = await stage.site.visit(context, { user: someone(), calls: OPEN });
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

  test('what one user wrote and did not send is not there for the next', async () => {
    const page = await stage.visit({ user: someone(), calls: OPEN });
    await page.fill('textarea', 'not sent');
    await call(page, 'userAuth', someone());
    await expect.poll(() => page.inputValue('textarea')).toBe('');
  });

  test('a visitor who logs in in one tab loses nothing of what the other types', async () => {
    const context = await stage.device();
    const first = await stage.site.visit(context, { calls: OPEN });
    await first.fill('input[name=name]', 'Mia');
    await first.fill('input[name=email]', 'mia@example.com');
    await first.click('.primary');
    await write(first, 'as a visitor');
    await first.waitForSelector('.tick[data-tick="acked"]');
    const second = await stage.site.visit(context, { calls: OPEN });
    await shows(second, 'as a visitor');
    await call(first, 'userAuth', someone());
    await second.waitForSelector('.notice >> text=available');
    await write(second, 'typed after it');
    await second.waitForSelector('.failed');
    expect(await texts(second)).toContain('typed after it');
    await second.click('.failed button >> nth=0');
    await second.waitForSelector('.tick[data-tick="acked"]');
  });
});

test('the demo shop shows two windows with one thread, and answers as the shop', async () => {
  const page = await (await stage.device()).newPage();
  const troubles: string[] = [];
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  await page.goto(new URL('/demo/?as=both', stage.server.url.replace(/^ws/, 'http')).href);
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
