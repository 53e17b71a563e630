/** How many bytes a number takes as a varint. @param value An integer from 0 below 2 ** 53. */
function varintSize(value: number): number {
  let size = 1;
  for (let left = value; left >= 0x80; left = Math.floor(left / 0x80)) size += 1;
  return size;
}

/** Up to this length a loop over the characters is faster than a call of the platform. */
const SHORT = 96;

/**
 * Writes a message in the encoding of Protocol Buffers into a buffer that grows, and is used again for the next.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufWriter {
  #bytes = Buffer.allocUnsafeSlow(4_096);
  #view = viewOf(this.#bytes);
  #at = 0;

  /**
   * What was written, a character for each byte (Latin-1); starts over. A string takes less time to make and to keep than a
   * Buffer, which has memory of its own outside of the heap.
   */
  take(): string {
    const taken = this.#bytes.toString('latin1', 0, this.#at);
    this.#at = 0;
    // One large record does not keep its room for good.
    if (this.#bytes.length > 1_048_576) this.#use(Buffer.allocUnsafeSlow(4_096));
    return taken;
  }

  /** Forgets what was written, after something was thrown. */
  reset(): void {
    this.#at = 0;
  }

  /** A varint field. @param value An integer from 0 below 2 ** 53. */
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

  /** A `fixed64` field with a number of thousands: microseconds as nanoseconds. @param thousands Below 2 ** 53. */
  fixed64(field: number, thousands: number): void {
    this.#need(20);
    this.#raw(field * 8 + 1);
    const high = Math.floor(thousands / WORD);
    const low = (thousands - high * WORD) * 1_000;
    const carry = Math.floor(low / WORD);
    this.#view.setUint32(this.#at, low - carry * WORD, true);
    this.#view.setUint32(this.#at + 4, high * 1_000 + carry, true);
    this.#at += 8;
  }

  /** A `double` field. */
  double(field: number, value: number): void {
    this.#need(20);
    this.#raw(field * 8 + 1);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  /** A `string` field; half a surrogate pair becomes U+FFFD. */
  string(field: number, text: string): void {
    if (text.length <= SHORT && this.#ascii(field, text)) return;
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

  /**
   * Begins a field that is a message: its own fields follow, then {@link end}.
   *
   * @returns What `end` needs.
   */
  begin(field: number): number {
    this.#need(20);
    this.#raw(field * 8 + 2);
    this.#at += 1;
    return this.#at;
  }

  /** Ends the message that began last and has not ended. */
  end(start: number): void {
    const length = this.#at - start;
    if (length < 0x80) {
      this.#bytes[start - 1] = length;
      return;
    }
    // The length takes more than the one byte that was left for it.
    const more = varintSize(length) - 1;
    this.#need(more);
    this.#bytes.copyWithin(start + more, start, this.#at);
    const end = this.#at + more;
    this.#at = start - 1;
    this.#raw(length);
    this.#at = end;
  }

  /** A short text without a character beyond ASCII; false, and nothing is written, if it has one. */
  #ascii(field: number, text: string): boolean {
    const { length } = text;
    this.#need(20 + length);
    const bytes = this.#bytes;
    const start = this.#at;
    this.#raw(field * 8 + 2);
    let at = this.#at;
    bytes[at++] = length;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) {
        this.#at = start;
        return false;
      }
      bytes[at++] = code;
    }
    this.#at = at;
    return true;
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
    this.#use(larger);
  }

  #use(bytes: Buffer<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const WORD = 2 ** 32;
