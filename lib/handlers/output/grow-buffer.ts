/**
 * A buffer with room for more bytes: the same one if it has room, else a copy at least twice as large.
 *
 * In its own memory rather than in a slice of Node's pool, which it would keep alive as a whole.
 *
 * @param used How many of its first bytes are in use.
 * @param more How many are to be written after them.
 */
export function growBuffer(buffer: Buffer, used: number, more: number): Buffer {
  const needed = used + more;
  if (needed <= buffer.length) return buffer;
  const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * buffer.length));
  if (used > 0) buffer.copy(larger, 0, 0, used);
  return larger;
}
