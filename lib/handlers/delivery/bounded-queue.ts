import { ERROR } from '../../core/levels.js';
import type { LogRecord } from '../../core/records/log-record.js';
import type { DeliveryQueue, DropReason, QueueEntry, QueueStats } from './delivery-queue.js';
import { EntriesByLevel } from './entries-by-level.js';
import type { Packing } from './packed-entries.js';

/**
 * Which record is dropped when a queue is full.
 *
 * - `'dropLowestLevel'`: the oldest waiting record of the lowest level, if that is lower than the new record's; else
 *   the new record.
 * - `'dropNewest'`: the new record.
 * - `'dropOldest'`: the oldest below ERROR; if there is none and the new record is at ERROR or above, the oldest.
 */
export type OverflowPolicy = 'dropLowestLevel' | 'dropNewest' | 'dropOldest';

/** Bounds of a queue. */
export interface BoundedQueueOptions {
  /** The most bytes that wait or are on their way; default 16 MiB. */
  maxBytes?: number | undefined;
  /** The most items that wait or are on their way; default 50 000. */
  maxRecords?: number | undefined;
  /** Which item is dropped when it is full; default `'dropLowestLevel'`. */
  overflow?: OverflowPolicy | undefined;
}

/** The share of the bounds of a queue that items below ERROR may fill. */
export const SHARE_BELOW_ERROR = 0.9;
/** While the receiver keeps up, fewer items than this wait, and none for long. */
const FEW_WAITING = 256;

/**
 * The queue of what waits to be sent: bounded in bytes and count, oldest first, with every loss counted.
 *
 * The last tenth is reserved for ERROR and above. Items that were taken count against the bounds until they are
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
  readonly #waiting: EntriesByLevel<T>;
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
  #inFlight = 0;
  #inFlightBytes = 0;
  /**
   * The queue is known to be full for levels up to this one, until something leaves it. Cached, because each log call
   * asks while a receiver is down.
   */
  #fullUpTo = Number.NEGATIVE_INFINITY;

  /**
   * @param keep Prepares an item that may wait for long; not called while few wait, nor for an item that is dropped.
   * @param packing Keeps items as bytes where many wait. Their sizes have to be exact.
   */
  constructor(options: BoundedQueueOptions = {}, keep = (item: T) => item, packing?: Packing<T>) {
    this.maxBytes = options.maxBytes ?? 16 * 1024 * 1024;
    this.maxRecords = options.maxRecords ?? 50_000;
    this.overflow = options.overflow ?? 'dropLowestLevel';
    this.#keep = keep;
    this.#waiting = new EntriesByLevel(packing);
  }

  /** Waiting items, without those on their way. */
  get length(): number {
    return this.#waiting.length;
  }

  /** The number of the item that was pushed last; 0 before the first. */
  get lastSequence(): number {
    return this.#sequence;
  }

  /** Whether everything up to an item has been delivered or dropped. */
  isSettledUpTo(sequence: number): boolean {
    // Taken items are older than those that wait, so if nothing is on its way the oldest waiting one decides.
    if (this.#inFlight > 0) return false;
    return this.nextSequence > sequence;
  }

  /** The number of the oldest waiting item; infinite if there is none. */
  get nextSequence(): number {
    return this.#waiting.oldest()?.sequence ?? Number.POSITIVE_INFINITY;
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
      queued: this.#waiting.length + this.#inFlight,
      queuedBytes: this.#bytes,
      spooled: 0,
      dropped: this.#dropped,
      droppedBy: { ...this.#droppedBy },
    };
  }

  /**
   * Adds an item at the end; if there is no room, makes some by the overflow policy.
   *
   * @param levelno Level of its record.
   * @param bytes Its approximate size in memory.
   * @param record See {@link QueueEntry.logRecord}.
   * @returns `false` if the item itself was dropped.
   */
  push(item: T, levelno: number, bytes: number, record?: LogRecord): boolean {
    this.#sequence += 1;
    this.#fullUpTo = Number.NEGATIVE_INFINITY;
    const share = levelno >= ERROR ? 1 : SHARE_BELOW_ERROR;
    if (!(this.#hasRoom(bytes, share) || this.#makeRoom(levelno, bytes, share))) {
      this.#lose(bytes > this.maxBytes * share ? 'oversize' : 'overflow', 1);
      return false;
    }
    const kept = this.#waiting.length < FEW_WAITING ? item : this.#keep(item);
    this.#waiting.push(kept, levelno, bytes, this.#sequence, record);
    return true;
  }

  /** Whether an item of a level would be dropped whatever its size; it need not be made then. */
  isFull(levelno: number): boolean {
    if (levelno <= this.#fullUpTo) return true;
    const share = levelno >= ERROR ? 1 : SHARE_BELOW_ERROR;
    if (this.#hasRoom(1, share) || this.#couldHaveRoom(levelno, 1, share)) return false;
    this.#fullUpTo = levelno;
    return true;
  }

  /** Counts an item that never waited as lost; by default one that was not made because the queue {@link isFull}. */
  dropNew(reason: DropReason = 'overflow'): void {
    this.#sequence += 1;
    this.#lose(reason, 1);
  }

  /** Counts an item that is too large to be sent as lost. */
  refuse(): void {
    this.#sequence += 1;
    this.#lose('oversize', 1);
  }

  /**
   * Takes the oldest items.
   *
   * @param maxRecords The most items to take; default 1.
   * @param maxBytes The most bytes to take; the first item is taken whatever its size.
   */
  take(maxRecords = 1, maxBytes = Number.POSITIVE_INFINITY): QueueEntry<T>[] {
    const before = this.#waiting.bytes;
    const taken = this.#waiting.take(maxRecords, maxBytes);
    this.#inFlight += taken.length;
    this.#inFlightBytes += before - this.#waiting.bytes;
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
    for (const entry of [...entries].reverse()) this.#waiting.unshift(entry);
  }

  /** Drops all waiting items. Taken items are not touched. @returns How many were dropped. */
  clear(reason: DropReason): number {
    const { length } = this.#waiting;
    this.#fullUpTo = Number.NEGATIVE_INFINITY;
    this.#waiting.clear();
    this.#lose(reason, length);
    return length;
  }

  /** Nothing is dropped for a new item that will not fit anyway. */
  #makeRoom(levelno: number, bytes: number, share: number): boolean {
    if (bytes > this.maxBytes * share || !this.#couldHaveRoom(levelno, bytes, share)) return false;
    do {
      const victim = this.#victim(levelno);
      if (victim === undefined) return false;
      this.#waiting.remove(victim);
      this.#lose('overflow', 1);
    } while (!this.#hasRoom(bytes, share));
    return true;
  }

  /** Whether there is room for an item, or would be without `without` others of `withoutBytes` bytes. */
  #hasRoom(bytes: number, share: number, without = 0, withoutBytes = 0): boolean {
    return (
      this.#waiting.length - without + this.#inFlight + 1 <= Math.max(1, this.maxRecords * share) &&
      this.#bytes - withoutBytes + bytes <= this.maxBytes * share
    );
  }

  /** Whether there would be room without all that may be dropped for an item of a level. */
  #couldHaveRoom(levelno: number, bytes: number, share: number): boolean {
    const spared = this.#spared(levelno);
    return this.#hasRoom(bytes, share, this.#waiting.lengthBelow(spared), this.#waiting.bytesBelow(spared));
  }

  /** The level from which items are never dropped for others. */
  #spared(levelno: number): number {
    if (this.overflow === 'dropNewest') return Number.NEGATIVE_INFINITY;
    if (this.overflow === 'dropLowestLevel') return levelno;
    return levelno >= ERROR ? Number.POSITIVE_INFINITY : ERROR;
  }

  /** The item that is dropped for a new one of that level. */
  #victim(levelno: number): QueueEntry<T> | undefined {
    const spared = this.#spared(levelno);
    if (this.overflow === 'dropLowestLevel') return this.#waiting.lowest(spared);
    return this.#waiting.oldest(Math.min(ERROR, spared)) ?? this.#waiting.oldest(spared);
  }

  get #bytes(): number {
    return this.#waiting.bytes + this.#inFlightBytes;
  }

  #lose(reason: DropReason, count: number): void {
    this.#droppedBy[reason] += count;
    this.#dropped += count;
  }

  #settle(entries: readonly QueueEntry<T>[]): void {
    this.#fullUpTo = Number.NEGATIVE_INFINITY;
    this.#inFlight -= entries.length;
    for (const { bytes } of entries) this.#inFlightBytes -= bytes;
  }
}
