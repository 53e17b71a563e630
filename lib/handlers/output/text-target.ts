import type { DeliveryStats } from '../delivery/delivery-queue.js';

/** Anything texts can be written to. */
export interface TextStream {
  write(text: string): unknown;
  /** Called after each text if it is there, as in Python. */
  flush?(): unknown;
}

/** Where a stream handler's texts go. */
export interface TextTarget {
  /**
   * @param writtenAt When the record was made, in milliseconds since the epoch.
   * @returns `undefined`, or the error because of which the text could not be written.
   */
  write(text: string, levelno: number, writtenAt: number): unknown;
  /** Called when a record was left out because it came while a text was being written. */
  noteRecursion?(): void;
  /** Writes what is buffered. */
  flush(): void | Promise<void>;
  /** Writes what is buffered, then releases the stream; does not close it. Never rejects. */
  detach(): void | Promise<void>;
  /** What became of the records so far. */
  readonly stats: DeliveryStats;
}
