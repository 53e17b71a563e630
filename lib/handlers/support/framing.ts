/** A message after its length, four bytes, the highest first: Python's framing of pickles. */
export function withLength(message: Buffer): Buffer {
  const framed = Buffer.allocUnsafe(4 + message.length);
  framed.writeUInt32BE(message.length, 0);
  message.copy(framed, 4);
  return framed;
}
