import { settle } from '../../core/overrides.js';
import { DeliveryFailure, oneLineFailure } from './delivery-failure.js';
import type { DeliveryQueue, QueueEntry } from './delivery-queue.js';

/** How often an overflow is checked for, in milliseconds: reporting it costs more than the record. */
const OVERFLOW_QUIET_MS = 1_000;

/** Reports delivery errors: each in one line, with the receiver and the reason. */
export class DeliveryErrors<T> {
  readonly #queue: Pick<DeliveryQueue<unknown>, 'stats' | 'isDurable' | 'clear'>;
  readonly #receiver: () => string | undefined;
  readonly #failed: (error: Error, entries: readonly QueueEntry<T>[]) => void;
  #lastFailure: string | undefined;
  #overflowReported = 0;
  #overflowReportedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param receiver The receiver of the records: `logs.example.com:9020`.
   * @param failed Called with each error, and the entries it affects.
   */
  constructor(
    queue: Pick<DeliveryQueue<unknown>, 'stats' | 'isDurable' | 'clear'>,
    receiver: () => string | undefined,
    failed: (error: Error, entries: readonly QueueEntry<T>[]) => void,
  ) {
    this.#queue = queue;
    this.#receiver = receiver;
    this.#failed = failed;
  }

  /** What was thrown, as a failure that names the receiver and the reason. */
  explain(error: unknown): DeliveryFailure {
    const failure =
      error instanceof DeliveryFailure
        ? error
        : new DeliveryFailure('the delivery failed', 'retry', { cause: error });
    failure.message = oneLineFailure(failure, this.#receiver());
    // An attempt that a close aborted is not the reason for a loss.
    if ((error as Error | null)?.name !== 'AbortError') this.#lastFailure = failure.message;
    return failure;
  }

  /** Something has arrived: earlier failures are no longer the reason for a loss. */
  forget(): void {
    this.#lastFailure = undefined;
  }

  /** The callback may run user code: its errors must not stop the loop. */
  report(error: Error, entries: readonly QueueEntry<T>[] = []): void {
    try {
      settle(this.#failed(error, entries), this, undefined, () => undefined);
    } catch {
      // The loss is in the counters of the queue.
    }
  }

  /** The policy may have dropped other records than the new one. */
  reportOverflow(): void {
    const now = performance.now();
    if (now < this.#overflowReportedAt + OVERFLOW_QUIET_MS) return;
    this.#overflowReportedAt = now;
    const { overflow, oversize } = this.#queue.stats.droppedBy;
    if (overflow + oversize === this.#overflowReported) return;
    this.#overflowReported = overflow + oversize;
    this.report(new Error(`the ${this.#queue.isDurable ? 'spool' : 'queue'} is full: ${this.#loss}`));
  }

  /** The handler was closed with records left. */
  reportClosed(): void {
    this.report(new Error(`closed before all was sent: ${this.#loss}`));
  }

  /** The process ends with records left. */
  reportEnd(count: number): void {
    this.#queue.clear('closed');
    this.report(new Error(`the process ended before ${recordsWere(count)} sent${this.#reason}`));
  }

  get #reason(): string {
    return this.#lastFailure === undefined ? '' : `; last failure: ${this.#lastFailure}`;
  }

  get #loss(): string {
    const { dropped } = this.#queue.stats;
    const loss = `${dropped} ${dropped === 1 ? 'record' : 'records'} lost so far`;
    if (this.#lastFailure !== undefined) return `${loss}${this.#reason}`;
    const receiver = this.#receiver();
    return receiver === undefined ? loss : `${loss} on the way to ${receiver}`;
  }
}

/** `1 record was`, `2 records were`. */
export function recordsWere(count: number): string {
  return count === 1 ? '1 record was' : `${count} records were`;
}
