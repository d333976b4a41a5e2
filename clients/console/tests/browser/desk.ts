/** A real server, a browser, agents in it, and customers beside it: what the console's tests share. */

import { randomUUID } from 'node:crypto';

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import WebSocket from 'ws';

import { Client, MemoryStorage, type SocketClass } from '../../../client/src/index.ts';
import { Server } from '../../../client/tests/shell/server.ts';
export { until } from '../../../client/tests/shell/until.ts';
import { launch } from '../../../widget/tests/browser/site.ts';

/** Everything that one file of tests needs, gone when it is over. */
export class Desk {
  readonly server: Server;
  readonly browser: Browser;
  readonly #contexts: BrowserContext[] = [];
  readonly #clients: Client[] = [];
  /** What the pages' consoles held against them. */
  readonly troubles: string[] = [];

  private constructor(server: Server, browser: Browser) {
    this.server = server;
    this.browser = browser;
  }

  static async open(): Promise<Desk> {
    const [server, browser] = await Promise.all([Server.start(), launch()]);
    return new Desk(server, browser);
  }

  /** Closes what one test opened. */
  async clear(): Promise<void> {
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
    await Promise.all(this.#clients.splice(0).map((client) => client.close()));
    this.troubles.length = 0;
  }

  async end(): Promise<void> {
    await this.browser.close();
    await this.server.end();
  }

  get url(): string {
    return new URL('/console/', this.server.url.replace(/^ws/, 'http')).href;
  }

  /** The login page in a browser of somebody's own. */
  async door(options: object = {}): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: { width: 1360, height: 820 },
      locale: 'en-GB',
      reducedMotion: 'reduce',
      ...options,
    });
    context.setDefaultTimeout(8_000);
    this.#contexts.push(context);
    const page = await context.newPage();
    // The server's own refusals are logged by the browser, whatever a page makes of them.
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 40[0139]|ERR_CONNECTION/.test(message.text())) {
        this.troubles.push(message.text());
      }
    });
    page.on('pageerror', (error) => this.troubles.push(error.message));
    await page.goto(this.url);
    return page;
  }

  /** The console of an agent of the demo organization: ana, who is an administrator, or ben. */
  async agent(name: 'ana' | 'ben', options: object = {}): Promise<Page> {
    const page = await this.door(options);
    await logIn(page, `${name}@demo.test`);
    await page.waitForSelector('.own');
    return page;
  }

  /** Contacts from CSV, as the backend imports them; resolves when all are there. */
  async imports(csv: string): Promise<void> {
    const url = new URL('/v1/contacts/import', this.url);
    const headers = { authorization: 'Bearer demo-api-key', 'content-type': 'text/csv' };
    const response = await fetch(url, { method: 'POST', headers, body: csv });
    const { id } = (await response.json()) as { id: string };
    const state = async () => (await this.server.asBackend<{ state: string }>('GET', `/v1/imports/${id}`)).state;
    await vi.waitFor(async () => expect(await state()).toBe('done'), { timeout: 20_000 });
  }

  /** A customer who is connected, on a device of their own. */
  async customer(name: string, user: object = {}): Promise<Client> {
    const client = await Client.open({
      url: this.server.url,
      org: 'demo',
      appId: 1,
      appSecret: 'demo-secret',
      storage: new MemoryStorage(),
      socketClass: WebSocket as unknown as SocketClass,
      random: () => 0,
      user: { user_id: randomUUID(), name, ...user },
    });
    this.#clients.push(client);
    client.start();
    await client.ready();
    return client;
  }
}

export async function logIn(page: Page, email: string, password = 'demo-password'): Promise<void> {
  await page.fill('[name=org]', 'demo');
  await page.fill('[name=email]', email);
  await page.fill('[name=password]', password);
  await page.click('[type=submit]');
}

/** Opens the thread of a customer of that name from the list. */
export async function openThread(page: Page, name: string): Promise<void> {
  await page.click(`.inbox-row:has-text("${name}")`);
  await page.waitForSelector(`.whose:has-text("${name}")`);
  await page.waitForSelector('.composer');
}

export async function write(page: Page, text: string): Promise<void> {
  await page.fill('.composer textarea', text);
  await page.press('.composer textarea', 'Enter');
}

/** Waits until the open thread shows exactly these messages and notes. */
export async function shows(page: Page, ...expected: string[]): Promise<void> {
  await expect
    .poll(() => page.locator('.bubble').allTextContents(), { timeout: 15_000, interval: 30 })
    .toEqual(expected);
}
