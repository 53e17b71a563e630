import type { LogRecord } from '../../core/records/log-record.js';
import type { QueueEntry } from './delivery-queue.js';
import { Deque } from './deque.js';

/** How items are kept as bytes while they wait. */
export interface Packing<T> {
  /** How many entries of a level are not packed: while the receiver keeps up there are no more, and none waits for long. */
  readonly few: number;
  /** Writes an item, which takes as many bytes as it was pushed with. */
  write(item: T, slab: Buffer, at: number): void;
  /** The item from its bytes. */
  read(slab: Buffer, start: number, end: number): T;
}

/** Large enough for many records, and small enough that one record that is still needed does not keep much memory. */
const SLAB_BYTES = 256 * 1024;
/** What precedes the bytes of an item: how many they are, and its sequence. */
const HEAD_BYTES = 12;

/**
 * Entries of one level as bytes, one after the other in slabs, the oldest first.
 *
 * While a server is down, tens of thousands of entries wait. As an object and a string each, the garbage collector
 * would copy them twice, and visit them each time it runs. It does not look into slabs.
 */
export class PackedEntries<T> {
  readonly #levelno: number;
  readonly #packing: Packing<T>;
  readonly #slabs = new Deque<Slab>();
  /** Where entries are written: the last of the slabs. */
  #last: Slab | undefined;
  /** Records that a handler wants in case of a failure, by sequence. */
  readonly #records = new Map<number, LogRecord>();
  #length = 0;
  #first: QueueEntry<T> | undefined;

  constructor(levelno: number, packing: Packing<T>) {
    this.#levelno = levelno;
    this.#packing = packing;
  }

  /** See {@link Packing.few}. */
  get few(): number {
    return this.#packing.few;
  }

  get length(): number {
    return this.#length;
  }

  /** Adds an entry; its parts are those of {@link QueueEntry}. */
  push(item: T, bytes: number, sequence: number, record: LogRecord | undefined): void {
    const slab = this.#slabFor(HEAD_BYTES + bytes);
    const { view, end } = slab;
    view.setUint32(end, bytes);
    view.setFloat64(end + 4, sequence);
    this.#packing.write(item, slab.bytes, end + HEAD_BYTES);
    slab.end = end + HEAD_BYTES + bytes;
    if (record !== undefined) this.#records.set(sequence, record);
    this.#length += 1;
  }

  /** The oldest entry, left where it is. */
  peek(): QueueEntry<T> | undefined {
    if (this.#first === undefined && this.#length > 0) this.#first = this.#read(this.#slabs.peek() as Slab);
    return this.#first;
  }

  /** Removes the oldest entry. */
  shift(): void {
    const slab = this.#slabs.peek();
    if (slab === undefined) return;
    this.#records.delete(slab.view.getFloat64(slab.start + 4));
    slab.start += HEAD_BYTES + slab.view.getUint32(slab.start);
    this.#first = undefined;
    this.#length -= 1;
    if (slab.start < slab.end) return;
    this.#slabs.shift();
    if (this.#length === 0) this.#last = undefined;
  }

  #read({ bytes: slab, view, start: head }: Slab): QueueEntry<T> {
    const bytes = view.getUint32(head);
    const sequence = view.getFloat64(head + 4);
    const start = head + HEAD_BYTES;
    return new PackedEntry(
      this.#packing,
      slab,
      start,
      bytes,
      this.#levelno,
      sequence,
      this.#records.get(sequence),
    );
  }

  #slabFor(bytes: number): Slab {
    let slab = this.#last;
    if (slab === undefined || slab.end + bytes > slab.bytes.length) {
      slab = new Slab(Math.max(SLAB_BYTES, bytes));
      this.#slabs.push(slab);
      this.#last = slab;
    }
    return slab;
  }
}

/** A piece of memory outside of the heap, with entries from `start` to `end`. */
class Slab {
  readonly bytes: Buffer;
  readonly view: DataView;
  start = 0;
  end = 0;

  constructor(size: number) {
    const bytes = Buffer.allocUnsafeSlow(size);
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

/** An entry whose item is read when it is needed: many are dropped, and some are sent more than once. */
class PackedEntry<T> implements QueueEntry<T> {
  readonly bytes: number;
  readonly levelno: number;
  readonly sequence: number;
  readonly logRecord: LogRecord | undefined;
  readonly #packing: Packing<T>;
  readonly #slab: Buffer;
  readonly #start: number;

  constructor(
    packing: Packing<T>,
    slab: Buffer,
    start: number,
    bytes: number,
    levelno: number,
    sequence: number,
    logRecord: LogRecord | undefined,
  ) {
    this.#packing = packing;
    this.#slab = slab;
    this.#start = start;
    this.bytes = bytes;
    this.levelno = levelno;
    this.sequence = sequence;
    this.logRecord = logRecord;
  }

  get item(): T {
    return this.#packing.read(this.#slab, this.#start, this.#start + this.bytes);
  }
}
