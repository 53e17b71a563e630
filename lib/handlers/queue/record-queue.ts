import { fieldSources } from '../../core/formatting/safe-fields.js';
import type { Fields, LogRecord } from '../../core/records/log-record.js';
import { BoundedQueue, type BoundedQueueOptions } from '../delivery/bounded-queue.js';
import type { DropReason, QueueEntry, QueueStats } from '../delivery/delivery-queue.js';

/** What a listener is woken by. */
export type QueueWatcher = () => void;

/** What waits in a {@link RecordQueue}: records, and `null`, the mark that ends a listener. */
export type QueueItem = LogRecord | null;

/** Bytes a record takes in memory besides its texts and fields, about. */
const RECORD_BYTES = 400;
const FIELD_BYTES = 64;

/**
 * The records between a QueueHandler and its listener: bounded, in order, every loss counted. Its methods are those
 * of Python's `queue.Queue` that logging uses.
 *
 * Differs from Python: `queue.Queue` is unbounded by default, and otherwise refuses when full; this holds at most 50
 * 000 records or 16 MiB, and drops by its overflow policy.
 */
export class RecordQueue {
  readonly #items: BoundedQueue<LogRecord>;
  #watcher: QueueWatcher | undefined;
  /** Waiting end marks: each follows the record of that number. They are not records, and take no room. */
  readonly #marks: number[] = [];

  constructor(options: BoundedQueueOptions = {}) {
    this.#items = new BoundedQueue(options);
  }

  /** Adds a record, or the end mark. */
  put_nowait(item: QueueItem): void {
    if (item === null) this.#marks.push(this.#items.lastSequence);
    else this.#items.push(item, item.levelno, sizeOf(item));
    this.#watcher?.();
  }

  /** Takes the oldest; `undefined` if there is none. */
  get_nowait(): QueueItem | undefined {
    const mark = this.#marks[0];
    if (mark !== undefined && mark < this.#items.nextSequence) {
      this.#marks.shift();
      return null;
    }
    const [entry] = this.#items.take();
    if (entry === undefined) return undefined;
    this.deliver([entry]);
    return entry.item;
  }

  /** Takes the oldest few records, to be reported on later: they still count against the bounds. Passes over end marks. */
  take(maxRecords: number): QueueEntry<LogRecord>[] {
    const entries = this.#items.take(maxRecords);
    while ((this.#marks[0] ?? Number.POSITIVE_INFINITY) < this.#items.nextSequence) this.#marks.shift();
    return entries;
  }

  /** Reports what was taken as handled. */
  deliver(entries: readonly QueueEntry<LogRecord>[]): void {
    this.#items.deliver(entries);
  }

  /** Reports what was taken as lost. */
  drop(entries: readonly QueueEntry<LogRecord>[], reason: DropReason): void {
    this.#items.drop(entries, reason);
  }

  /** Drops all that waits. @returns How many records that were. */
  clear(reason: DropReason): number {
    this.#marks.length = 0;
    return this.#items.clear(reason);
  }

  /** How many wait, end marks included. */
  qsize(): number {
    return this.#items.length + this.#marks.length;
  }

  /** Whether none waits. */
  empty(): boolean {
    return this.qsize() === 0;
  }

  /** Records lost so far. */
  get dropped(): number {
    return this.#items.dropped;
  }

  /** What became of everything so far; `delivered` is what was taken out. */
  get stats(): QueueStats {
    return this.#items.stats;
  }

  /** Has a function called after each addition, in place of the one before; `undefined` for none. */
  watch(watcher: QueueWatcher | undefined): void {
    this.#watcher = watcher;
  }
}

/** Estimated: walking every value would cost more than the queue does. */
function sizeOf(record: LogRecord): number {
  const { msg, excText } = record;
  const texts = (typeof msg === 'string' ? msg.length : 0) + (excText?.length ?? 0);
  let fields = 0;
  for (const source of fieldSources(record)) fields += countOf(source);
  return RECORD_BYTES + texts * 2 + fields * FIELD_BYTES;
}

function countOf(fields: Fields | undefined): number {
  let count = 0;
  try {
    for (const _ in fields) count += 1;
  } catch {
    // A proxy that does not list its keys.
  }
  return count;
}
