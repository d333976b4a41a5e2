/** What the tests of the widget play on: a real server, a browser, and pages with the widget under a strict policy. */

import { randomUUID } from 'node:crypto';

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';

import { Server } from '../../../client/tests/shell/server.ts';
import { launch, Site, type Noting, type Visit } from './site.ts';

/** One server and browser for the tests of a file. */
export class Stage {
  #contexts: BrowserContext[] = [];

  readonly server: Server;
  readonly site: Site;
  readonly browser: Browser;

  private constructor(server: Server, site: Site, browser: Browser) {
    this.server = server;
    this.site = site;
    this.browser = browser;
  }

  static async open(): Promise<Stage> {
    const [server, browser] = await Promise.all([Server.start(), launch()]);
    return new Stage(server, await Site.open(server.url), browser);
  }

  async end(): Promise<void> {
    await this.browser.close();
    await Promise.all([this.site.end(), this.server.end()]);
  }

  /** Closes every device, as after each test. */
  async clear(): Promise<void> {
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
  }

  /** A browser of somebody's own. */
  async device(options: object = {}): Promise<BrowserContext> {
    const context = await this.browser.newContext({
      viewport: { width: 1000, height: 760 },
      locale: 'en-GB',
      reducedMotion: 'reduce',
      ...options,
    });
    context.setDefaultTimeout(8_000);
    this.#contexts.push(context);
    return context;
  }

  /** A page with the widget, on a device of its own. */
  async visit(given: Visit, options?: object): Promise<Page> {
    return this.site.visit(await this.device(options), given);
  }

  async agentWrites(user: { user_id: string }, text: string): Promise<void> {
    const { items } = await this.server.asBackend<{ items: { thread: string }[] }>(
      'GET',
      `/v1/contacts?user_id=${user.user_id}`,
    );
    await this.server.backend(`/v1/threads/${items[0]!.thread}/messages`, { text });
  }
}

export const OPEN = [['showChatWidget'], ['openChat']];
export const someone = () => ({ user_id: randomUUID(), name: 'Dana Reyes' });
export const call = (page: Page, ...given: unknown[]) =>
  page.evaluate(
    (given) => (window as unknown as { Onethread: (...given: unknown[]) => void }).Onethread(...given),
    given,
  );
export const told = (page: Page, event: string) =>
  page.evaluate(
    (event) => (window as unknown as Noting).told.filter(([name]) => name === event).map(([, detail]) => detail),
    event,
  );

export const bubbles = (page: Page) => page.locator('.bubble');
export const texts = (page: Page) => bubbles(page).allTextContents();

export async function write(page: Page, text: string): Promise<void> {
  await page.fill('textarea', text);
  await page.press('textarea', 'Enter');
}

/** Waits until the thread shows exactly these texts. */
export async function shows(page: Page, ...expected: string[]): Promise<void> {
  await expect.poll(() => texts(page), { timeout: 15_000, interval: 30 }).toEqual(expected);
}
