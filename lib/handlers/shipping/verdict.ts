import { wrongAnswer } from '../../core/overrides.js';
import { recordsWere } from '../delivery/delivery-errors.js';
import { DeliveryFailure } from '../delivery/delivery-failure.js';

/**
 * What became of one record of a batch.
 *
 * - `'delivered'`: the destination has it; also where it had it already.
 * - `'retry'`: not now; it is sent again, alone if its neighbours got through.
 * - `'rejected'`: the destination will never take it; it is lost and counted, and with a spool set aside with its reason.
 */
export type RecordVerdict = DeliveredVerdict | RetryVerdict | RejectedVerdict;

/**
 * What became of a batch, where its records share one fate; the verdicts of records, and:
 *
 * - `'split'`: it is not accepted like this: each half is tried on its own, until the bad record is found, which is
 *   rejected.
 * - `'refused'`: nothing of ours is accepted, whatever the records (a wrong key, a wrong path). Without a spool they
 *   are lost and counted; with one they wait until that is fixed.
 * - `'partly'`: some were rejected, and it is not known which. They are only counted.
 */
export type BatchVerdict = RecordVerdict | SplitVerdict | RefusedVerdict | PartlyVerdict;

/** See {@link RecordVerdict}. */
export interface DeliveredVerdict {
  readonly outcome: 'delivered';
}

/** See {@link RecordVerdict}. */
export interface RetryVerdict {
  readonly outcome: 'retry';
  readonly reason: string;
  /** How long the destination asked to wait, in milliseconds; default 0, which leaves it to the back-off. */
  readonly delayMs?: number | undefined;
  /**
   * Whether the records may be the cause: then they are lost after 10 attempts, unless `maxRetries` is set or
   * there is a spool. Default false: they are sent again without end.
   */
  readonly isLimited?: boolean | undefined;
}

/** See {@link RecordVerdict}. */
export interface RejectedVerdict {
  readonly outcome: 'rejected';
  readonly reason: string;
}

/** See {@link BatchVerdict}. */
export interface SplitVerdict {
  readonly outcome: 'split';
  readonly reason: string;
  /** Whether it is too large, rather than wrong; for the counters. */
  readonly isTooLarge?: boolean | undefined;
}

/** See {@link BatchVerdict}. */
export interface RefusedVerdict {
  readonly outcome: 'refused';
  readonly reason: string;
}

/** See {@link BatchVerdict}. */
export interface PartlyVerdict {
  readonly outcome: 'partly';
  readonly reason: string;
  /** How many were rejected. */
  readonly rejected: number;
}

/** The verdict of what arrived. */
export const delivered: DeliveredVerdict = Object.freeze({ outcome: 'delivered' });

/** The verdict of what is to be sent again. */
export function retry(reason: string, details: Omit<RetryVerdict, 'outcome' | 'reason'> = {}): RetryVerdict {
  return { outcome: 'retry', reason, ...details };
}

/** The verdict of what will never be taken. */
export function rejected(reason: string): RejectedVerdict {
  return { outcome: 'rejected', reason };
}

/**
 * What to do about the records of a batch that did not arrive; `undefined` if all did.
 *
 * @param answer What a destination's `send` returned, which may be anything. After something that is no verdict, the
 * records are sent again a limited number of times: it is unknown whether they arrived.
 */
export function failureOf(answer: unknown, count: number): DeliveryFailure | undefined {
  if (Array.isArray(answer)) return failureOfEach(answer, count);
  const verdict = verdictIn<BatchVerdict>(answer, OUTCOMES);
  const { outcome } = verdict;
  if (outcome === 'delivered') return undefined;
  if (outcome === 'partly') return failureOfSome(verdict, count);
  const { reason } = verdict;
  if (outcome === 'rejected')
    return failureOfEach(
      Array.from({ length: count }, () => verdict),
      count,
    );
  if (outcome === 'retry') return toRetry(verdict);
  const isTooLarge = outcome === 'split' && verdict.isTooLarge === true;
  return new DeliveryFailure(reason, outcome === 'split' ? 'split' : 'reject', {
    isAnswered: true,
    reason: isTooLarge ? 'oversize' : 'rejected',
  });
}

const RECORD_OUTCOMES: ReadonlySet<unknown> = new Set(['delivered', 'retry', 'rejected']);
const OUTCOMES: ReadonlySet<unknown> = new Set([...RECORD_OUTCOMES, 'split', 'refused', 'partly']);

/** The verdict that `send` returned; if it is none, one that sends the records again a limited number of times. */
function verdictIn<V extends BatchVerdict>(given: unknown, outcomes: ReadonlySet<unknown>): V | RetryVerdict {
  const { outcome, rejected: lost } = (given ?? {}) as { outcome?: unknown; rejected?: unknown };
  const isVerdict = outcomes.has(outcome) && (outcome !== 'partly' || !Number.isNaN(Number(lost)));
  if (isVerdict) return given as V;
  return retry(wrongAnswer('send', 'a verdict', given).message, { isLimited: true });
}

/** The longest wait that a destination may ask for, in milliseconds; timers end at once where it is too much for them. */
const MAX_DELAY_MS = 3_600_000;

function toRetry(
  { reason, delayMs, isLimited = false }: RetryVerdict,
  settled: Pick<DeliveryFailure, 'arrived' | 'refused'> | object = {},
): DeliveryFailure {
  const details = { isAnswered: isLimited, retryAfterMs: Math.min(MAX_DELAY_MS, Number(delayMs) || 0) };
  return new DeliveryFailure(reason, 'retry', { ...details, ...settled });
}

function failureOfEach(verdicts: readonly unknown[], count: number): DeliveryFailure | undefined {
  const arrived = new Set<number>();
  const refused = new Map<number, string>();
  let again: RetryVerdict | undefined;
  for (let index = 0; index < count; index++) {
    // A record without a verdict may not have arrived.
    const given = verdicts[index] ?? retry('the destination gave no verdict for a record');
    const verdict = verdictIn<RecordVerdict>(given, RECORD_OUTCOMES);
    if (verdict.outcome === 'delivered') arrived.add(index);
    else if (verdict.outcome === 'rejected') refused.set(index, verdict.reason);
    else again = patient(again, verdict);
  }
  if (arrived.size === count) return undefined;
  const [first = ''] = refused.values();
  const text = `${recordsWere(refused.size)} rejected: ${first}`;
  if (again === undefined) return new DeliveryFailure(text, 'retry', { arrived, refused });
  const reason = refused.size === 0 ? again.reason : `${text}; others are sent again: ${again.reason}`;
  return toRetry({ ...again, reason }, { arrived, refused });
}

/** Of two verdicts the one that waits longer, and gives up sooner only if both do. */
function patient(one: RetryVerdict | undefined, other: RetryVerdict): RetryVerdict {
  if (one === undefined) return other;
  const isLimited = one.isLimited === true && other.isLimited === true;
  return { ...one, delayMs: Math.max(one.delayMs ?? 0, other.delayMs ?? 0), isLimited };
}

function failureOfSome(
  { reason, rejected: wanted }: PartlyVerdict,
  count: number,
): DeliveryFailure | undefined {
  const lost = Math.min(count, Math.max(0, Math.ceil(Number(wanted))));
  if (lost === 0) return undefined;
  const text = `${lost} of ${count} records were rejected: ${reason}`;
  const arrived = new Set(Array.from({ length: count - lost }, (_, index) => index));
  const refused = new Map<number, string | undefined>();
  for (let index = count - lost; index < count; index++)
    refused.set(index, lost === count ? reason : undefined);
  return new DeliveryFailure(text, 'retry', { arrived, refused });
}
