/** The shell over storages that fail. */

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { Client, MemoryStorage, type Changes } from '../../src/index.ts';
import { Scripted, socketClass } from './scripted.ts';

let server: Scripted;

beforeEach(async () => {
  server = await Scripted.listen();
});
afterEach(async () => {
  vi.useRealTimers();
  await server.end();
});

describe('storages that fail', () => {
  class Broken extends MemoryStorage {
    failing = true;
    override async write(changes: Changes): Promise<void> {
      if (this.failing) throw new Error('quota');
      return super.write(changes);
    }
  }

  test('cost nothing but what they should have kept, and are told', async () => {
    const client = await Client.open({
      url: server.url,
      org: 'demo',
      appId: 1,
      appSecret: 's',
      storage: new Broken(),
      socketClass,
    });
    const told = new Promise((resolve) => client.on('problem', resolve));
    client.send('hi');
    expect(await told).toMatchObject({ code: 0, reason: 'storage_failed' });
    expect(client.messages).toMatchObject([{ text: 'hi' }]);
    await client.close();
  });

  test('are written to again later', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const storage = new Broken();
    storage.failing = false;
    const client = await server.client({ storage });
    storage.failing = true;
    const told = new Promise((resolve) => client.on('problem', resolve));
    client.send('hi');
    await told;
    storage.failing = false;
    await vi.advanceTimersByTimeAsync(5_000);
    await vi.waitFor(async () => expect([...(await storage.load('')).keys()].join()).toContain('/outbox.'));
  });
});
