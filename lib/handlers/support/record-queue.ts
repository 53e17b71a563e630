import type { LogRecord } from '../../core/log-record.js';
import {
  BoundedQueue,
  type BoundedQueueOptions,
  type DropReason,
  type QueueEntry,
  type QueueStats,
} from './bounded-queue.js';

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
 * Differs from Python: `queue.Queue` is unbounded unless told otherwise, and then refuses; this holds at most 50 000
 * records or 16 MiB, and drops by its overflow policy.
 */
export class RecordQueue {
  readonly #items: BoundedQueue<QueueItem>;
  #watcher: QueueWatcher | undefined;
  /** End marks that were put in, and taken out: they are no records. */
  #marks = 0;
  #marksOut = 0;

  constructor(options: BoundedQueueOptions = {}) {
    this.#items = new BoundedQueue(options);
  }

  /** Adds a record, or the end mark. */
  put_nowait(item: QueueItem): void {
    // The mark is as hard to push out as a record can be: it is what ends the listener.
    if (item === null) {
      this.#marks += 1;
      this.#items.push(null, Number.MAX_SAFE_INTEGER, 0);
    } else this.#items.push(item, item.levelno, sizeOf(item));
    this.#watcher?.();
  }

  /** Takes the oldest; `undefined` if there is none. */
  get_nowait(): QueueItem | undefined {
    const [entry] = this.#items.take();
    if (entry === undefined) return undefined;
    this.deliver([entry]);
    return entry.item;
  }

  /** Takes the oldest few, to be reported on later: they still count against the bounds. */
  take(maxRecords: number): QueueEntry<QueueItem>[] {
    return this.#items.take(maxRecords);
  }

  /** Reports what was taken as handled. */
  deliver(entries: readonly QueueEntry<QueueItem>[]): void {
    for (const { item } of entries) if (item === null) this.#marksOut += 1;
    this.#items.deliver(entries);
  }

  /** Reports what was taken as lost. */
  drop(entries: readonly QueueEntry<QueueItem>[], reason: DropReason): void {
    this.#items.drop(entries, reason);
  }

  /** How many wait. */
  qsize(): number {
    return this.#items.length;
  }

  /** Whether none waits. */
  empty(): boolean {
    return this.#items.length === 0;
  }

  /** Records lost so far. */
  get dropped(): number {
    return this.#items.dropped;
  }

  /** What became of everything so far; `delivered` is what was taken out. */
  get stats(): QueueStats {
    const { emitted, delivered, queued, ...rest } = this.#items.stats;
    return {
      emitted: emitted - this.#marks,
      delivered: delivered - this.#marksOut,
      queued: queued - (this.#marks - this.#marksOut),
      ...rest,
    };
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
  for (const _ in record.extraFields()) fields += 1;
  return RECORD_BYTES + texts * 2 + fields * FIELD_BYTES;
}
