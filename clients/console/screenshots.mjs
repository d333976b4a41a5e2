/**
 * The pictures of docs/console.md, from a fresh demo server:
 *
 *     make run ONETHREAD_DATA=/tmp/pictures &
 *     node screenshots.mjs http://127.0.0.1:8000 ../../docs/pictures
 */

import { randomUUID } from 'node:crypto';

import { chromium } from 'playwright-core';
import WebSocket from 'ws';

const [url, folder] = process.argv.slice(2);
const sockets = [];

/** A connection that is let in with `first`, and a function that sends a frame and waits for its answer. */
async function connect(first) {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, ['onethread.v1.json']);
  sockets.push(socket);
  const waiting = [];
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data));
    const at = waiting.findIndex(({ t }) => t === frame.t);
    if (at >= 0) waiting.splice(at, 1)[0].resolve(frame);
  });
  await new Promise((resolve) => socket.on('open', resolve));
  const say = (frame, t) =>
    new Promise((resolve) => {
      if (t) waiting.push({ t, resolve });
      socket.send(JSON.stringify(frame));
      if (!t) resolve();
    });
  return { say, ready: await say(first, 'ready') };
}

async function customer(user, texts, more = {}) {
  const device = { id: randomUUID(), kind: 'web', name: 'Chrome on a laptop', ...more.device };
  const one = await connect({
    t: 'init',
    org: 'demo',
    app_id: 1,
    app_secret: 'demo-secret',
    device,
    user,
    ...(more.page && { page: more.page }),
  });
  for (const text of texts) await one.say({ t: 'send', cid: randomUUID(), text }, 'ack');
  return { ...one, thread: one.ready.thread };
}

async function ask(method, path, body) {
  const headers = { authorization: 'Bearer demo-api-key', 'content-type': 'application/json' };
  const response = await fetch(`${url}/v1/${path}`, { method, headers, body: body && JSON.stringify(body) });
  return response.status === 204 ? undefined : response.json();
}

const agents = Object.fromEntries((await ask('GET', 'agents')).items.map(({ name, id }) => [name, id]));
const answer = (thread, text, agent) => ask('POST', `threads/${thread}/messages`, { text, agent: agents[agent] });

const OTHERS = [
  ['Marta Kowalska', 'marta@fjord.example', ['Do you repair lamps that were bought before 2020?']],
  ['Jonas Lind', 'jonas@example.com', ['My parcel says delivered, but nothing is here.'], 'Ben'],
  ['Оксана Шевченко', 'oksana@example.com', ['Добрий день! Чи доставляєте до Львова?']],
  ['Yusuf Demir', 'yusuf@example.com', ['Can I change the shade to linen?', 'It was ordered this morning.']],
  ['Chloé Martin', 'chloe@atelier.example', ['The invoice has the wrong VAT number on it.'], 'Ana'],
  ['Noa Levi', 'noa@example.com', ['שלום, האם אפשר להחזיר מנורה?']],
  ['Tom Becker', 'tom@example.com', ['Perfect, thank you!']],
  ['Priya Nair', 'priya@studio.example', ['Is there a trade discount for interior designers?']],
];
for (const [index, [name, email, texts, assignee]] of OTHERS.entries()) {
  const company = /@(?!example)(\w)(\w+)/.exec(email)?.slice(1);
  const user = { user_id: `c-${1001 + index}`, name, email };
  if (company) user.company = company[0].toUpperCase() + company[1];
  const { thread } = await customer(user, texts);
  if (assignee) await ask('PATCH', `threads/${thread}`, { assignee: agents[assignee] });
}
await ask('POST', 'contacts', { user_id: 'dreyes-2021', name: 'D. Reyes', email: 'dana@example.com' });
const user = {
  user_id: 'dana-reyes',
  name: 'Dana Reyes',
  email: 'dana@example.com',
  phone: '+34 600 123 456',
  company: 'Estudio Reyes',
  custom_data: { plan: 'gold', orders: 7, newsletter: true, last_order: '2026-11-02' },
};
const dana = await customer(
  user,
  ['Hi! Does the Aften come with a longer cord?', 'Ours ends a metre too early, see https://example.com/aften'],
  { page: { url: 'https://shop.example/lamps/aften', title: 'Aften · Lumen & Oak' } },
);
const { thread } = dana;
await answer(thread, 'Hello Dana! Yes: three metres, in oak brown or black. It takes two minutes to change.', 'Ana');
const { token } = await ask('POST', 'sessions', { org: 'demo', email: 'ben@demo.test', password: 'demo-password' });
const ben = await connect({ t: 'agent_init', org: 'demo', token, device: { id: 'desk', kind: 'web' } });
await ben.say({ t: 'open', thread }, 'opened');
const note = 'She has the first Aften series: its cord has the old plug, order part 2201.';
await ben.say({ t: 'note', thread, cid: randomUUID(), text: note }, 'ack');
await ben.say({ t: 'assign', thread, cid: randomUUID(), agent: agents.Ana }, 'ack');
const phone = await customer({ user_id: user.user_id }, ['Black, please. I am at work now, can you send it home?'], {
  device: { kind: 'ios', name: 'iPhone' },
});
await phone.say({ t: 'read', seq: 99 });

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: process.getuid() === 0 ? ['--no-sandbox'] : [] });

/** Ana's console, with Dana's conversation open. */
async function console_(options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1360, height: 850 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  await page.goto(`${url}/console/?org=demo`);
  await page.fill('[name=email]', 'ana@demo.test');
  await page.fill('[name=password]', 'demo-password');
  await page.click('[type=submit]');
  await page.click('.inbox-row:has-text("Dana Reyes")');
  await page.waitForSelector('.bubble >> text=Black, please');
  await page.waitForTimeout(500);
  return page;
}

const picture = (page, name) => page.screenshot({ path: `${folder}/${name}.png` });

const light = await console_();
await phone.say({ t: 'typing', on: true });
await light.waitForSelector('.typists span');
await picture(light, 'console');

const dark = await console_({ colorScheme: 'dark' });
await dark.click('.modes >> text=Note');
await dark.keyboard.type('Sends it home, black, 3 m');
await picture(dark, 'console-dark');

const small = await console_({
  viewport: { width: 390, height: 780 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
});
await picture(small, 'console-phone');

const table = await console_();
await table.keyboard.press('Escape');
await table.click('.door >> text=Contacts');
await table.waitForSelector('.contact-row >> text=Dana Reyes');
await table.waitForTimeout(500);
await picture(table, 'console-contacts');

const PEOPLE = [
  ['c-2001', 'Amara Obi', 'amara@obi.example', '+44 20 7946 0018', 'trade', '12'],
  ['c-2002', 'Ben Carter', 'ben@carter.example', '+44 20 7946 0110', 'retail', '2'],
  ['c-2003', 'Inês Duarte', 'ines@duarte.example', '+351 21 000 0000', 'trade', '31'],
  ['c-2004', 'Olek Bondar', 'olek@bondar.example', '+380 44 000 0000', 'retail', '1'],
  ['c-2005', 'Sofia Rossi', 'sofia@rossi.example', '+39 02 0000 0000', 'retail', '4'],
];
const HEADER = 'Customer ID;Full name;E-mail;Phone;Price list;custom.orders:number';
const csv = [HEADER, ...PEOPLE.map((cells) => cells.join(';')), 'c-2006;Nobody'].join('\r\n');
await table.setViewportSize({ width: 1360, height: 600 });
await table.click('.list-title >> text=Import');
await table.setInputFiles('input[type=file]', {
  name: 'customers.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(csv),
});
await table.waitForSelector('.sheet td');
await picture(table, 'console-import');
await table.click('text=Check the file');
await table.waitForSelector('.stage[data-state=done]');
await table.waitForTimeout(300);
await picture(table, 'console-import-report');

const settings = await console_();
await settings.click('.rail >> text=Settings');
await settings.waitForSelector('.member');
await picture(settings, 'console-agents');
await settings.click('.views >> text=Apps');
await settings.click('.app >> text=Install');
await settings.click('text=My customers are logged in');
await settings.waitForTimeout(200);
await picture(settings, 'console-apps');

await browser.close();
for (const socket of sockets) socket.close();
