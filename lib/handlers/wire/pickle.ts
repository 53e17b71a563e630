import { growBuffer } from '../output/grow-buffer.js';

/** What {@link pickle} can write: what JSON can, and besides BigInt, undefined (None) and {@link PyFloat}. */
export type Picklable =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | PyFloat
  | readonly Picklable[]
  | { readonly [key: string]: Picklable };

/** A number that is to be a `float` in Python, whole or not. */
export class PyFloat {
  constructor(readonly value: number) {}
}

// Opcodes of pickle's protocol 2, which every Python since 2.3 reads.
const PROTO = [0x80, 2];
const STOP = 0x2e;
const NONE = 0x4e;
const NEWTRUE = 0x88;
const NEWFALSE = 0x89;
const BININT = 0x4a;
const LONG1 = 0x8a;
const LONG4 = 0x8b;
const BINFLOAT = 0x47;
const BINUNICODE = 0x58;
const EMPTY_LIST = 0x5d;
const APPENDS = 0x65;
const EMPTY_DICT = 0x7d;
const SETITEMS = 0x75;
const MARK = 0x28;

/**
 * Writes a value as a Python pickle: objects as `dict`, arrays as `list`, integers as `int`, others as `float`.
 *
 * The value is plain data without cycles. Nothing in the result names a class or a function: it is as safe to unpickle
 * as a pickle can be.
 *
 * @see https://docs.python.org/3/library/pickle.html#data-stream-format
 */
export function pickle(value: Picklable): Buffer {
  return new Pickler().pickle(value);
}

const FIRST_BYTES = 1024;
/** A buffer that had to grow further than this is not kept for the next value. */
const MOST_KEPT_BYTES = 65_536;

/**
 * {@link pickle} with one buffer for all values: a record is some fifty small ones, and memory outside of the heap is
 * freed late.
 */
export class Pickler {
  #buffer: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;

  /** @returns The pickle; good until the next one is made. */
  pickle(value: Picklable): Buffer {
    if (this.#buffer.length > MOST_KEPT_BYTES) this.#buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
    this.#length = 0;
    for (const byte of PROTO) this.byte(byte);
    this.save(value);
    this.byte(STOP);
    return this.#buffer.subarray(0, this.#length);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  save(value: Picklable): void {
    if (value === null || value === undefined) this.byte(NONE);
    else if (typeof value === 'boolean') this.byte(value ? NEWTRUE : NEWFALSE);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'bigint') this.#long(value);
    else if (typeof value === 'string') this.#text(value);
    else if (value instanceof PyFloat) this.#float(value.value);
    else if (Array.isArray(value)) this.#list(value);
    else this.#dict(value as { readonly [key: string]: Picklable });
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) this.#float(value);
    else if (value !== (value | 0)) this.#long(BigInt(value));
    else {
      this.byte(BININT);
      this.#reserve(4);
      this.#length = this.#buffer.writeInt32LE(value, this.#length);
    }
  }

  #float(value: number): void {
    this.byte(BINFLOAT);
    this.#reserve(8);
    this.#length = this.#buffer.writeDoubleBE(value, this.#length);
  }

  /** Little-endian two's complement, in as few bytes as hold it with its sign. */
  #long(value: bigint): void {
    const magnitude = value < 0n ? -value - 1n : value;
    const size = Math.floor(magnitude.toString(16).length / 2) + 1;
    const hex = BigInt.asUintN(size * 8, value)
      .toString(16)
      .padStart(size * 2, '0');
    this.byte(size < 256 ? LONG1 : LONG4);
    this.#reserve(4 + size);
    this.#length =
      size < 256
        ? this.#buffer.writeUInt8(size, this.#length)
        : this.#buffer.writeInt32LE(size, this.#length);
    this.#length += Buffer.from(hex, 'hex').reverse().copy(this.#buffer, this.#length);
  }

  #text(value: string): void {
    this.byte(BINUNICODE);
    // A UTF-16 unit takes three bytes of UTF-8 at most.
    this.#reserve(4 + value.length * 3);
    const size = this.#buffer.write(value, this.#length + 4);
    this.#length = this.#buffer.writeUInt32LE(size, this.#length) + size;
  }

  #list(values: readonly Picklable[]): void {
    this.byte(EMPTY_LIST);
    this.byte(MARK);
    for (const value of values) this.save(value);
    this.byte(APPENDS);
  }

  #dict(values: { readonly [key: string]: Picklable }): void {
    this.byte(EMPTY_DICT);
    this.byte(MARK);
    for (const key of Object.keys(values)) {
      this.#text(key);
      this.save(values[key]);
    }
    this.byte(SETITEMS);
  }

  #reserve(bytes: number): void {
    this.#buffer = growBuffer(this.#buffer, this.#length, bytes);
  }
}
