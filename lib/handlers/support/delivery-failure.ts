import type { DropReason } from './bounded-queue.js';

/**
 * What is to be done with records that could not be delivered.
 *
 * - `'retry'`: the receiver cannot be reached or is not well; they are sent again later.
 * - `'split'`: the receiver does not take them like this; each half is tried alone, and a single one is lost.
 * - `'reject'`: the receiver will never take them.
 */
export type FailureRemedy = 'retry' | 'split' | 'reject';

/** What is known beyond the text of a {@link DeliveryFailure}. */
export interface DeliveryFailureDetails {
  /** How long the receiver asked to be left alone, in milliseconds; default 0. */
  readonly retryAfterMs?: number;
  /** Whether the receiver answered at all; default false. */
  readonly isAnswered?: boolean;
  /** What the records are counted under if they are lost; default `'rejected'`. */
  readonly reason?: DropReason;
  /** Places, in the batch, of the records that did arrive; default none. */
  readonly arrived?: ReadonlySet<number>;
  readonly cause?: unknown;
}

const NONE: ReadonlySet<number> = new Set();

/** A delivery that failed, and what is to be done about it. */
export class DeliveryFailure extends Error {
  override readonly name: string = 'DeliveryFailure';
  readonly retryAfterMs: number;
  readonly isAnswered: boolean;
  readonly reason: DropReason;
  readonly arrived: ReadonlySet<number>;

  constructor(
    message: string,
    readonly remedy: FailureRemedy,
    {
      retryAfterMs = 0,
      isAnswered = false,
      reason = 'rejected',
      arrived = NONE,
      cause,
    }: DeliveryFailureDetails = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.retryAfterMs = retryAfterMs;
    this.isAnswered = isAnswered;
    this.reason = reason;
    this.arrived = arrived;
  }
}
