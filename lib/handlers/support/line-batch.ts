/** One record of a batch, cut out of it again. */
export interface BatchedLine {
  readonly text: string;
  readonly levelno: number;
}

/**
 * Lines that are written together: one growing string, which is never looked into while it grows.
 *
 * (Asking the engine for its length in bytes would flatten it for each line.)
 */
export class LineBatch {
  /** All lines. */
  text = '';
  /** Their length in bytes. */
  bytes = 0;

  readonly #encoding: BufferEncoding;
  #ends: number[] = [];
  #levels: number[] = [];

  constructor(encoding: BufferEncoding) {
    this.#encoding = encoding;
  }

  /** How many lines there are. */
  get length(): number {
    return this.#ends.length;
  }

  add(line: string, levelno: number): void {
    this.text += line;
    this.bytes += Buffer.byteLength(line, this.#encoding);
    this.#ends.push(this.text.length);
    this.#levels.push(levelno);
  }

  /** Each line by itself. */
  lines(): BatchedLine[] {
    const { text } = this;
    return this.#ends.map((end, index) => ({
      text: text.slice(index === 0 ? 0 : this.#ends[index - 1], end),
      levelno: this.#levels[index]!,
    }));
  }

  clear(): void {
    this.text = '';
    this.bytes = 0;
    this.#ends = [];
    this.#levels = [];
  }
}
