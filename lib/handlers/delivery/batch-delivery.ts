import { orAborted } from '../../runtime/deadline.js';
import type { Backoff } from './backoff.js';
import type { DeliveryErrors } from './delivery-errors.js';
import type { DeliveryFailure } from './delivery-failure.js';
import type { DeliveryQueue, QueueEntry } from './delivery-queue.js';
import type { Rest } from './rest.js';

/** How often records are sent again to a receiver that answers with an error, by default. */
const DEFAULT_RETRIES = 10;

/** How batches are sent. */
export interface BatchDeliveryOptions<T> {
  readonly queue: DeliveryQueue<T>;
  readonly backoff: Backoff;
  /**
   * How often one batch is sent again; default 10 if the receiver answers; without end if it does not, or if the
   * queue is durable.
   */
  readonly maxRetries?: number | undefined;
  /** The most bytes to send together; default any number. */
  readonly maxBatchBytes?: number | undefined;
  /** Sends records to their receiver. Failures are {@link DeliveryFailure}; anything else counts as `'retry'`. */
  send(entries: readonly QueueEntry<T>[], signal: AbortSignal): Promise<void>;
}

/** What a {@link BatchDelivery} shares with the loop that it works for. */
export interface BatchSurroundings<T> {
  readonly errors: DeliveryErrors<T>;
  /** The wait between two attempts; the loop may end it early. */
  readonly rest: Rest;
  /** Aborted when what is not sent by then is lost. */
  readonly signal: AbortSignal;
  /** Called after each attempt that failed and is followed by another. */
  attemptFailed(): void;
}

/**
 * Sends a batch until each of its records is delivered, or is given up: again after a back-off, in halves where it is too
 * large, without those that have a verdict of their own.
 */
export class BatchDelivery<T> {
  readonly #options: BatchDeliveryOptions<T>;
  readonly #queue: DeliveryQueue<T>;
  readonly #errors: DeliveryErrors<T>;
  readonly #rest: Rest;
  readonly #signal: AbortSignal;
  readonly #attemptFailed: () => void;
  /** Entries that were taken and not yet settled, in order. */
  #underway: readonly QueueEntry<T>[] = [];

  constructor(
    options: BatchDeliveryOptions<T>,
    { errors, rest, signal, attemptFailed }: BatchSurroundings<T>,
  ) {
    this.#options = options;
    this.#queue = options.queue;
    this.#errors = errors;
    this.#rest = rest;
    this.#signal = signal;
    this.#attemptFailed = attemptFailed;
  }

  /**
   * Delivers entries that were taken from the queue. One call at a time.
   *
   * @param records The most that are sent together: a batch that shrank is filled up with others.
   * @returns A promise that rejects for what is unexpected alone; call {@link BatchDelivery.putBack} then.
   */
  deliver(batch: readonly QueueEntry<T>[], records: number): Promise<void> {
    this.#underway = batch;
    return this.#send(batch, records);
  }

  /** Puts what was being sent back into the queue, if that takes it. @returns What it was. */
  putBack(): readonly QueueEntry<T>[] {
    const entries = this.#underway;
    this.#underway = [];
    try {
      if (entries.length > 0) this.#queue.putBack(entries);
    } catch {
      // What was unexpected in the first place is what is reported.
    }
    return entries;
  }

  async #send(batch: readonly QueueEntry<T>[], records: number): Promise<void> {
    let entries = batch;
    const failures = new Map<QueueEntry<T>, number>();
    while (!this.#signal.aborted) {
      const failure = await this.#attempt(entries);
      if (failure === undefined) return;
      const left = this.#settleSome(entries, failure);
      const share = left.length / entries.length;
      entries = left;
      if (entries.length === 0) return;
      if (this.#signal.aborted) break;
      if (failure.remedy === 'split' && entries.length > 1) return this.#sendHalves(entries);
      entries = this.#loseFinal(entries, failure, failures);
      if (entries.length === 0) return;
      this.#errors.report(failure, entries);
      this.#attemptFailed();
      const wait = this.#options.backoff.next(failure.retryAfterMs, share);
      await this.#rest.start(failure.retryAfterMs > 0 ? 'asked' : 'backoff', wait, false);
      // One that is never taken does not hold up those behind it.
      if (share < 1 && !this.#signal.aborted) entries = this.#filledUp(entries, records);
    }
    this.#settle(entries);
    this.#queue.drop(entries, 'closed');
  }

  /** What is left of a batch, filled up with entries that wait behind it. */
  #filledUp(left: readonly QueueEntry<T>[], records: number): readonly QueueEntry<T>[] {
    const { maxBatchBytes = Number.POSITIVE_INFINITY } = this.#options;
    const bytes = left.reduce((sum, entry) => sum + entry.bytes, 0);
    // The first entry is taken whatever its size, so there has to be room for a large one.
    if (left.length >= records || bytes > maxBatchBytes / 2) return left;
    const more = this.#queue.take(records - left.length, maxBatchBytes - bytes);
    if (more.length === 0) return left;
    this.#underway = [...this.#underway, ...more];
    return [...left, ...more];
  }

  /** Settles the entries of a batch that have their own verdict. @returns The others. */
  #settleSome(entries: readonly QueueEntry<T>[], failure: DeliveryFailure): readonly QueueEntry<T>[] {
    const { arrived, refused } = failure;
    if (arrived.size === 0 && refused.size === 0) return entries;
    const delivered = entries.filter((_, index) => arrived.has(index));
    if (delivered.length > 0) this.#delivered(delivered, delivered.length / entries.length);
    for (const [index, reason] of refused) {
      const entry = entries[index] as QueueEntry<T>;
      this.#settle([entry]);
      this.#queue.drop([entry], 'rejected', reason === undefined ? undefined : new Error(reason));
    }
    const rejected = entries.filter((_, index) => refused.has(index));
    if (rejected.length > 0) this.#errors.report(failure, rejected);
    return entries.filter((_, index) => !arrived.has(index) && !refused.has(index));
  }

  /** Loses those that were sent often enough. @returns The others. */
  #loseFinal(
    entries: readonly QueueEntry<T>[],
    failure: DeliveryFailure,
    failures: Map<QueueEntry<T>, number>,
  ): readonly QueueEntry<T>[] {
    const limit = this.#retriesAfter(failure);
    // Two kinds of failures do not count towards the limit: those that had none, and quick retries, which fail alike
    // while a server is down.
    const { maxRetries, backoff } = this.#options;
    const isSpared = maxRetries === undefined && limit > 0 && backoff.isQuick;
    if (limit === Number.POSITIVE_INFINITY || isSpared) return entries;
    for (const entry of entries) failures.set(entry, (failures.get(entry) ?? 0) + 1);
    const isFinal = (entry: QueueEntry<T>) => (failures.get(entry) as number) > limit;
    const lost = entries.filter(isFinal);
    if (lost.length === 0) return entries;
    this.#lose(lost, failure);
    return entries.filter((entry) => !isFinal(entry));
  }

  /** How often records that failed like this are sent again. */
  #retriesAfter({ remedy, reason, isAnswered }: DeliveryFailure): number {
    const { isDurable } = this.#queue;
    // A durable queue gives up only what no receiver would take; a problem on the way may be fixed.
    if (remedy === 'split' || reason === 'oversize' || (remedy === 'reject' && !isDurable)) return 0;
    const byDefault = isAnswered && !isDurable ? DEFAULT_RETRIES : Number.POSITIVE_INFINITY;
    return this.#options.maxRetries ?? byDefault;
  }

  #lose(entries: readonly QueueEntry<T>[], failure: DeliveryFailure): void {
    this.#settle(entries);
    this.#queue.drop(entries, failure.remedy === 'retry' ? 'failed' : failure.reason, failure);
    failure.message += `; ${entries.length === 1 ? 'the record is' : `${entries.length} records are`} lost`;
    this.#errors.report(failure, entries);
  }

  async #sendHalves(entries: readonly QueueEntry<T>[]): Promise<void> {
    const middle = Math.ceil(entries.length / 2);
    await this.#send(entries.slice(0, middle), 0);
    await this.#send(entries.slice(middle), 0);
  }

  async #attempt(entries: readonly QueueEntry<T>[]): Promise<DeliveryFailure | undefined> {
    const signal = this.#signal;
    try {
      await orAborted(this.#options.send(entries, signal), signal);
    } catch (error) {
      return this.#errors.explain(error);
    }
    this.#delivered(entries);
    return undefined;
  }

  #delivered(entries: readonly QueueEntry<T>[], share = 1): void {
    this.#settle(entries);
    this.#queue.deliver(entries);
    this.#errors.forget();
    this.#options.backoff.reset(share);
  }

  /** Before the queue is updated: if that fails, the entries are not reported twice. */
  #settle(entries: readonly QueueEntry<T>[]): void {
    if (entries.length === this.#underway.length) this.#underway = [];
    else {
      const settled = new Set(entries);
      this.#underway = this.#underway.filter((entry) => !settled.has(entry));
    }
  }
}
