import { ERROR } from '../../core/levels.js';
import type { DeliveryQueue } from './delivery-queue.js';
import { Deque } from './deque.js';

/**
 * Which record goes when a queue is full.
 *
 * - `'dropLowestLevel'`: the oldest of the lowest level that waits, if that is lower than the newcomer's; else the newcomer.
 * - `'dropNewest'`: the newcomer.
 * - `'dropOldest'`: the oldest below ERROR; for a newcomer at ERROR or above, if there is none, the oldest.
 */
export type OverflowPolicy = 'dropLowestLevel' | 'dropNewest' | 'dropOldest';

/**
 * Why a record was lost.
 *
 * - `overflow`: the queue was full.
 * - `oversize`: larger than the queue, or than the receiver takes.
 * - `rejected`: the receiver will never take it.
 * - `failed`: every attempt failed, or the connection broke and nothing tells what arrived.
 * - `closed`: the handler was closed before it could be sent.
 * - `corrupt`: a spool's file was damaged.
 */
export type DropReason = 'overflow' | 'oversize' | 'rejected' | 'failed' | 'closed' | 'corrupt';

/** Bounds of a queue. */
export interface BoundedQueueOptions {
  /** The most bytes that wait or are on their way; default 16 MiB. */
  maxBytes?: number | undefined;
  /** The most items that wait or are on their way; default 50 000. */
  maxRecords?: number | undefined;
  /** Which item goes when it is full; default `'dropLowestLevel'`. */
  overflow?: OverflowPolicy | undefined;
}

/** One item with what the queue needs to know of it. */
export interface QueueEntry<T> {
  readonly item: T;
  readonly levelno: number;
  readonly bytes: number;
  /** Grows with each item: the order of arrival. */
  readonly sequence: number;
}

/** What became of the items of a queue: `emitted` is always the sum of the others, `spooled` among them. */
export interface DeliveryStats {
  /** Items that were given to the queue. */
  readonly emitted: number;
  /** Items that left it for good, as far as the transport can tell. */
  readonly delivered: number;
  /** Items that wait or are on their way. */
  readonly queued: number;
  /** Items that were lost. */
  readonly dropped: number;
}

/** {@link DeliveryStats} and the details. */
export interface QueueStats extends DeliveryStats {
  /** Bytes of what waits or is on its way. */
  readonly queuedBytes: number;
  /** Items that wait in a spool; 0 without one. */
  readonly spooled: number;
  /** The lost items by reason. */
  readonly droppedBy: Readonly<Record<DropReason, number>>;
}

/** Of both bounds, the part that items below ERROR may fill. */
const SHARE_BELOW_ERROR = 0.9;
/** While the receiver keeps up there are fewer, and none of them waits for long. */
const FEW_WAITING = 256;

/**
 * What waits to be sent: bounded in bytes and count, oldest first, every loss counted.
 *
 * The last tenth is kept for ERROR and above. Items that were taken still count against the bounds until they are
 * reported as delivered, dropped or put back:
 *
 * @example
 * const batch = queue.take(100);
 * try { await send(batch.map((entry) => entry.item)); queue.deliver(batch); }
 * catch { queue.putBack(batch); }
 */
export class BoundedQueue<T> implements DeliveryQueue<T> {
  readonly isDurable = false;
  readonly maxBytes: number;
  readonly maxRecords: number;
  readonly overflow: OverflowPolicy;

  readonly #keep: (item: T) => T;
  // One line for each level, so that the oldest of the lowest level is found without a search.
  readonly #lines = new Map<number, Deque<QueueEntry<T>>>();
  readonly #droppedBy: Record<DropReason, number> = {
    overflow: 0,
    oversize: 0,
    rejected: 0,
    failed: 0,
    closed: 0,
    corrupt: 0,
  };
  #sequence = 0;
  #delivered = 0;
  #dropped = 0;
  #waiting = 0;
  #inFlight = 0;
  #bytes = 0;

  /** @param keep Makes an item one that may wait for long; not asked while few wait, nor for one that is dropped. */
  constructor(options: BoundedQueueOptions = {}, keep = (item: T) => item) {
    this.maxBytes = options.maxBytes ?? 16 * 1024 * 1024;
    this.maxRecords = options.maxRecords ?? 50_000;
    this.overflow = options.overflow ?? 'dropLowestLevel';
    this.#keep = keep;
  }

  /** Items that wait; without those on their way. */
  get length(): number {
    return this.#waiting;
  }

  /** The number of the item that was pushed last; 0 before the first. */
  get lastSequence(): number {
    return this.#sequence;
  }

  /** Whether everything up to an item has been delivered or dropped. */
  isSettledUpTo(sequence: number): boolean {
    // Taken items are older than those that wait, so nothing on its way means that the oldest waiting one decides.
    if (this.#inFlight > 0) return false;
    return (this.#oldest(Number.POSITIVE_INFINITY)?.peek()?.sequence ?? Number.POSITIVE_INFINITY) > sequence;
  }

  /** Items that were taken and not yet reported on. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Items lost so far, whatever the reason. */
  get dropped(): number {
    return this.#dropped;
  }

  /** What became of everything so far. */
  get stats(): QueueStats {
    return {
      emitted: this.#sequence,
      delivered: this.#delivered,
      queued: this.#waiting + this.#inFlight,
      queuedBytes: this.#bytes,
      spooled: 0,
      dropped: this.#dropped,
      droppedBy: { ...this.#droppedBy },
    };
  }

  /**
   * Adds an item at the end; makes room by the overflow policy where there is none.
   *
   * @param levelno Level of its record.
   * @param bytes What it takes in memory, about.
   * @returns `false` if the item itself was dropped.
   */
  push(item: T, levelno: number, bytes: number): boolean {
    this.#sequence += 1;
    const share = levelno >= ERROR ? 1 : SHARE_BELOW_ERROR;
    const isAdmitted = bytes <= this.maxBytes * share && this.#makeRoom(levelno, bytes, share);
    if (!isAdmitted) {
      this.#lose(bytes > this.maxBytes * share ? 'oversize' : 'overflow', 1);
      return false;
    }
    const kept = this.#waiting < FEW_WAITING ? item : this.#keep(item);
    this.#line(levelno).push({ item: kept, levelno, bytes, sequence: this.#sequence });
    this.#waiting += 1;
    this.#bytes += bytes;
    return true;
  }

  /**
   * Takes the oldest items.
   *
   * @param maxRecords The most items to take; default 1.
   * @param maxBytes The most bytes to take; the first item is taken whatever its size.
   */
  take(maxRecords = 1, maxBytes = Number.POSITIVE_INFINITY): QueueEntry<T>[] {
    const taken: QueueEntry<T>[] = [];
    let bytes = 0;
    while (taken.length < maxRecords) {
      const line = this.#oldest(Number.POSITIVE_INFINITY);
      const entry = line?.peek();
      if (line === undefined || entry === undefined) break;
      if (taken.length > 0 && bytes + entry.bytes > maxBytes) break;
      this.#remove(line, entry);
      bytes += entry.bytes;
      taken.push(entry);
    }
    this.#inFlight += taken.length;
    this.#bytes += bytes;
    return taken;
  }

  /** Reports taken items as delivered. */
  deliver(entries: readonly QueueEntry<T>[]): void {
    this.#settle(entries);
    this.#delivered += entries.length;
  }

  /** Reports taken items as lost. */
  drop(entries: readonly QueueEntry<T>[], reason: DropReason): void {
    this.#settle(entries);
    this.#lose(reason, entries.length);
  }

  /** Puts taken items back where they were, to be taken again. */
  putBack(entries: readonly QueueEntry<T>[]): void {
    this.#settle(entries);
    for (const entry of [...entries].reverse()) {
      this.#line(entry.levelno).unshift(entry);
      this.#waiting += 1;
      this.#bytes += entry.bytes;
    }
  }

  /** Drops all that waits, and gives back how many that were. Taken items are not touched. */
  clear(reason: DropReason): number {
    const entries = this.take(Number.POSITIVE_INFINITY);
    this.drop(entries, reason);
    return entries.length;
  }

  #makeRoom(levelno: number, bytes: number, share: number): boolean {
    while (!this.#fits(bytes, share)) {
      const line = this.#victim(levelno);
      const entry = line?.peek();
      if (line === undefined || entry === undefined) return false;
      this.#remove(line, entry);
      this.#lose('overflow', 1);
    }
    return true;
  }

  #fits(bytes: number, share: number): boolean {
    return (
      this.#waiting + this.#inFlight + 1 <= Math.max(1, this.maxRecords * share) &&
      this.#bytes + bytes <= this.maxBytes * share
    );
  }

  /** The line whose first entry gives way to a newcomer of that level. */
  #victim(levelno: number): Deque<QueueEntry<T>> | undefined {
    if (this.overflow === 'dropNewest') return undefined;
    if (this.overflow === 'dropOldest')
      return this.#oldest(ERROR) ?? (levelno >= ERROR ? this.#oldest(Number.POSITIVE_INFINITY) : undefined);
    let lowest = levelno;
    for (const level of this.#lines.keys()) if (level < lowest) lowest = level;
    return lowest < levelno ? this.#lines.get(lowest) : undefined;
  }

  /** The line that starts with the oldest entry below a level. */
  #oldest(below: number): Deque<QueueEntry<T>> | undefined {
    let oldest: Deque<QueueEntry<T>> | undefined;
    let sequence = Number.POSITIVE_INFINITY;
    for (const [level, line] of this.#lines) {
      const first = line.peek()?.sequence ?? sequence;
      if (level < below && first < sequence) {
        oldest = line;
        sequence = first;
      }
    }
    return oldest;
  }

  #line(levelno: number): Deque<QueueEntry<T>> {
    let line = this.#lines.get(levelno);
    if (line === undefined) {
      line = new Deque();
      this.#lines.set(levelno, line);
    }
    return line;
  }

  /** Takes the first entry of a line out; no line is kept empty, so that all of them are worth a look. */
  #remove(line: Deque<QueueEntry<T>>, entry: QueueEntry<T>): void {
    line.shift();
    if (line.length === 0) this.#lines.delete(entry.levelno);
    this.#waiting -= 1;
    this.#bytes -= entry.bytes;
  }

  #lose(reason: DropReason, count: number): void {
    this.#droppedBy[reason] += count;
    this.#dropped += count;
  }

  #settle(entries: readonly QueueEntry<T>[]): void {
    this.#inFlight -= entries.length;
    for (const { bytes } of entries) this.#bytes -= bytes;
  }
}
