import type { LogRecord } from '../../core/records/log-record.js';

/**
 * Why a record was lost.
 *
 * - `overflow`: the queue was full.
 * - `oversize`: larger than the queue, or than the receiver takes.
 * - `rejected`: the receiver will never take it.
 * - `failed`: every attempt failed, or the connection broke and it is unknown what arrived.
 * - `closed`: the handler was closed before it could be sent.
 * - `corrupt`: a spool's file was damaged.
 */
export type DropReason = 'overflow' | 'oversize' | 'rejected' | 'failed' | 'closed' | 'corrupt';

/** One item with what the queue needs to know about it. */
export interface QueueEntry<T> {
  readonly item: T;
  readonly levelno: number;
  readonly bytes: number;
  /** Grows with each item: the order of arrival. */
  readonly sequence: number;
  /** The record it was made from, kept if a handler wants it in case of a failure. */
  readonly logRecord?: LogRecord | undefined;
}

/** What became of the items of a queue: `emitted` is always the sum of the others, `spooled` among them. */
export interface DeliveryStats {
  /** Items that were given to the queue. */
  readonly emitted: number;
  /** Items that left it for good, as far as the transport knows. */
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

/** A queue of what waits to be sent, in memory or in files. Every item given to it stays in its counters. */
export interface DeliveryQueue<T> {
  /** Whether what waits outlives the process: closing loses nothing. */
  readonly isDurable: boolean;
  /** Items that wait; without those on their way. */
  readonly length: number;
  /** Items lost so far, whatever the reason. */
  readonly dropped: number;
  /** The number of the item that was pushed last; 0 before the first. */
  readonly lastSequence: number;
  /** What became of everything so far. */
  readonly stats: QueueStats;
  /** Adds an item. @returns `false` if it was dropped. */
  push(item: T, levelno: number, bytes: number, record?: LogRecord): boolean;
  /** Whether an item of a level would be dropped whatever its size; it need not be made then. */
  isFull?(levelno: number): boolean;
  /** Counts an item that was not made because the queue {@link isFull} as lost. */
  dropNew?(): void;
  /** Counts an item that is too large to be sent as lost; a durable queue sets it aside with the reason. */
  refuse(item: T, levelno: number, error: Error): void;
  /** Takes the oldest items; the first whatever its size. */
  take(maxRecords?: number, maxBytes?: number): QueueEntry<T>[];
  /** Reports taken items as delivered. */
  deliver(entries: readonly QueueEntry<T>[]): void;
  /**
   * Reports taken items as lost; a durable queue keeps those that are `'closed'`, and sets aside those with an error.
   */
  drop(entries: readonly QueueEntry<T>[], reason: DropReason, error?: Error): void;
  /** Puts taken items back, to be taken again. */
  putBack(entries: readonly QueueEntry<T>[]): void;
  /** Drops all waiting items, unless it is durable. @returns How many were dropped. */
  clear(reason: DropReason): number;
  /** Writes down what is not yet safe; a durable queue has this. */
  sync?(): void;
  /** Opens the files of a durable queue. @param wake Called when there is something to send that nobody has pushed. */
  open?(wake: () => void): void;
  /** Closes the files; what is in them is safe. */
  close?(): void;
}
