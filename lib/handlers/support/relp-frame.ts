/** The most bytes of data in an answer: servers say a few words. */
const MAX_ANSWER_BYTES = 128 * 1024;
/** The longest that comes before the data: number, command of 32 letters, length. */
const MAX_HEAD_BYTES = 52;
/** Transaction numbers start over after this. */
export const MAX_TRANSACTION = 999_999_999;

/** A frame as it came. */
export interface RelpFrame {
  /** Number of the transaction; 0 for a hint. */
  readonly transaction: number;
  readonly command: string;
  readonly data: Buffer;
}

/** A frame as it goes over the wire. @see https://github.com/rsyslog/librelp/blob/master/doc/relp.html */
export function relpFrame(transaction: number, command: string, data: Buffer): Buffer {
  const head = `${transaction} ${command} ${data.length}`;
  return data.length === 0
    ? Buffer.from(`${head}\n`)
    : Buffer.concat([Buffer.from(`${head} `), data, Buffer.of(0x0a)]);
}

/** Takes frames out of the bytes of a connection, in pieces as they come. */
export class RelpReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that are whole by now. @throws {Error} If the bytes are no frames; the connection is of no more use. */
  read(chunk: Buffer): RelpFrame[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: RelpFrame[] = [];
    for (let found = frameIn(this.#rest); found !== undefined; found = frameIn(this.#rest)) {
      frames.push(found.frame);
      this.#rest = this.#rest.subarray(found.end);
    }
    return frames;
  }
}

function frameIn(bytes: Buffer): { frame: RelpFrame; end: number } | undefined {
  // Latin1 keeps one character for one byte.
  const head = bytes.toString('latin1', 0, MAX_HEAD_BYTES);
  const match = /^(\d{1,9}) ([a-zA-Z]{1,32}) (\d{1,9})(?=[ \n])/.exec(head);
  if (match === null) {
    if (head.length < MAX_HEAD_BYTES && /^\d{0,9}( [a-zA-Z]{0,32}( \d{0,9})?)?$/.test(head)) return undefined;
    throw new Error('the server does not speak RELP');
  }
  const [whole, transaction, command = '', length] = match;
  const dataLength = Number(length);
  if (dataLength > MAX_ANSWER_BYTES) throw new Error(`the server announced ${dataLength} bytes`);
  const start = whole.length + (dataLength > 0 ? 1 : 0);
  const end = start + dataLength;
  if (bytes.length <= end) return undefined;
  if (bytes[end] !== 0x0a) throw new Error('the server sent a frame that does not end');
  return {
    frame: { transaction: Number(transaction), command, data: bytes.subarray(start, end) },
    end: end + 1,
  };
}
