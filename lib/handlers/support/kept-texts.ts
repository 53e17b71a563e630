import { BoundedQueue, type QueueEntry } from './bounded-queue.js';

/** How much of what is kept is written at once. */
const CHUNK_BYTES = 64 * 1024;
const CHUNK_RECORDS = 1_000;

/**
 * Texts that could not be written, in order and within bounds; each is one record.
 *
 * A text that was begun is apart: it is finished before any other, and no bound can make it go.
 */
export class KeptTexts {
  // Bytes as characters: a small Buffer takes more memory than what is in it, or keeps Node's pool from being freed.
  readonly #queue = new BoundedQueue<string>();
  /** What {@link chunk} gave and {@link sent} has not been told about. */
  #taken: QueueEntry<string>[] = [];
  #torn: Buffer | undefined;
  /** Bytes of it that got out. */
  #begun = 0;

  /** How many there are. */
  get length(): number {
    return this.#queue.length + (this.#torn === undefined ? 0 : 1);
  }

  /** Their bytes. */
  get bytes(): number {
    return this.length === 0 ? 0 : this.#queue.stats.queuedBytes + (this.#torn?.length ?? 0);
  }

  /** How many had to go. */
  get dropped(): number {
    return this.#queue.stats.dropped;
  }

  /** Keeps a text, at the end. */
  keep(bytes: Buffer, levelno: number): void {
    this.#queue.push(bytes.toString('latin1'), levelno, bytes.length);
  }

  /** Keeps a text of which some bytes got out, before all others. */
  tear(bytes: Buffer, written: number): void {
    this.#torn = bytes;
    this.#begun = written;
  }

  /** What to write next; {@link sent} has to be told how far it came. */
  chunk(): Buffer {
    if (this.#torn !== undefined) return this.#torn.subarray(this.#begun);
    this.#taken = this.#queue.take(CHUNK_RECORDS, CHUNK_BYTES);
    return Buffer.from(this.#taken.map(({ item }) => item).join(''), 'latin1');
  }

  /** Of the last chunk so many bytes got out. @returns How many texts are complete with that. */
  sent(written: number): number {
    if (this.#torn !== undefined) return this.#sentOfTorn(this.#torn, written);
    const entries = this.#taken;
    this.#taken = [];
    let [end, complete] = [0, 0];
    for (const { bytes } of entries) {
      if (end + bytes > written) break;
      end += bytes;
      complete += 1;
    }
    const torn = entries[complete];
    const isTorn = torn !== undefined && written > end;
    if (isTorn) this.tear(Buffer.from(torn.item, 'latin1'), written - end);
    const gone = complete + (isTorn ? 1 : 0);
    this.#queue.deliver(entries.slice(0, gone));
    this.#queue.putBack(entries.slice(gone));
    return complete;
  }

  #sentOfTorn(torn: Buffer, written: number): number {
    this.#begun += written;
    if (this.#begun < torn.length) return 0;
    this.#torn = undefined;
    this.#begun = 0;
    return 1;
  }

  /** Of the text that was begun, the bytes that got out; 0 if none was. */
  get bytesBegun(): number {
    return this.#begun;
  }

  /** Makes a text that was begun start over, because it will go elsewhere. */
  rewind(): void {
    this.#begun = 0;
  }

  /** Lets go of all. @returns How many that were but for those that count as {@link dropped}. */
  clear(reason: 'failed' | 'closed'): number {
    this.#queue.clear(reason);
    if (this.#torn === undefined) return 0;
    this.#torn = undefined;
    return 1;
  }
}
