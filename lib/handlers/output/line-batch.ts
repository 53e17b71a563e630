import { growBuffer } from './grow-buffer.js';

/** One record of a batch, cut out of it again. */
export interface BatchedLine {
  readonly text: string;
  readonly levelno: number;
}

/** Characters that are encoded together. */
const PIECE_LENGTH = 4_096;
/** Bytes that a character takes at the most, in any of Node's encodings. */
const MAX_WIDTH = 3;
/** The most buffer that is kept for the next batch, in bytes. */
const MAX_SPARE = 131_072;

/**
 * Lines that are written together: encoded piece by piece, each once.
 *
 * (Asking the engine for the length in bytes of each line, or of the whole, would process all characters twice.)
 */
export class LineBatch {
  readonly #encoding: BufferEncoding;
  readonly #ends: number[] = [];
  readonly #levels: number[] = [];
  #length = 0;
  /** The encoded bytes, at the start of the buffer, and how many characters they were. */
  #encoded: Buffer = Buffer.alloc(0);
  #bytes = 0;
  #characters = 0;
  /** The lines not encoded yet. */
  #piece = '';

  constructor(encoding: BufferEncoding) {
    this.#encoding = encoding;
  }

  /** How many lines there are. */
  get length(): number {
    return this.#length;
  }

  /** All lines, as they are to be written; valid until the batch is cleared or grows. */
  get content(): Buffer {
    this.#encode();
    return this.#encoded.subarray(0, this.#bytes);
  }

  /** Their length in bytes. */
  get bytes(): number {
    this.#encode();
    return this.#bytes;
  }

  /** Their length in bytes or a little less; costs nothing to know. */
  get leastBytes(): number {
    return this.#bytes + this.#piece.length;
  }

  add(line: string, levelno: number): void {
    this.#piece += line;
    this.#ends[this.#length] = this.#characters + this.#piece.length;
    this.#levels[this.#length] = levelno;
    this.#length += 1;
    if (this.#piece.length >= PIECE_LENGTH) this.#encode();
  }

  /** Each line separately. */
  lines(): BatchedLine[] {
    const text = this.content.toString(this.#encoding);
    return this.#ends.slice(0, this.#length).map((end, index) => ({
      text: text.slice(index === 0 ? 0 : this.#ends[index - 1], end),
      levelno: this.#levels[index]!,
    }));
  }

  clear(): void {
    this.#length = 0;
    this.#bytes = 0;
    this.#characters = 0;
    this.#piece = '';
    if (this.#encoded.length > MAX_SPARE) this.#encoded = Buffer.alloc(0);
  }

  #encode(): void {
    const piece = this.#piece;
    if (piece === '') return;
    this.#encoded = growBuffer(this.#encoded, this.#bytes, piece.length * MAX_WIDTH);
    this.#bytes += this.#encoded.write(piece, this.#bytes, this.#encoding);
    this.#characters += piece.length;
    this.#piece = '';
  }
}
