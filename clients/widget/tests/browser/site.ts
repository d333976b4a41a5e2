/** A company's site with a strict policy, on an origin of its own, and a real browser that visits it. */

import { existsSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const NONCE = 'bm9uY2U';

/** What one page of the site has. */
export interface Visit {
  readonly user?: object;
  /** More of what `init` takes. */
  readonly settings?: object;
  /** What the page calls after `init`; events are noted without being asked for. */
  readonly calls?: readonly (readonly unknown[])[];
  readonly alias?: string;
  readonly lang?: string;
}

const EVENTS = [
  'onReady',
  'onNewUnreadMessages',
  'onNewUnreadChat',
  'onCustomerMessage',
  'onAgentMessage',
  'onChatOpen',
];

export class Site {
  readonly #http: HttpServer;
  readonly #chat: string;
  #page = '';

  /** `url` is the Onethread server's WebSocket address. */
  static async open(url: string): Promise<Site> {
    const site = new Site(new URL(url).host);
    await new Promise<void>((resolve) => site.#http.listen(0, '127.0.0.1', resolve));
    return site;
  }

  private constructor(chat: string) {
    this.#chat = chat;
    this.#http = createServer((_, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.setHeader(
        'content-security-policy',
        `default-src 'none'; script-src 'nonce-${NONCE}' http://${chat}; connect-src ws://${chat}; base-uri 'none'`,
      );
      response.end(this.#page);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/`;
  }

  /** A page with a snippet of HelpCrunch's shape, whose widget is ready. */
  async visit(context: BrowserContext, visit: Visit = {}): Promise<Page> {
    const page = await context.newPage();
    const troubles: string[] = [];
    page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
    page.on('pageerror', (error) => troubles.push(error.message));
    await this.show(page, visit);
    await page.waitForFunction(() => (window as unknown as Noting).told.some(([name]) => name === 'onReady'));
    this.troubles.set(page, troubles);
    return page;
  }

  /** Leads to such a page, whatever becomes of its widget. */
  async show(page: Page, visit: Visit): Promise<void> {
    this.#page = html(visit, this.#chat);
    await page.goto(this.url);
  }

  /** What each page's console held against it. */
  readonly troubles = new Map<Page, string[]>();

  async end(): Promise<void> {
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }
}

/** What the page's own script keeps for the test. */
export interface Noting {
  told: [string, unknown][];
  refusals: string[];
}

function html({ user, settings: more, calls = [['showChatWidget']], alias, lang = 'en' }: Visit, chat: string): string {
  const name = alias ?? 'Onethread';
  const settings = { applicationId: 1, applicationSecret: 'demo-secret', user, ...more };
  // A page's own style, which must not reach the widget.
  return `<!doctype html><html lang="${lang}"><title>Acme</title><meta name="viewport" content="width=device-width"><body><h1>Acme</h1>
<script nonce="${NONCE}">
  told = []; refusals = [];
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { letter-spacing: 9px !important; text-transform: uppercase !important; direction: rtl; --surface: red; --accent: red; } body { transform: translate(40px, 40px); }');
  document.adoptedStyleSheets = [sheet];
  document.addEventListener('securitypolicyviolation', (event) => refusals.push(event.violatedDirective));
  (function(w,d){
    w.${name}=function(){w.${name}.q.push(arguments)};w.${name}.q=[];
    function r(){var s=document.createElement('script');s.async=1;s.type='text/javascript';
      s.src='http://${chat}/widget.js${alias ? `?alias=${alias}` : ''}';(d.body||d.head).appendChild(s);}
    if(w.attachEvent){w.attachEvent('onload',r)}else{w.addEventListener('load',r,false)}
  })(window, document)
</script>
<script nonce="${NONCE}">
  for (const event of ${JSON.stringify(EVENTS)}) ${name}(event, (detail) => told.push([event, detail]));
  ${name}('init', 'demo', ${JSON.stringify(settings)}, (outcome) => told.push(['init', outcome]));
  for (const call of ${JSON.stringify(calls)}) ${name}(...call);
</script></body></html>`;
}

/** Debian's Chromium, or the one that CHROMIUM names. */
export async function launch(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) throw new Error(`${executablePath} is missing: sudo apt-get install chromium`);
  // Debian's sandbox needs a user that is not root; these pages are our own.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}
