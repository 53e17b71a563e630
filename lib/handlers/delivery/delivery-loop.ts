import { AsyncResource } from 'node:async_hooks';
import type { LogRecord } from '../../core/records/log-record.js';
import { withDeadline } from '../../runtime/deadline.js';
import { BatchDelivery, type BatchDeliveryOptions } from './batch-delivery.js';
import { DeliveryErrors } from './delivery-errors.js';
import type { DeliveryQueue, QueueEntry } from './delivery-queue.js';
import { runAsExport } from './export-scope.js';
import { Rest } from './rest.js';
import { mayBeUnsent, nothingUnsent, type Unsent } from './unsent.js';

/** How long a flush or a close may take, in milliseconds: `shutdown` gives up after 5 s and says so. */
const PATIENCE_MS = 4_500;
/** How long a record that comes during a back-off waits at most for the next attempt, in milliseconds. */
const FRESH_RECORD_MS = 4_000;
/** Waits up to this many milliseconds keep the process alive; longer ones do not, nor does a server that is down. */
const WORTH_WAITING_MS = 5_000;
/** The pause after a queue returned nothing although something waits, in milliseconds. */
const UNREADABLE_MS = 1_000;

/** How a flush ended: with nothing left, after it had waited for long, or with an attempt that failed. */
type DrainResult = 'done' | 'late' | 'failed';

/** When the next records are sent, and how many. */
export interface Turn {
  /** How long to wait first, in milliseconds; then `turn` is called again. */
  readonly waitMs: number;
  /** The most records to send together. */
  readonly records: number;
}

/** What a {@link DeliveryLoop} needs to know. */
export interface DeliveryLoopOptions<T> extends BatchDeliveryOptions<T> {
  /** The receiver, as errors name it: `logs.example.com:9020`. */
  readonly receiver?: (() => string | undefined) | undefined;
  /** Decides on the next records. `waitedMs`: how long the first has waited; `isUrgent`: send everything now. */
  turn(waiting: number, waitedMs: number, isUrgent: boolean): Turn;
  /** Called with each failure, and the entries it affects. */
  failed(error: Error, entries: readonly QueueEntry<T>[]): void;
}

/**
 * Takes records from a queue and sends them, batch by batch, with retries; runs only while there is something to send.
 *
 * Order is kept. What is being sent stays in the counters of the queue until it is delivered or lost.
 */
export class DeliveryLoop<T> implements Unsent {
  readonly #options: DeliveryLoopOptions<T>;
  readonly #queue: DeliveryQueue<T>;
  // It must not belong to the request whose log call starts it.
  readonly #home = new AsyncResource('nestjs-logging.DeliveryLoop');
  readonly #abandon = new AbortController();
  readonly #rest = new Rest();
  readonly #errors: DeliveryErrors<T>;
  readonly #batches: BatchDelivery<T>;
  #running: Promise<void> | undefined;
  #draining: Promise<DrainResult> | undefined;
  #endDrain: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: DeliveryLoopOptions<T>) {
    this.#options = options;
    this.#queue = options.queue;
    this.#errors = new DeliveryErrors(options.queue, options.receiver ?? (() => undefined), options.failed);
    this.#batches = new BatchDelivery(options, {
      errors: this.#errors,
      rest: this.#rest,
      signal: this.#abandon.signal,
      attemptFailed: () => this.#endDrain?.(),
    });
  }

  /** Queues a record and makes sure that it is sent. Never throws. @param record See {@link QueueEntry.logRecord}. */
  push(item: T, levelno: number, bytes: number, record?: LogRecord): void {
    const { dropped } = this.#queue;
    this.#queue.push(item, levelno, bytes, record);
    const isFull = this.#queue.dropped > dropped;
    if (this.#closing !== undefined && this.#running === undefined) this.#queue.clear('closed');
    else if (this.#running === undefined) this.#start();
    else this.#rest.shorten(FRESH_RECORD_MS);
    if (isFull) this.#errors.reportOverflow();
  }

  /** Whether there is no room for a record, whatever its size: it need not be encoded. */
  isFull(levelno: number): boolean {
    return this.#queue.isFull?.(levelno) === true;
  }

  /** Counts and reports a record that was not encoded because the queue {@link isFull}. */
  dropNew(): void {
    this.#queue.dropNew?.();
    this.#rest.shorten(FRESH_RECORD_MS);
    this.#errors.reportOverflow();
  }

  /** Counts and reports a record that is too large to be sent; a durable queue sets it aside. */
  refuse(item: T, levelno: number, error: Error): void {
    this.#queue.refuse(item, levelno, error);
    this.#errors.report(error);
  }

  /** Starts to send if something waits, such as records found in a spool. */
  wake(): void {
    if (this.#closing === undefined && this.#running === undefined && this.#queue.length > 0) this.#start();
  }

  /** Calls {@link DeliveryLoopOptions.turn} again: there may be enough for a batch now. */
  reconsider(): void {
    this.#rest.end('turn');
  }

  /** See {@link Unsent.reportLost}. */
  reportLost(): void {
    const { queued } = this.#queue.stats;
    if (queued > 0) this.#errors.reportEnd(queued);
  }

  /**
   * Sends all that waits, now.
   *
   * @returns A promise if there is something; resolves when it is sent, or after 4.5 s, or, where the queue is durable,
   * with the first attempt that fails.
   */
  flush(): void | Promise<void> {
    this.#queue.sync?.();
    if (this.#running !== undefined) return this.#drain().then(() => undefined);
  }

  /**
   * Sends all that waits, as {@link DeliveryLoop.flush} does; what is left then is lost and counted, unless the queue is
   * durable. Later records are lost at once.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#end();
    } finally {
      // Jest's --detectOpenHandles takes it for an open handle until it is collected.
      this.#home.emitDestroy();
    }
  }

  async #end(): Promise<void> {
    if (this.#running === undefined || (await this.#drain()) === 'done') return;
    this.#abandon.abort();
    this.#rest.end();
    await this.#running;
    this.#queue.clear('closed');
    if (this.#queue.isDurable) return;
    this.#errors.reportClosed();
  }

  /** One flush at a time; a close right after a flush that waited in vain does not wait again. */
  #drain(): Promise<DrainResult> {
    if (this.#draining !== undefined) return this.#draining;
    const draining = this.#drainNow();
    this.#draining = draining;
    const forget = () => {
      if (this.#draining === draining) this.#draining = undefined;
    };
    void draining.then((result) => (result === 'late' ? setTimeout(forget, 500).unref() : forget()));
    return draining;
  }

  async #drainNow(): Promise<DrainResult> {
    const drained = new Promise<DrainResult>((resolve) => {
      // What is in a durable queue is safe: waiting for a receiver that is away gains nothing.
      if (this.#queue.isDurable) this.#endDrain = () => resolve('failed');
      this.#rest.end();
      if (this.#running === undefined) resolve('done');
      else void this.#running.then(() => resolve('done'));
    });
    const result = await withDeadline(drained, PATIENCE_MS, (): DrainResult => 'late');
    this.#endDrain = undefined;
    return result;
  }

  #start(): void {
    // What is in a durable queue is not lost.
    if (!this.#queue.isDurable) mayBeUnsent(this);
    this.#running = this.#home.runInAsyncScope(() => runAsExport(() => this.#run()));
  }

  async #run(): Promise<void> {
    await undefined; // The log call goes on first.
    let since = performance.now();
    while (this.#queue.length > 0 && !this.#isAbandoned) {
      try {
        if (await this.#turn(since)) since = performance.now();
      } catch (error) {
        await this.#recover(error);
      }
    }
    // Before the promise resolves: a record that comes in between must start the loop again.
    this.#running = undefined;
    nothingUnsent(this);
  }

  /** Waits until the next records are due, or sends them. @returns Whether it has sent, or tried to. */
  async #turn(since: number): Promise<boolean> {
    const waitedMs = performance.now() - since;
    const isUrgent = this.#draining !== undefined;
    const { waitMs, records } = this.#options.turn(this.#queue.length, waitedMs, isUrgent);
    if (waitMs > 0) {
      await this.#rest.start('turn', waitMs, waitMs <= WORTH_WAITING_MS);
      return false;
    }
    this.#errors.reportOverflow();
    const entries = this.#queue.take(records, this.#options.maxBatchBytes);
    if (entries.length > 0) await this.#batches.deliver(entries, records);
    else await this.#rest.start('backoff', UNREADABLE_MS, false);
    return true;
  }

  /** An unexpected failure. It ends neither the process nor the delivery: what was being sent is sent again. */
  async #recover(error: unknown): Promise<void> {
    const entries = this.#batches.putBack();
    this.#errors.report(this.#errors.explain(error), entries);
    this.#endDrain?.();
    if (!this.#isAbandoned) await this.#rest.start('backoff', UNREADABLE_MS, false);
  }

  get #isAbandoned(): boolean {
    return this.#abandon.signal.aborted;
  }
}
