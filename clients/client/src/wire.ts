/**
 * The wire as a client sees it: names, limits, and what a frame may hold (WIRE.md section 1). Frames are plain
 * maps here; `frames` gives those of the server a type.
 */

import { ClientError } from './errors.ts';
import { encode } from './msgpack.ts';

export type CodecName = 'msgpack' | 'json';

export interface Frame {
  readonly t: string;
  readonly [field: string]: unknown;
}

/** The fields of a frame, or of a map in one. */
export type Fields = Readonly<Record<string, unknown>>;

export const SUBPROTOCOLS: Readonly<Record<CodecName, string>> = {
  msgpack: 'onethread.v1.msgpack',
  json: 'onethread.v1.json',
};

export const FRAME_BYTES = 256 * 1024;
export const TEXT_LENGTH = 10_000;
export const PAGE_LENGTH = 200;

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Throws `invalid` for a message's text that the server would refuse, without quoting it. */
export function checkText(text: string): void {
  if (typeof text !== 'string') throw new ClientError('invalid', `a text is no ${typeof text}`);
  // A character is a Unicode code point; most texts are far from the limit and need no counting.
  const length = text.length > TEXT_LENGTH ? [...text].length : text.length;
  if (length < 1 || length > TEXT_LENGTH) {
    throw new ClientError('invalid', `a text has 1 to ${TEXT_LENGTH} characters, not ${length}`);
  }
  if (LONE_SURROGATE.test(text)) throw new ClientError('invalid', 'a text holds no lone surrogates');
}

/** Throws `invalid` for a frame that no connection could carry, naming its type and field, not the value. */
export function checkFrame(frame: Frame): void {
  for (const [field, value] of Object.entries(frame)) {
    if (!isWire(value)) throw new ClientError('invalid', `${frame.t}: field ${field} can not be on the wire`);
  }
  const size = encode(frame).length;
  if (size > FRAME_BYTES)
    throw new ClientError('invalid', `a ${frame.t} frame of ${size} bytes is over the wire's ${FRAME_BYTES}`);
}

/** Null, booleans, integers within ±(2^53−1), finite floats, strings, arrays and maps with string keys. */
function isWire(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return !LONE_SURROGATE.test(value);
    case 'number':
      return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
    case 'boolean':
    case 'undefined': // left out
      return true;
    case 'object':
      return (
        value === null ||
        (Array.isArray(value)
          ? value.every(isWire)
          : Object.entries(value).every(([key, held]) => isWire(key) && isWire(held)))
      );
    default:
      return false;
  }
}

/** A random id of 128 bits; WIRE.md section 2 asks for at least 96. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
