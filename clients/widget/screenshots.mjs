/**
 * The pictures of docs/widget.md, from a fresh demo server:
 *
 *     make run ONETHREAD_DATA=/tmp/pictures &
 *     node screenshots.mjs http://127.0.0.1:8000 ../../docs/pictures
 */

import { chromium } from 'playwright-core';

const [url, folder] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: process.getuid() === 0 ? ['--no-sandbox'] : [] });

/** A page of the demo as somebody sees it on a device of their own. */
async function visit(as, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  await page.goto(`${url}/demo/?as=${as}`);
  return page;
}

async function write(page, ...texts) {
  for (const text of texts) {
    await page.fill('textarea', text);
    await page.press('textarea', 'Enter');
  }
  await page.waitForSelector('.tick[data-tick="acked"]');
}

const picture = (page, name) => page.screenshot({ path: `${folder}/${name}.png` });

const home = await visit('home');
await home.click('.launcher');
await write(
  home,
  'Hi! Does the Aften come with a longer cord?',
  'Ours ends a metre too early, see https://example.com/aften',
);

const both = await visit('both');
await both.waitForTimeout(1500);
await both.fill('#text', 'Hello Dana! Yes: three metres, in oak brown or black. It takes two minutes to change.');
await both.click('#answer button');
await both.waitForTimeout(600);
await both
  .frameLocator('iframe >> nth=1')
  .locator('textarea')
  .fill('Black, please. I am at work now, can you send it home?');
await both.frameLocator('iframe >> nth=1').locator('textarea').press('Enter');
await both.waitForTimeout(600);
await picture(both, 'side-by-side');

await home.bringToFront();
await home.waitForTimeout(400);
await picture(home, 'chat');

const visitor = await visit('visitor', { locale: 'en-GB' });
await visitor.click('.launcher');
await visitor.waitForSelector('.prechat');
await picture(visitor, 'visitor');

const impostor = await visit('impostor');
await impostor.waitForSelector('.notice');
await picture(impostor, 'impostor');

const phone = await visit('work', {
  viewport: { width: 390, height: 780 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  colorScheme: 'dark',
});
await phone.tap('.launcher');
await phone.waitForSelector('.bubble');
await phone.waitForTimeout(400);
await picture(phone, 'phone-dark');

await browser.close();
