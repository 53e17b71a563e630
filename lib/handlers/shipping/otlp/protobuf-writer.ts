/** How many bytes a number takes as a varint. @param value An integer from 0 below 2 ** 53. */
export function varintSize(value: number): number {
  let size = 1;
  for (let left = value; left >= 0x80; left = Math.floor(left / 0x80)) size += 1;
  return size;
}

/**
 * Writes a message in the encoding of Protocol Buffers into a buffer that grows, and is used again for the next.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufWriter {
  #bytes = Buffer.allocUnsafeSlow(4_096);
  #at = 0;

  /** A copy of what was written; starts over. */
  take(): Buffer {
    const taken = Buffer.allocUnsafe(this.#at);
    this.#bytes.copy(taken, 0, 0, this.#at);
    this.#at = 0;
    // One large record does not keep its room for good.
    if (this.#bytes.length > 1_048_576) this.#bytes = Buffer.allocUnsafeSlow(4_096);
    return taken;
  }

  /** Forgets what was written, after something was thrown. */
  reset(): void {
    this.#at = 0;
  }

  /** A varint field. */
  varint(field: number, value: number): void {
    this.#need(20);
    this.#raw(field * 8);
    this.#raw(value);
  }

  /** An `int64` field. */
  int64(field: number, value: bigint): void {
    this.#need(20);
    this.#raw(field * 8);
    let left = BigInt.asUintN(64, value);
    while (left >= 0x80n) {
      this.#bytes[this.#at++] = Number(left & 0x7fn) | 0x80;
      left >>= 7n;
    }
    this.#bytes[this.#at++] = Number(left);
  }

  /** A `fixed64` field. */
  fixed64(field: number, value: bigint): void {
    this.#need(20);
    this.#raw(field * 8 + 1);
    this.#at = this.#bytes.writeBigUInt64LE(value, this.#at);
  }

  /** A `double` field. */
  double(field: number, value: number): void {
    this.#need(20);
    this.#raw(field * 8 + 1);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  /** A `string` field; half a surrogate pair becomes U+FFFD. */
  string(field: number, text: string): void {
    const bytes = Buffer.byteLength(text);
    this.#need(20 + bytes);
    this.#raw(field * 8 + 2);
    this.#raw(bytes);
    this.#at += this.#bytes.write(text, this.#at);
  }

  /** A `bytes` field, from hexadecimal digits. */
  hex(field: number, digits: string): void {
    const bytes = digits.length / 2;
    this.#need(20 + bytes);
    this.#raw(field * 8 + 2);
    this.#raw(bytes);
    this.#at += this.#bytes.write(digits, this.#at, 'hex');
  }

  /** A field that is a message, whose own fields `write` writes. */
  message(field: number, write: () => void): void {
    this.#need(20);
    this.#raw(field * 8 + 2);
    const start = ++this.#at;
    write();
    const length = this.#at - start;
    const more = varintSize(length) - 1;
    if (more > 0) {
      // The length takes more than the one byte that was left for it.
      this.#need(more);
      this.#bytes.copyWithin(start + more, start, this.#at);
      this.#at += more;
    }
    const end = this.#at;
    this.#at = start - 1;
    this.#raw(length);
    this.#at = end;
  }

  #raw(value: number): void {
    let left = value;
    while (left >= 0x80) {
      this.#bytes[this.#at++] = (left % 0x80) | 0x80;
      left = Math.floor(left / 0x80);
    }
    this.#bytes[this.#at++] = left;
  }

  #need(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#at + bytes));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
