/** The shell around the core: sockets, time, promises and listeners, against a server that does as it is told. */

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { Client, MemoryStorage, type State } from '../../src/index.ts';
import { ack, arrival, error, event, OTHER } from '../core/builders.ts';
import { Scripted, socketClass } from './scripted.ts';

let server: Scripted;

beforeEach(async () => {
  server = await Scripted.listen();
});
afterEach(async () => {
  vi.useRealTimers();
  await server.end();
});

const reached = (client: Client, state: State) =>
  new Promise<void>((resolve) => {
    if (client.state === state) resolve();
    client.on('state', (one) => one.state === state && resolve());
  });

describe('reconnecting', () => {
  test('a connection that was cut comes back and resumes', async () => {
    const client = await server.client();
    const first = await server.peer();
    await first.admit();
    await client.ready();
    first.close(1011);
    const second = await server.peer();
    expect(await second.admit({}, { reset: false })).toMatchObject({ resume: { seq: 0 } });
    await client.ready();
  });

  test('4403 stays away until a person asks', async () => {
    const client = await server.client();
    const first = await server.peer();
    await first.admit();
    first.close(4403);
    await reached(client, 'stopped');
    client.hint();
    client.send('still typed');
    expect(client.state).toBe('stopped');
    await expect(client.ready()).rejects.toMatchObject({ kind: 'stopped', code: 4403 });
    client.reconnect();
    await (await server.peer()).admit();
    await client.ready();
    expect(server.connections).toBe(2);
  });

  test('a visitor whose thread moved comes back when a message is typed, not by itself', async () => {
    const client = await server.client();
    const first = await server.peer();
    await first.admit({ visitor: 'v-token' });
    await client.ready();
    first.close(4409);
    await reached(client, 'stopped');
    client.read();
    client.typing();
    expect(client.state).toBe('stopped');
    client.send('hi');
    await (await server.peer()).admit({ thread: OTHER, visitor: 'v-2' });
  });

  test('focus, waking and going online end a wait at once, and find a dead connection', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const client = await server.client();
    const first = await server.peer();
    await first.admit();
    await client.ready();
    await vi.advanceTimersByTimeAsync(10_000);
    client.hint();
    await first.expect('ping');
    await vi.advanceTimersByTimeAsync(5_000);
    await first.gone();
    // The clock stands still: only the hint can end the wait.
    await reached(client, 'waiting');
    client.hint();
    await (await server.peer()).admit();
    await client.ready();
  });

  test('they do not end a wait that the server asked for', async () => {
    const client = await server.client();
    const first = await server.peer();
    await first.expect('init');
    first.send(error(429, 'rate_limited', { retry_after_ms: 60_000 }));
    first.close(4429);
    await reached(client, 'waiting');
    client.hint();
    expect(client.state).toBe('waiting');
    expect(server.connections).toBe(1);
  });

  test('after a heartbeat of silence it pings, and 5 s later connects anew', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const client = await server.client();
    const first = await server.peer();
    await first.admit({ heartbeat_ms: 25_000 });
    await client.ready();
    await vi.advanceTimersByTimeAsync(25_000);
    await first.expect('ping');
    first.send({ t: 'pong', at: 1 });
    first.send(arrival(event(1)));
    await vi.waitFor(() => expect(client.messages).toHaveLength(1));
    await vi.advanceTimersByTimeAsync(25_000);
    await first.expect('ping');
    await vi.advanceTimersByTimeAsync(5_000);
    await first.gone();
    await vi.advanceTimersByTimeAsync(500);
    await server.peer();
  });

  test('a frame that breaks the rules of the wire ends the connection, not the client', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const client = await server.client();
    const first = await server.peer();
    await first.admit();
    await client.ready();
    first.raw('{"t": "event", "thread": 5}');
    await first.gone();
    expect(String(warned.mock.calls[0])).toContain('field thread');
    await (await server.peer()).admit();
    await client.ready();
  });

  test('a server that is not there is tried again, and the program is told why not', async () => {
    const url = server.url;
    await server.end();
    server = await Scripted.listen();
    const client = await server.client({ url });
    const { retryIn } = await new Promise<{ retryIn?: number }>((resolve) => {
      client.on('state', (one) => one.state === 'waiting' && resolve(one));
    });
    expect(retryIn).toBe(250);
  });
});

describe('tokens', () => {
  test('a fresh one is asked for at each init, and one that expired is replaced', async () => {
    let number = 0;
    await server.client({ token: () => `jwt-${++number}` });
    const first = await server.peer();
    expect(await first.expect('init')).toMatchObject({ token: 'jwt-1' });
    first.send(error(401, 'token_expired'));
    first.close(4401);
    expect(await (await server.peer()).expect('init')).toMatchObject({ token: 'jwt-2' });
  });

  test('a provider that fails is asked again, and what it said is not repeated', async () => {
    let number = 0;
    const client = await server.client({
      token: async () => {
        if (++number === 1) throw new Error('secret');
        return 'jwt';
      },
    });
    const reasons: string[] = [];
    client.on('state', ({ reason }) => reason && reasons.push(reason));
    expect(await (await server.peer()).expect('init')).toMatchObject({ token: 'jwt' });
    expect(reasons.join()).toBe('the token provider failed');
  });

  test('one that ends soon is renewed on the same connection', async () => {
    let number = 0;
    await server.client({ token: () => `jwt-${++number}` });
    const first = await server.peer();
    await first.admit({ identity: 'signed', expires_in_ms: 20 });
    const { ref, token } = await first.expect('auth');
    expect(token).toBe('jwt-2');
    first.send({ t: 'authed', ref, exp: 1, expires_in_ms: 600_000 });
    expect(server.connections).toBe(1);
  });
});

describe('tabs', () => {
  test('without a token one init is made at a time, and the second tab brings the token of the first', async () => {
    const storage = new MemoryStorage();
    await Promise.all([server.client({ storage }), server.client({ storage })]);
    const first = await server.peer();
    expect(await first.admit({ visitor: 'v-1' })).not.toHaveProperty('visitor');
    expect(await (await server.peer()).admit({ visitor: 'v-2' })).toMatchObject({ visitor: 'v-1' });
  });

  test('what one typed is shown in the other, which sends it when the one is gone', async () => {
    const storage = new MemoryStorage();
    const one = await server.client({ storage, user: { user_id: 'X' } });
    await (await server.peer()).admit();
    const two = await server.client({ storage, user: { user_id: 'X' } });
    const peer = await server.peer();
    await peer.admit();
    await Promise.all([one.ready(), two.ready()]);
    const shown = new Promise<void>((resolve) => two.on('message', () => resolve()));
    one.send('hi');
    await shown;
    expect(two.messages).toMatchObject([{ text: 'hi', tick: 'queued' }]);
    await one.close();
    expect(await peer.expect('send')).toMatchObject({ text: 'hi' });
  });

  test('they share one device', async () => {
    const storage = new MemoryStorage();
    const devices: unknown[] = [];
    for (const user_id of ['X', 'Y']) {
      await server.client({ storage, user: { user_id } });
      devices.push((await (await server.peer()).admit()).device);
    }
    expect(devices[0]).toEqual(devices[1]);
  });
});

describe('listeners and promises', () => {
  test('a listener that throws harms neither the others nor the client', async () => {
    const shown = vi.spyOn(console, 'error').mockImplementation(() => {});
    const client = await server.client();
    const told: string[] = [];
    client.on('state', () => {
      throw new Error('mine');
    });
    const off = client.on('state', ({ state }) => told.push(state));
    await (await server.peer()).admit();
    await client.ready();
    off();
    await client.close();
    expect(told.slice(-2)).toEqual(['replaying', 'live']);
    expect(String(shown.mock.calls[0])).toBe('Error: mine');
  });

  test('an ack that comes settles its message; a close settles what is left', async () => {
    const client = await server.client();
    const first = await server.peer();
    await first.admit();
    const one = client.send('one');
    const two = client.send('two');
    await first.expect('send');
    first.send(ack(one.cid, 1));
    expect(await one.acked).toMatchObject({ seq: 1 });
    await client.close();
    await expect(two.acked).rejects.toMatchObject({ kind: 'closed' });
    await expect(client.ready()).rejects.toMatchObject({ kind: 'closed' });
    await client.close();
  });

  test('a logout without a connection is complete at once', async () => {
    const storage = new MemoryStorage();
    const client = await Client.open({ url: server.url, org: 'demo', appId: 1, appSecret: 's', storage, socketClass });
    client.send('secret');
    await client.save();
    await client.logout();
    expect((await storage.load('')).size).toBe(0);
    expect(client.state).toBe('closed');
  });
});

describe('options that cannot be right are refused at once', () => {
  const options = { org: 'demo', appId: 1, appSecret: 's', storage: new MemoryStorage(), socketClass };

  test.each([
    ['chat.example', 'no absolute address'],
    ['ftp://chat.example', 'none of ws'],
  ])('%s', async (url, message) => {
    await expect(Client.open({ ...options, url })).rejects.toThrow(message);
  });

  test('a platform without WebSocket', async () => {
    vi.stubGlobal('WebSocket', undefined);
    const { socketClass: _, ...rest } = options;
    await expect(Client.open({ ...rest, url: 'wss://chat.example' })).rejects.toThrow('no WebSocket');
  });

  test('a user that the wire has no form for', async () => {
    const user = { user_id: '1', custom_data: { n: NaN } };
    await expect(Client.open({ ...options, url: 'wss://chat.example', user })).rejects.toThrow('field user');
  });
});
