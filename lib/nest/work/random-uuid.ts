import { Buffer } from 'node:buffer';
import { randomFillSync } from 'node:crypto';
import { lazy } from '../../runtime/lazy.js';

/** Bytes of a UUID, and how many UUIDs are made from one draw. */
const SIZE = 16;
const DRAWN = 512;
/** The position of each byte in the text, which has dashes in between. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;

const pool = lazy(() => {
  const bytes = Buffer.alloc(SIZE * DRAWN);
  return { bytes, used: bytes.length, text: Buffer.alloc(36, '-'), digits: Buffer.from('0123456789abcdef') };
});

/**
 * A random UUID (version 4 of RFC 9562): 122 bits of Node's secure random numbers.
 *
 * `randomUUID` of node:crypto is as fast, but its text is a chain of twenty pieces, which costs the first reader
 * (Node's check of header values) as much again.
 */
export function randomUuid(): string {
  const from = pool();
  const { bytes, text, digits } = from;
  if (from.used === bytes.length) {
    randomFillSync(bytes);
    from.used = 0;
  }
  for (let at = 0; at < SIZE; at += 1) {
    const place = PLACES[at] as number;
    const byte = marked(bytes[from.used + at] as number, at);
    text[place] = digits[byte >> 4] as number;
    text[place + 1] = digits[byte & 15] as number;
  }
  from.used += SIZE;
  return text.toString('latin1');
}

/** The byte with the UUID's version or variant in it, if that is its place. */
function marked(byte: number, at: number): number {
  if (at === 6) return (byte & 0x0f) | 0x40;
  return at === 8 ? (byte & 0x3f) | 0x80 : byte;
}
