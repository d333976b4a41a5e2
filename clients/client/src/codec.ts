/** The two codecs: a frame as one WebSocket message, and back (WIRE.md section 1). */

import { ClientError } from './errors.ts';
import { decode, encode } from './msgpack.ts';
import type { CodecName, Frame } from './wire.ts';

/** Bytes for MessagePack, text for JSON. What may be in a frame is checked where it is made (`checkFrame`). */
export function pack(frame: Frame, codec: CodecName): Uint8Array<ArrayBuffer> | string {
  return codec === 'json' ? JSON.stringify(frame) : encode(frame);
}

/** The map in one message, in the codec that the message's kind tells. Throws `bad_frame`. */
export function unpack(message: string | ArrayBuffer): Frame {
  try {
    const data = (typeof message === 'string' ? JSON.parse(message) : decode(new Uint8Array(message))) as Frame;
    if (typeof data.t === 'string') return data;
  } catch {
    // Said below: no more is known of either.
  }
  throw new ClientError('bad_frame', 'what is no frame');
}
