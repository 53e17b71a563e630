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
 * Writes a value as a Python pickle: objects as `dict`, arrays as `list`, whole numbers as `int`, others as `float`.
 *
 * The value is plain data without cycles. Nothing in the result names a class or a function: it is as safe to unpickle
 * as a pickle can be.
 *
 * @see https://docs.python.org/3/library/pickle.html#data-stream-format
 */
export function pickle(value: Picklable): Buffer {
  const chunks: Buffer[] = [Buffer.from(PROTO)];
  save(value, chunks);
  chunks.push(Buffer.of(STOP));
  return Buffer.concat(chunks);
}

function save(value: Picklable, chunks: Buffer[]): void {
  if (value === null || value === undefined) chunks.push(Buffer.of(NONE));
  else if (typeof value === 'boolean') chunks.push(Buffer.of(value ? NEWTRUE : NEWFALSE));
  else if (typeof value === 'number') chunks.push(number(value));
  else if (typeof value === 'bigint') chunks.push(long(value));
  else if (typeof value === 'string') chunks.push(text(value));
  else if (value instanceof PyFloat) chunks.push(float(value.value));
  else if (Array.isArray(value)) list(value, chunks);
  else dict(value as { readonly [key: string]: Picklable }, chunks);
}

function number(value: number): Buffer {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return float(value);
  if (value !== (value | 0)) return long(BigInt(value));
  const bytes = Buffer.allocUnsafe(5);
  bytes[0] = BININT;
  bytes.writeInt32LE(value, 1);
  return bytes;
}

function float(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(9);
  bytes[0] = BINFLOAT;
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

/** Little-endian two's complement, in as few bytes as hold it with its sign. */
function long(value: bigint): Buffer {
  const magnitude = value < 0n ? -value - 1n : value;
  const size = Math.floor(magnitude.toString(16).length / 2) + 1;
  const hex = BigInt.asUintN(size * 8, value)
    .toString(16)
    .padStart(size * 2, '0');
  const digits = Buffer.from(hex, 'hex').reverse();
  if (size < 256) return Buffer.concat([Buffer.of(LONG1, size), digits]);
  const head = Buffer.allocUnsafe(5);
  head[0] = LONG4;
  head.writeInt32LE(size, 1);
  return Buffer.concat([head, digits]);
}

function text(value: string): Buffer {
  const size = Buffer.byteLength(value);
  const bytes = Buffer.allocUnsafe(5 + size);
  bytes[0] = BINUNICODE;
  bytes.writeUInt32LE(size, 1);
  bytes.write(value, 5);
  return bytes;
}

function list(values: readonly Picklable[], chunks: Buffer[]): void {
  chunks.push(Buffer.of(EMPTY_LIST, MARK));
  for (const value of values) save(value, chunks);
  chunks.push(Buffer.of(APPENDS));
}

function dict(values: { readonly [key: string]: Picklable }, chunks: Buffer[]): void {
  chunks.push(Buffer.of(EMPTY_DICT, MARK));
  for (const key of Object.keys(values)) {
    chunks.push(text(key));
    save(values[key], chunks);
  }
  chunks.push(Buffer.of(SETITEMS));
}
