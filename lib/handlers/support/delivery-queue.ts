import type { DropReason, QueueEntry, QueueStats } from './bounded-queue.js';

/** What waits to be sent, in memory or in files: every item given to it is in its books to the end. */
export interface DeliveryQueue<T> {
  /** Whether what waits outlives the process: closing loses none of it. */
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
  push(item: T, levelno: number, bytes: number): boolean;
  /** Takes the oldest items; the first whatever its size. */
  take(maxRecords?: number, maxBytes?: number): QueueEntry<T>[];
  /** Reports taken items as delivered. */
  deliver(entries: readonly QueueEntry<T>[]): void;
  /** Reports taken items as lost; a durable queue keeps those that are `'closed'`. */
  drop(entries: readonly QueueEntry<T>[], reason: DropReason, fault?: Error): void;
  /** Drops all that waits, unless it is durable. @returns How many that were. */
  clear(reason: DropReason): number;
  /** Writes down what is not yet safe; a durable queue has this. */
  sync?(): void;
  /** Opens the files of a durable queue. @param wake Called when there is something to send that nobody has pushed. */
  open?(wake: () => void): void;
  /** Lets go of the files; what is in them is safe. */
  close?(): void;
}
