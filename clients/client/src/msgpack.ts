/**
 * MessagePack as far as the wire has values for it (WIRE.md section 1): null, booleans, integers within ±(2^53−1),
 * floats, strings, arrays, and maps with string keys. Bin and ext are refused.
 *
 * The usual library is 6 kB, two fifths of what this whole package may weigh, for types that no frame has. The tests
 * hold this one against it, and against protocol/vectors.
 */

const WORD = 2 ** 32;

const utf8 = new TextEncoder();
const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The value as bytes. Fields that are undefined are left out. Throws a `TypeError` that names a type without a form. */
export function encode(value: unknown): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writer.value(value);
  return writer.bytes.slice(0, writer.length);
}

class Writer {
  bytes = new Uint8Array(256);
  length = 0;

  value(value: unknown): void {
    if (value === null) this.#put(0xc0);
    else if (typeof value === 'boolean') this.#put(value ? 0xc3 : 0xc2);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') this.#string(value);
    else if (Array.isArray(value)) this.#list(value);
    else if (typeof value === 'object') this.#map(value as object);
    else throw new TypeError(typeof value);
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value)) {
      this.#put(0xcb);
      this.#room(8).setFloat64(0, value);
    } else if (value >= -32 && value < 128) {
      this.#put(value & 0xff);
    } else if (value >= 0) {
      this.#sized(value, [0xcc, 0xcd, 0xce]) || this.#long(0xcf, value);
    } else if (value >= -0x80) {
      this.#put(0xd0, value);
    } else if (value >= -0x8000) {
      this.#put(0xd1, value >> 8, value);
    } else if (value >= -0x8000_0000) {
      this.#put(0xd2);
      this.#room(4).setInt32(0, value);
    } else {
      this.#long(0xd3, value);
    }
  }

  #string(value: string): void {
    const bytes = utf8.encode(value);
    if (bytes.length < 32) this.#put(0xa0 | bytes.length);
    else this.#sized(bytes.length, [0xd9, 0xda, 0xdb]);
    this.#room(bytes.length);
    this.bytes.set(bytes, this.length - bytes.length);
  }

  #list(list: readonly unknown[]): void {
    this.#count(list.length, 0x90, 0xdc);
    for (const value of list) this.value(value);
  }

  #map(map: object): void {
    const fields = Object.entries(map).filter(([, value]) => value !== undefined);
    this.#count(fields.length, 0x80, 0xde);
    for (const [key, value] of fields) {
      this.#string(key);
      this.value(value);
    }
  }

  #count(count: number, few: number, many: number): void {
    if (count < 16) this.#put(few | count);
    else this.#sized(count, [0, many, many + 1]);
  }

  /** A number in 1, 2 or 4 bytes after its type; a type of 0 is not to be had. False if it is longer. */
  #sized(value: number, [one, two, four]: [number, number, number]): boolean {
    if (one && value < 0x100) this.#put(one, value);
    else if (value < 0x1_0000) this.#put(two, value >> 8, value);
    else if (value < WORD) {
      this.#put(four);
      this.#room(4).setUint32(0, value);
    } else return false;
    return true;
  }

  #long(type: number, value: number): void {
    this.#put(type);
    const view = this.#room(8);
    view.setInt32(0, Math.floor(value / WORD));
    view.setUint32(4, value);
  }

  #put(...bytes: number[]): void {
    const at = this.length;
    this.#room(bytes.length);
    this.bytes.set(bytes, at);
  }

  /** Makes room for so many bytes more, and answers it. */
  #room(size: number): DataView {
    const at = this.length;
    this.length += size;
    if (this.length > this.bytes.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    return new DataView(this.bytes.buffer, at, size);
  }
}

/** The one value in these bytes. Throws for anything else; whoever asks knows no more than that it is broken. */
export function decode(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes);
  const value = reader.value();
  if (reader.at !== bytes.length) throw new RangeError();
  return value;
}

class Reader {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  value(): unknown {
    const type = this.#uint(1);
    if (type < 0x80) return type;
    if (type < 0x90) return this.#map(type & 15);
    if (type < 0xa0) return this.#list(type & 15);
    if (type < 0xc0) return this.#string(type & 31);
    if (type >= 0xe0) return type - 256;
    switch (type) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return type === 0xc3;
      case 0xca:
        return this.#view.getFloat32(this.#next(4));
      case 0xcb:
        return this.#view.getFloat64(this.#next(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#uint(1 << (type - 0xcc));
      case 0xcf:
        return this.#uint(4) * WORD + this.#uint(4);
      case 0xd0:
        return this.#view.getInt8(this.#next(1));
      case 0xd1:
        return this.#view.getInt16(this.#next(2));
      case 0xd2:
        return this.#view.getInt32(this.#next(4));
      case 0xd3:
        return this.#view.getInt32(this.#next(4)) * WORD + this.#uint(4);
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#string(this.#uint(1 << (type - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#list(this.#uint(type === 0xdc ? 2 : 4));
      case 0xde:
      case 0xdf:
        return this.#map(this.#uint(type === 0xde ? 2 : 4));
      default:
        throw new RangeError();
    }
  }

  #string(length: number): string {
    const at = this.#next(length);
    return text.decode(this.#bytes.subarray(at, at + length));
  }

  #list(length: number): unknown[] {
    const list: unknown[] = [];
    while (length--) list.push(this.value());
    return list;
  }

  #map(length: number): object {
    const fields: [string, unknown][] = [];
    while (length--) {
      const key = this.value();
      if (typeof key !== 'string') throw new RangeError();
      fields.push([key, this.value()]);
    }
    // Unlike an assignment, this makes a field of any name, `__proto__` too.
    return Object.fromEntries(fields);
  }

  #uint(size: number): number {
    const at = this.#next(size);
    return size === 1 ? this.#view.getUint8(at) : size === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  /** Where the next so many bytes are. Throws if there are fewer. */
  #next(size: number): number {
    const at = this.at;
    this.at += size;
    if (this.at > this.#bytes.length) throw new RangeError();
    return at;
  }
}
