import { AsyncResource } from 'node:async_hooks';
import type { Backoff } from './backoff.js';
import type { QueueEntry } from './bounded-queue.js';
import { DeliveryFailure } from './delivery-failure.js';
import type { DeliveryQueue } from './delivery-queue.js';
import { runAsExport } from './export-scope.js';
import { Rest } from './rest.js';

/** How long a flush or a close may take, in milliseconds: `shutdown` gives up after 5 s and says so. */
const PATIENCE_MS = 4_500;
/** How long a record that comes during a back-off waits at most for the next attempt, in milliseconds. */
const FRESH_RECORD_MS = 4_000;
/** Waits up to this keep the process alive, in milliseconds; it does not stay for longer ones, nor for a server that is down. */
const WORTH_WAITING_MS = 5_000;
/** How often an overflow is looked for, in milliseconds: the report of it costs more than the record does. */
const OVERFLOW_QUIET_MS = 1_000;
/** How long a queue that gives nothing, though something waits, is left alone, in milliseconds. */
const UNREADABLE_MS = 1_000;
/** How often a receiver that answers with an error is asked again, unless said otherwise. */
const DEFAULT_RETRIES = 10;

/** How a flush ended: with nothing left, after it had waited for long, or with an attempt that failed. */
type DrainResult = 'done' | 'late' | 'failed';

/** When the next records go, and how many. */
export interface Turn {
  /** How long to wait before, in milliseconds; the question is asked again then. */
  readonly waitMs: number;
  /** The most records to send together. */
  readonly records: number;
}

/** What a {@link DeliveryLoop} needs to know. */
export interface DeliveryLoopOptions<T> {
  readonly queue: DeliveryQueue<T>;
  readonly backoff: Backoff;
  /**
   * How often one batch is sent again; default 10 where the receiver answers, without end while it cannot be reached
   * or where the queue is durable.
   */
  readonly maxRetries?: number | undefined;
  /** The most bytes to send together. */
  readonly maxBatchBytes?: number | undefined;
  /** Decides on the next records. `waitedMs`: how long the first of them waits; `isUrgent`: everything is to go now. */
  turn(waiting: number, waitedMs: number, isUrgent: boolean): Turn;
  /** Brings records to their receiver. Failures are {@link DeliveryFailure}; anything else counts as `'retry'`. */
  send(entries: readonly QueueEntry<T>[], signal: AbortSignal): Promise<void>;
  /** Told of every failure. */
  failed(fault: Error): void;
}

/**
 * Takes records from a queue and sends them, batch by batch, with retries; runs only while there is something to send.
 *
 * Order is kept. What is under way stays in the books of the queue until it is delivered or lost.
 */
export class DeliveryLoop<T> {
  readonly #options: DeliveryLoopOptions<T>;
  readonly #queue: DeliveryQueue<T>;
  // The loop is started by some request's log call, but does not belong to that request.
  readonly #home = new AsyncResource('nestjs-logging.DeliveryLoop');
  readonly #abandon = new AbortController();
  readonly #rest = new Rest();
  #overflowTold = 0;
  #overflowToldAt = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;
  #draining: Promise<DrainResult> | undefined;
  #endDrain: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: DeliveryLoopOptions<T>) {
    this.#options = options;
    this.#queue = options.queue;
  }

  /** Queues a record and sees to it that it is sent. Never throws. */
  push(item: T, levelno: number, bytes: number): void {
    const { dropped } = this.#queue;
    this.#queue.push(item, levelno, bytes);
    const isFull = this.#queue.dropped > dropped;
    if (this.#closing !== undefined && this.#running === undefined) this.#queue.clear('closed');
    else if (this.#running === undefined) this.#start();
    else this.#rest.shorten(FRESH_RECORD_MS);
    if (isFull) this.#reportOverflow();
  }

  /** Starts to send if something waits: what was not pushed but found in a spool, for one. */
  wake(): void {
    if (this.#closing === undefined && this.#running === undefined && this.#queue.length > 0) this.#start();
  }

  /** Asks {@link DeliveryLoopOptions.turn} again: there may be enough for a batch now. */
  reconsider(): void {
    this.#rest.end('turn');
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
    if (this.#running === undefined || (await this.#drain()) === 'done') return;
    this.#abandon.abort();
    this.#rest.end();
    await this.#running;
    this.#queue.clear('closed');
    if (this.#queue.isDurable) return;
    this.#report(new Error(`closed before all was sent: ${describeLoss(this.#queue)}`));
  }

  /** One flush at a time; a close right after a flush that waited in vain does not wait once more. */
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
    let deadline: NodeJS.Timeout | undefined;
    const notDone = new Promise<DrainResult>((resolve) => {
      deadline = setTimeout(resolve, PATIENCE_MS, 'late');
      // What a durable queue holds is safe: nothing is gained by waiting for a receiver that is away.
      if (this.#queue.isDurable) this.#endDrain = () => resolve('failed');
    });
    this.#rest.end();
    const done: Promise<DrainResult> | DrainResult = this.#running?.then(() => 'done') ?? 'done';
    const result = await Promise.race([done, notDone]);
    clearTimeout(deadline);
    this.#endDrain = undefined;
    return result;
  }

  #start(): void {
    this.#running = this.#home.runInAsyncScope(() => runAsExport(() => this.#run()));
  }

  async #run(): Promise<void> {
    await undefined; // The log call goes on first.
    let since = performance.now();
    while (this.#queue.length > 0 && !this.#isAbandoned) {
      const turn = this.#options.turn(
        this.#queue.length,
        performance.now() - since,
        this.#draining !== undefined,
      );
      if (turn.waitMs > 0) {
        await this.#rest.start('turn', turn.waitMs, turn.waitMs <= WORTH_WAITING_MS);
        continue;
      }
      this.#reportOverflow();
      const entries = this.#queue.take(turn.records, this.#options.maxBatchBytes);
      if (entries.length > 0) await this.#deliver(entries);
      else await this.#rest.start('backoff', UNREADABLE_MS, false);
      since = performance.now();
    }
    // Before the promise resolves: a record that comes in between must start the loop again.
    this.#running = undefined;
  }

  async #deliver(batch: readonly QueueEntry<T>[]): Promise<void> {
    let entries = batch;
    for (let failures = 1; !this.#isAbandoned; failures++) {
      const failure = await this.#attempt(entries);
      if (failure === undefined) return;
      const left = this.#noteArrived(entries, failure);
      // Something got through: the receiver is not away, and what is left is another batch.
      if (left.length < entries.length) failures = 1;
      entries = left;
      if (this.#isAbandoned) break;
      if (failure.remedy === 'split' && entries.length > 1) return this.#deliverHalves(entries);
      if (this.#isFinal(failure, failures)) return this.#lose(entries, failure);
      this.#report(failure);
      this.#endDrain?.();
      const wait = this.#options.backoff.next(failure.retryAfterMs);
      await this.#rest.start(failure.retryAfterMs > 0 ? 'asked' : 'backoff', wait, false);
    }
    this.#queue.drop(entries, 'closed');
  }

  /** @returns The entries of a batch that did not arrive, though others did. */
  #noteArrived(entries: readonly QueueEntry<T>[], { arrived }: DeliveryFailure): readonly QueueEntry<T>[] {
    if (arrived.size === 0) return entries;
    this.#queue.deliver(entries.filter((_, index) => arrived.has(index)));
    this.#options.backoff.reset();
    return entries.filter((_, index) => !arrived.has(index));
  }

  #isFinal({ remedy, reason, isAnswered }: DeliveryFailure, failures: number): boolean {
    const { isDurable } = this.#queue;
    // A durable queue gives up only what no receiver would take; what is wrong with the way there may be put right.
    if (remedy === 'split' || reason === 'oversize' || (remedy === 'reject' && !isDurable)) return true;
    const { maxRetries = isAnswered && !isDurable ? DEFAULT_RETRIES : Number.POSITIVE_INFINITY } =
      this.#options;
    return failures > maxRetries;
  }

  #lose(entries: readonly QueueEntry<T>[], failure: DeliveryFailure): void {
    this.#queue.drop(entries, failure.remedy === 'retry' ? 'failed' : failure.reason, failure);
    failure.message += `; ${entries.length === 1 ? 'the record is' : `${entries.length} records are`} lost`;
    this.#report(failure);
  }

  /** By the policy it may have been others than the newcomer that had to go. */
  #reportOverflow(): void {
    const now = performance.now();
    if (now < this.#overflowToldAt + OVERFLOW_QUIET_MS) return;
    this.#overflowToldAt = now;
    const { overflow, oversize } = this.#queue.stats.droppedBy;
    if (overflow + oversize === this.#overflowTold) return;
    this.#overflowTold = overflow + oversize;
    this.#report(
      new Error(`the ${this.#queue.isDurable ? 'spool' : 'queue'} is full: ${describeLoss(this.#queue)}`),
    );
  }

  /** Whoever is told may be a user's code: a failure of it must not stop the loop. */
  #report(fault: Error): void {
    try {
      this.#options.failed(fault);
    } catch {
      // The fault is in the books of the queue.
    }
  }

  async #deliverHalves(entries: readonly QueueEntry<T>[]): Promise<void> {
    const middle = Math.ceil(entries.length / 2);
    await this.#deliver(entries.slice(0, middle));
    await this.#deliver(entries.slice(middle));
  }

  async #attempt(entries: readonly QueueEntry<T>[]): Promise<DeliveryFailure | undefined> {
    const { signal } = this.#abandon;
    try {
      await orAborted(this.#options.send(entries, signal), signal);
      this.#queue.deliver(entries);
      this.#options.backoff.reset();
      return undefined;
    } catch (error) {
      if (error instanceof DeliveryFailure) return error;
      return new DeliveryFailure('the delivery failed', 'retry', { cause: error });
    }
  }

  get #isAbandoned(): boolean {
    return this.#abandon.signal.aborted;
  }
}

/** What `sending` gives, or a rejection as soon as the signal says so. */
async function orAborted(sending: Promise<void>, signal: AbortSignal): Promise<void> {
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  try {
    await Promise.race([sending, aborted]);
  } finally {
    if (abort !== undefined) signal.removeEventListener('abort', abort);
  }
}

function describeLoss<T>(queue: DeliveryQueue<T>): string {
  const { dropped } = queue.stats;
  return `${dropped} ${dropped === 1 ? 'record' : 'records'} lost so far`;
}
