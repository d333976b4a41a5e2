/** The golden frames of protocol/vectors: both codecs, and the shape of every frame that the server sends. */

import { readFileSync } from 'node:fs';

import { encode as independent } from '@msgpack/msgpack';
import { describe, expect, test } from 'vitest';

import { pack, unpack } from '../../src/codec.ts';
import { parse } from '../../src/frames.ts';
import { decode, encode } from '../../src/msgpack.ts';
import type { Frame } from '../../src/wire.ts';

interface Vector {
  readonly name: string;
  readonly frame?: Frame;
  readonly json?: string;
  readonly msgpack: string;
  readonly reads_as?: Frame;
}

const load = (name: string): Vector[] =>
  JSON.parse(readFileSync(new URL(`../../../../protocol/vectors/${name}.json`, import.meta.url), 'utf-8'));
const FILES = ['customer', 'agent', 'server', 'refused', 'limits'];
const SERVER = load('server');
// What a customer's client hears and has no use for: `pong` was heard, the others are for agents.
const UNUSED = ['pong', 'track', 'opened', 'inbox_page', 'inbox_row', 'gone'];

const bytes = (vector: Vector) => Uint8Array.from(Buffer.from(vector.msgpack, 'hex'));

test.each(FILES)('%s: every frame is the same in both codecs, read and written', (file) => {
  const vectors = load(file).filter(({ frame }) => frame);
  expect(vectors.length).toBeGreaterThan(10);
  for (const vector of vectors) {
    const frame = decode(bytes(vector)) as Frame;
    expect(frame, vector.name).toEqual(vector.frame);
    expect(decode(encode(frame)), vector.name).toEqual(vector.frame);
    // In `limits` are numbers that no client may send, in their shortest form.
    if (file !== 'limits') expect(Buffer.from(encode(frame)).toString('hex'), vector.name).toBe(vector.msgpack);
    expect(JSON.parse(pack(frame, 'json') as string), vector.name).toEqual(vector.frame);
  }
});

test('raw: what the wire allows reads the same in both codecs; of equal keys the last counts', () => {
  const readable = load('raw').filter(({ json, msgpack, reads_as }) => json && msgpack && reads_as);
  expect(readable.length).toBeGreaterThan(3);
  for (const vector of readable) {
    expect(unpack(vector.json!), vector.name).toMatchObject(vector.reads_as!);
    expect(unpack(bytes(vector).buffer), vector.name).toMatchObject(vector.reads_as!);
  }
});

describe('server frames', () => {
  test.each(SERVER.map((vector) => [vector.name, vector] as const))('%s is known by its shape', (_, { frame }) => {
    if (frame!.role === 'agent') expect(() => parse(frame!)).toThrow('field');
    else expect(parse(frame!) === undefined).toBe(UNUSED.includes(frame!.t));
  });

  test('that lack a field they need are refused by its name, without its value', () => {
    for (const { frame } of SERVER.filter(({ name, frame }) => frame!.role !== 'agent' && name.includes('bare'))) {
      if ([...UNUSED, 'presence'].includes(frame!.t)) continue;
      const [field] = Object.keys(frame!).filter((key) => ['thread', 'code', 'exp', 'cid'].includes(key));
      if (field) expect(() => parse({ ...frame!, [field]: ['secret'] }), frame!.t).toThrow(`field ${field}`);
    }
  });
});

describe('MessagePack', () => {
  const values: unknown[] = [
    ...[0, 1, 31, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1],
    ...[-1, -32, -33, -128, -129, -32_768, -32_769, -(2 ** 31), -(2 ** 31) - 1, -(2 ** 53 - 1)],
    ...[0.25, -1e300, 5e-324],
    ...[0, 1, 31, 32, 255, 256, 65_535, 65_536].map((length) => 'x'.repeat(length)),
    ...['é', '東京', '😀', '\0', '\ufeffmarked'],
    ...[0, 15, 16, 70_000].map((length) => Array.from({ length }, (_, index) => index % 3)),
    ...[0, 15, 16, 70_000].map((length) =>
      Object.fromEntries(Array.from({ length }, (_, index) => [`k${index}`, null])),
    ),
    [true, false, null, { a: { b: [[]] } }],
  ];

  test('writes what an independent implementation writes, and reads it back', () => {
    for (const value of values) {
      expect(Buffer.compare(encode(value), independent(value))).toBe(0);
      expect(decode(encode(value))).toEqual(value);
    }
  });

  test('reads what others may write longer than need be', () => {
    expect(decode(Uint8Array.of(0xca, 0x3e, 0x80, 0, 0))).toBe(0.25);
    expect(decode(Uint8Array.of(0xdb, 0, 0, 0, 1, 0x61))).toBe('a');
    expect(decode(Uint8Array.of(0xd3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff))).toBe(-1);
    expect(decode(Uint8Array.of(0xdd, 0, 0, 0, 0))).toEqual([]);
  });

  test('leaves out undefined fields, and writes nothing that the wire has no form for', () => {
    expect(decode(encode({ a: undefined, b: 1 }))).toEqual({ b: 1 });
    expect(() => encode({ a: 1n })).toThrow('bigint');
  });

  test.each([
    ['nothing', []],
    ['half a string', [0xa2, 0x61]],
    ['half a number', [0xcf, 0]],
    ['two values', [1, 2]],
    ['bytes', [0xc4, 1, 0]],
    ['an extension', [0xd4, 1, 0]],
    ['a timestamp', [0xd6, 0xff, 0, 0, 0, 0]],
    ['an unused type', [0xc1]],
    ['a key that is a number', [0x81, 1, 1]],
    ['broken UTF-8', [0xa1, 0xff]],
    ['a list longer than its bytes', [0xdd, 0xff, 0xff, 0xff, 0xff]],
  ])('refuses %s', (_, list) => {
    expect(() => decode(Uint8Array.from(list))).toThrow();
    expect(() => unpack(Uint8Array.from(list).buffer)).toThrow('no frame');
  });

  test('makes a plain field of any name', () => {
    const read = decode(encode(JSON.parse('{"__proto__": {"polluted": 1}}'))) as object;
    expect(Object.keys(read)).toEqual(['__proto__']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

test.each(['5', '[]', 'null', '{"a": 1}', '{"t": 5}', '{'])('%s is no frame', (text) => {
  expect(() => unpack(text)).toThrow('no frame');
});
