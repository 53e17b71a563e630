/** One record of a batch, cut out of it again. */
export interface BatchedLine {
  readonly text: string;
  readonly levelno: number;
}

/** Characters that are counted in bytes together. */
const PIECE_LENGTH = 4_096;

/**
 * Lines that are written together: one growing string, which is looked into piece by piece only.
 *
 * (Asking the engine for the length in bytes of each line would flatten it, and that of the whole, all of it, each time.)
 */
export class LineBatch {
  readonly #encoding: BufferEncoding;
  readonly #ends: number[] = [];
  readonly #levels: number[] = [];
  #length = 0;
  /** What has been counted, and its length in bytes. */
  #counted = '';
  #countedBytes = 0;
  /** The lines since. */
  #piece = '';

  constructor(encoding: BufferEncoding) {
    this.#encoding = encoding;
  }

  /** How many lines there are. */
  get length(): number {
    return this.#length;
  }

  /** All lines. */
  get text(): string {
    return this.#counted + this.#piece;
  }

  /** Their length in bytes. */
  get bytes(): number {
    if (this.#piece !== '') this.#count();
    return this.#countedBytes;
  }

  /** Their length in bytes or a little less; costs nothing to know. */
  get leastBytes(): number {
    return this.#countedBytes + this.#piece.length;
  }

  add(line: string, levelno: number): void {
    this.#piece += line;
    this.#ends[this.#length] = this.#counted.length + this.#piece.length;
    this.#levels[this.#length] = levelno;
    this.#length += 1;
    if (this.#piece.length >= PIECE_LENGTH) this.#count();
  }

  #count(): void {
    this.#countedBytes += Buffer.byteLength(this.#piece, this.#encoding);
    this.#counted += this.#piece;
    this.#piece = '';
  }

  /** Each line by itself. */
  lines(): BatchedLine[] {
    const { text } = this;
    return this.#ends.slice(0, this.#length).map((end, index) => ({
      text: text.slice(index === 0 ? 0 : this.#ends[index - 1], end),
      levelno: this.#levels[index]!,
    }));
  }

  clear(): void {
    this.#length = 0;
    this.#counted = '';
    this.#countedBytes = 0;
    this.#piece = '';
  }
}
