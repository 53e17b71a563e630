import { errorChain, isSuppressedError, SUPPRESSION } from '../../runtime/error-chain.js';
import { propertyOf } from '../../runtime/hostile-values.js';
import type { DropReason } from './delivery-queue.js';

/**
 * What to do with records that could not be delivered.
 *
 * - `'retry'`: the receiver cannot be reached or does not work; they are sent again later.
 * - `'split'`: the receiver does not take this batch; each half is tried on its own, and a single record is lost.
 * - `'reject'`: the receiver will never take them.
 */
export type FailureRemedy = 'retry' | 'split' | 'reject';

/** Details of a {@link DeliveryFailure}. */
export interface DeliveryFailureDetails {
  /** How long the receiver asked to wait, in milliseconds; default 0. */
  readonly retryAfterMs?: number;
  /** Whether the receiver answered at all; default false. */
  readonly isAnswered?: boolean;
  /** The reason under which lost records are counted; default `'rejected'`. */
  readonly reason?: DropReason;
  /** Indices, in the batch, of the records that did arrive; default none. */
  readonly arrived?: ReadonlySet<number>;
  /**
   * Indices of those that the receiver will never take, with their reasons; default none. One without a reason only
   * counts: the receiver did not say which of the batch it is.
   */
  readonly refused?: ReadonlyMap<number, string | undefined>;
  readonly cause?: unknown;
}

const NONE: ReadonlySet<number> = new Set();
const NONE_REFUSED: ReadonlyMap<number, string | undefined> = new Map();

/** A failed delivery, and what to do about it. That part does not belong in a report, so it is not enumerable. */
export class DeliveryFailure extends Error {
  override readonly name: string = 'DeliveryFailure';
  /** The code of what caused it, for example `'ECONNREFUSED'`. */
  readonly code: string | undefined;

  readonly #remedy: FailureRemedy;
  readonly #details: DeliveryFailureDetails;

  constructor(message: string, remedy: FailureRemedy, details: DeliveryFailureDetails = {}) {
    const { cause } = details;
    super(message, cause === undefined ? undefined : { cause });
    this.#remedy = remedy;
    this.#details = details;
    const { code } = (cause ?? {}) as { readonly code?: unknown };
    this.code = typeof code === 'string' ? code : undefined;
  }

  get remedy(): FailureRemedy {
    return this.#remedy;
  }

  get retryAfterMs(): number {
    return this.#details.retryAfterMs ?? 0;
  }

  get isAnswered(): boolean {
    return this.#details.isAnswered ?? false;
  }

  get reason(): DropReason {
    return this.#details.reason ?? 'rejected';
  }

  get arrived(): ReadonlySet<number> {
    return this.#details.arrived ?? NONE;
  }

  get refused(): ReadonlyMap<number, string | undefined> {
    return this.#details.refused ?? NONE_REFUSED;
  }
}

/** How many errors the line of a failure names: its own and those below. */
const MAX_ERRORS = 4;

/** A failure in one line: the receiver, what went wrong, and why. */
export function oneLineFailure(failure: Error, receiver: string | undefined): string {
  const parts: string[] = [];
  for (const error of errorChain(failure, MAX_ERRORS)) {
    const text = reasonOf(error).replace(/\s+/g, ' ').trim();
    if (text !== '' && !parts.some((part) => part.includes(text))) parts.push(text);
  }
  const line = parts.join(': ');
  return receiver === undefined || line.includes(receiver) ? line : `${receiver}: ${line}`;
}

/** An error of several addresses has no message of its own; its parts do. */
function reasonOf(error: unknown): string {
  const [message, errors, code] = ['message', 'errors', 'code'].map((name) => propertyOf(error, name));
  // Its message says that there are two errors, not which.
  if (isSuppressedError(error as object))
    return SUPPRESSION.map((name) => reasonOf(propertyOf(error, name))).join(', ');
  if (typeof message === 'string' && message !== '') return message;
  if (Array.isArray(errors)) return errors.map(reasonOf).join(', ');
  if (typeof code === 'string') return code;
  // Clients give causes that are plain objects, with nothing in them.
  const text = String(error);
  return text === '[object Object]' ? '' : text;
}
