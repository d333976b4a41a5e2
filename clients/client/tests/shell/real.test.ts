/** The client against a real server: devices of one customer, kills, and who sees what. */

import { randomUUID } from 'node:crypto';

import WebSocket from 'ws';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { Client, MemoryStorage, type Options, type SocketClass } from '../../src/index.ts';
import { Server } from './server.ts';
import { until } from './until.ts';

let server: Server;
const clients: Client[] = [];

beforeAll(async () => {
  server = await Server.start();
});
afterAll(() => server.end());
afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));

/** A client of the demo organization that connects. */
async function client(options: Partial<Options> = {}): Promise<Client> {
  const made = await Client.open({
    url: server.url,
    org: 'demo',
    appId: 1,
    appSecret: 'demo-secret',
    storage: new MemoryStorage(),
    socketClass: WebSocket as unknown as SocketClass,
    random: () => 0,
    ...options,
  });
  clients.push(made);
  made.start();
  return made;
}

const someone = (): { user_id: string } => ({ user_id: randomUUID() });
const texts = (one: Client) => one.messages.map(({ text }) => text);

test('two devices of one customer see one thread, whichever codec they speak', async () => {
  const user = someone();
  const home = await client({ user });
  const work = await client({ user, codec: 'json' });
  await Promise.all([home.ready(), work.ready()]);
  expect(work.thread).toBe(home.thread);

  const { acked } = home.send('from home');
  const { seq } = await acked;
  await until(work, () => texts(work).includes('from home'));
  await work.send('from work').acked;
  await until(home, () => texts(home).length === 2);

  home.typing();
  await until(work, () => work.typists.length === 1);
  await home.edit(seq, 'from home, really').acked;
  await until(work, () => texts(work)[0] === 'from home, really');
  await home.delete(seq).acked;
  await until(work, () => Boolean(work.messages[0]?.deleted));
  expect(home.messages.map(({ key }) => key)).toEqual(work.messages.map(({ key }) => key));

  await server.backend(`/v1/threads/${home.thread}/messages`, { text: 'from the system' });
  await Promise.all([home, work].map((one) => until(one, () => one.unread === 1)));
  work.read();
  await until(home, () => home.unread === 0);

  expect((await home.profile({ name: 'Dana', custom_data: { plan: 'pro' } })).name).toBe('Dana');
  await until(work, () => work.contact.name === 'Dana');
});

test('older messages come by the page, and a device that was away gets exactly what it missed', async () => {
  const user = someone();
  const home = await client({ user });
  for (let number = 1; number <= 12; number++) home.send(`message ${number}`);
  await until(home, () => home.messages.length === 12 && home.outbox.length === 0);

  const work = await client({ user, tail: 5 });
  await work.ready();
  expect([texts(work)[0], work.more]).toEqual(['message 8', true]);
  await work.history(4);
  expect([texts(work)[0], work.more]).toEqual(['message 4', true]);
  await work.history();
  expect([texts(work), work.more]).toEqual([texts(home), false]);
});

test('killed and started again while both type: nothing is lost, doubled, or in another order', async () => {
  const user = someone();
  const home = await client({ user });
  const work = await client({ user });
  await Promise.all([home.ready(), work.ready()]);
  const typed = new Set<string>();
  const type = (round: number) => {
    for (const [name, one] of Object.entries({ home, work })) {
      for (let number = 0; number < 10; number++) {
        typed.add(`${name} ${round}.${number}`);
        one.send(`${name} ${round}.${number}`);
      }
    }
  };

  type(1);
  await server.tell('kill');
  type(2);
  await server.tell('start');
  type(3);
  await server.tell('kill_everything');
  await server.tell('start');
  await Promise.all([home, work].map((one) => until(one, () => one.messages.length === 60 && one.outbox.length === 0)));
  // Their last events may still be on the way from each other.
  await Promise.all([home, work].map((one) => until(one, () => one.messages.every(({ seq }) => seq !== undefined))));
  expect(new Set(texts(home))).toEqual(typed);
  expect(texts(work)).toEqual(texts(home));
  const ofHome = texts(home).filter((text) => text?.startsWith('home'));
  expect(ofHome).toEqual([...typed].filter((text) => text.startsWith('home')));
});

test('a server that restarts says bye, and its clients come back', async () => {
  const home = await client({ user: someone() });
  await home.ready();
  const waiting = new Promise<string>((resolve) => {
    home.on('state', ({ state, reason }) => state === 'waiting' && resolve(reason ?? ''));
  });
  await server.tell('stop');
  expect(await waiting).toMatch(/closed with 1012|restart/);
  home.send('typed meanwhile');
  await server.tell('start');
  await until(home, () => home.messages[0]?.tick === 'acked');
});

test('what a visitor wrote goes along when the visitor logs in', async () => {
  const storage = new MemoryStorage();
  const visitor = await client({ storage });
  await visitor.send('as a visitor').acked;
  const before = visitor.thread;
  visitor.login(someone());
  await until(visitor, () => visitor.state === 'live' && visitor.thread !== before);
  expect(texts(visitor)).toEqual(['as a visitor']);
  visitor.send('as myself');
  await until(visitor, () => visitor.messages[1]?.tick === 'acked');
});

test('an impostor gets a clean chat, and is told so', async () => {
  const user = { ...someone(), security_hash: 'the right one' };
  const owner = await client({ user });
  await owner.send('secret').acked;
  const impostor = await client({ user: { ...user, security_hash: 'a wrong one' } });
  const refused = new Promise((resolve) => impostor.on('problem', resolve));
  await impostor.ready();
  expect(await refused).toMatchObject({ code: 403, reason: 'identity_refused' });
  expect([impostor.refused, texts(impostor)]).toEqual([true, []]);
  expect(impostor.thread).not.toBe(owner.thread);
});

test('after a logout nothing is left on the device, in any tab, and the next one is somebody else', async () => {
  const storage = new MemoryStorage();
  const user = someone();
  const one = await client({ storage, user });
  const two = await client({ storage, user });
  await Promise.all([one.ready(), two.ready()]);
  await one.send('secret').acked;
  await Promise.all([one.save(), two.save()]);
  const out = new Promise<void>((resolve) => two.on('loggedOut', resolve));
  await one.logout();
  await out;
  await two.close();
  expect([one.state, two.state]).toEqual(['closed', 'closed']);
  expect((await storage.load('')).size).toBe(0);
  expect(() => one.send('more')).toThrow('logged out');

  const next = await client({ storage });
  await next.ready();
  expect(texts(next)).toEqual([]);
  expect(next.identity).toBe('none');
});

test('wrong credentials stop the client, with the reason', async () => {
  const wrong = await client({ appSecret: 'wrong' });
  const { acked } = wrong.send('hi');
  await expect(wrong.ready()).rejects.toMatchObject({ kind: 'stopped', code: 4401 });
  await expect(acked).rejects.toMatchObject({ kind: 'stopped' });
  expect(wrong.messages[0]?.tick).toBe('queued');
});
