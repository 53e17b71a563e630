/**
 * Copies bytes that may wait for long into their own memory. Small Buffers are slices of a pool of 8 KiB shared by the
 * whole process: one that waits keeps all 8 KiB alive, which no bound of a queue counts.
 */
export function inOwnMemory(bytes: Buffer): Buffer {
  if (bytes.length === bytes.buffer.byteLength) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}
