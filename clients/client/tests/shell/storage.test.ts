/** Every storage keeps what the client needs, in one suite; IndexedDB with what browsers add to it. */

import 'fake-indexeddb/auto';

import { afterEach, describe, expect, test } from 'vitest';

import { Drawer } from '../../src/drawer.ts';
import { IndexedDBStorage, MemoryStorage, type Changes, type Storage } from '../../src/index.ts';

let number = 0;
const released: (() => void)[] = [];
afterEach(() => released.splice(0).forEach((release) => release()));

const changes = (entries: Record<string, object | undefined>) => new Map(Object.entries(entries)) as Changes;
const load = async (storage: Storage, prefix = '') => Object.fromEntries(await storage.load(prefix));

describe.each([
  ['memory', () => new MemoryStorage()],
  ['IndexedDB', () => new IndexedDBStorage(`test ${++number}`)],
])('%s', (_, make) => {
  test('keeps, replaces and removes records', async () => {
    const storage = make();
    await storage.write(changes({ a: { n: 1 }, b: { n: 2 } }));
    await storage.write(changes({ a: { n: 3 }, b: undefined, c: { deep: [{ x: null }] } }));
    expect(await load(storage)).toEqual({ a: { n: 3 }, c: { deep: [{ x: null }] } });
  });

  test('finds by the beginning of the key', async () => {
    const storage = make();
    await storage.write(changes({ 'a.1': { n: 1 }, 'a.2': { n: 2 }, 'b.1': { n: 3 }, a: { n: 4 } }));
    expect(await load(storage, 'a.')).toEqual({ 'a.1': { n: 1 }, 'a.2': { n: 2 } });
  });

  test('one device has one drawer, also when two clients open it at once', async () => {
    const storage = make();
    const first = await Drawer.open(storage);
    const [second, third] = await Promise.all([Drawer.open(storage), Drawer.open(storage)]);
    expect([second.id, third.id]).toEqual([first.id, first.id]);
  });

  test('a drawer that is emptied leaves nothing, and the next one is another', async () => {
    const storage = make();
    const drawer = await Drawer.open(storage);
    await drawer.write(changes({ 'token.visitor': { token: 'secret' }, 'log.t': { n: 1 } }));
    await drawer.empty();
    expect(await load(storage)).toEqual({});
    expect((await Drawer.open(storage)).id).not.toBe(drawer.id);
  });

  test('a tab that is late with its logout leaves the next drawer alone', async () => {
    const storage = make();
    const old = await Drawer.open(storage);
    await old.empty();
    const next = await Drawer.open(storage);
    await next.write(changes({ 'token.visitor': { token: 'new' } }));
    await old.write(changes({ 'log.t': { n: 1 } }));
    await old.empty();
    expect(Object.fromEntries(await next.load(''))).toEqual({ 'token.visitor': { token: 'new' } });
    expect((await Drawer.open(storage)).id).toBe(next.id);
  });

  test('clients hear what others write to their drawer, and that it was emptied', async () => {
    const one = make();
    const two = one instanceof MemoryStorage ? one : new IndexedDBStorage(`test ${number}`);
    const writer = await Drawer.open(one);
    const reader = await Drawer.open(two);
    const heard: (Changes | null)[] = [];
    let wake = () => {};
    released.push(
      reader.watch((changes) => {
        heard.push(changes);
        wake();
      })!,
      one.watch!(() => {}),
    );
    await writer.write(changes({ 'outbox.1': { n: 1 } }));
    await writer.empty();
    while (heard.at(-1) !== null) await new Promise<void>((resolve) => (wake = resolve));
    expect(heard[0]).toEqual(changes({ 'outbox.1': { n: 1 } }));
  });
});

test('a lock is held by one at a time, and waited for', async () => {
  const storage = new MemoryStorage();
  const release = await storage.lock('x');
  const order: string[] = [];
  const second = storage.lock('x').then((release) => {
    order.push('second');
    release();
  });
  (await storage.lock('y'))();
  order.push('first');
  release();
  await second;
  expect(order).toEqual(['first', 'second']);
});

test('a database that was closed under it is opened anew', async () => {
  const storage = new IndexedDBStorage(`test ${++number}`);
  await storage.write(changes({ a: { n: 1 } }));
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase(`test ${number}`);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
  await storage.write(changes({ b: { n: 2 } }));
  expect(await load(storage)).toEqual({ b: { n: 2 } });
});

test('what can not be stored rejects, and changes nothing', async () => {
  const storage = new IndexedDBStorage(`test ${++number}`);
  await expect(storage.write(changes({ a: { n: 1 }, b: { f: () => {} } }))).rejects.toThrow();
  expect(await load(storage)).toEqual({});
});
