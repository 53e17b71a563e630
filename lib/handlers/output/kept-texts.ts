import { BoundedQueue } from '../delivery/bounded-queue.js';
import type { QueueEntry } from '../delivery/delivery-queue.js';

/** How many bytes of the buffer are written at once. */
const CHUNK_BYTES = 64 * 1024;
const CHUNK_RECORDS = 1_000;

/**
 * Texts that could not be written, in order and within bounds; each is one record.
 *
 * A text that is partly written is separate: it is finished before any other, and is never dropped by a bound.
 */
export class KeptTexts {
  // Bytes as characters: a small Buffer takes more memory than what is in it, or keeps Node's pool from being freed.
  readonly #queue = new BoundedQueue<string>();
  /** What {@link chunk} returned and {@link sent} has not yet confirmed. */
  #taken: QueueEntry<string>[] = [];
  #torn: Buffer | undefined;
  /** Bytes of it that were written. */
  #begun = 0;

  /** How many there are. */
  get length(): number {
    return this.#queue.length + (this.#torn === undefined ? 0 : 1);
  }

  /** Their bytes. */
  get bytes(): number {
    return this.length === 0 ? 0 : this.#queue.stats.queuedBytes + (this.#torn?.length ?? 0);
  }

  /** How many were dropped. */
  get dropped(): number {
    return this.#queue.stats.dropped;
  }

  /** Adds a text at the end. */
  keep(bytes: Buffer, levelno: number): void {
    this.#queue.push(bytes.toString('latin1'), levelno, bytes.length);
  }

  /** Adds a partly written text before all others. */
  tear(bytes: Buffer, written: number): void {
    this.#torn = bytes;
    this.#begun = written;
  }

  /** What to write next; {@link sent} has to be called with the number of bytes written. */
  chunk(): Buffer {
    if (this.#torn !== undefined) return this.#torn.subarray(this.#begun);
    this.#taken = this.#queue.take(CHUNK_RECORDS, CHUNK_BYTES);
    return Buffer.from(this.#taken.map(({ item }) => item).join(''), 'latin1');
  }

  /** Confirms the bytes written of the last chunk. @returns How many texts are now complete. */
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

  /** Bytes written of the partly written text; 0 if there is none. */
  get bytesBegun(): number {
    return this.#begun;
  }

  /** Restarts a partly written text from its beginning, because it will go elsewhere. */
  rewind(): void {
    this.#begun = 0;
  }

  /** Drops all. @returns How many, without those counted as {@link dropped}. */
  clear(reason: 'failed' | 'closed'): number {
    this.#queue.clear(reason);
    if (this.#torn === undefined) return 0;
    this.#torn = undefined;
    return 1;
  }
}
