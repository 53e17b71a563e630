/** How the waits between attempts grow. */
export interface BackoffOptions {
  /** The longest first wait, in milliseconds, above 0; default 500. */
  initialMs?: number;
  /** The longest wait, in milliseconds; default 30 000. */
  maxMs?: number;
  /** The factor by which each wait may be longer than the last, at least 1; default 2. */
  factor?: number;
  /** How many quick retries may be saved up; default 0, which means that every failure waits. */
  quickRetries?: number;
  /** A number from 0 up to 1 for each wait; default `Math.random`. */
  random?: () => number;
}

/** The longest wait before a quick retry, in milliseconds. */
const QUICK_MS = 20;
/** What a success adds to the quick retries: there is one for every second success. */
const EARNED = 0.5;

/**
 * The waits between attempts at something that fails: up to 0.5 s, then up to 1 s, 2 s … 30 s.
 *
 * Each is drawn evenly from 0 up to its bound ('full jitter'), so that a hundred processes that lost the same server
 * do not come back to it at the same moment.
 *
 * With `quickRetries` there is a retry budget: successes earn retries that wait for 20 ms at most. So a server that
 * fails now and then is not treated as down: waiting after each failure would take longer than all the work. A server
 * that is down uses the budget up within a few attempts: it gets at most one quick retry for every two requests that
 * succeeded.
 */
export class Backoff {
  /** The longest first wait, in milliseconds. */
  initialMs: number;
  /** The longest wait, in milliseconds. */
  maxMs: number;
  /** The factor by which each wait may be longer than the last. */
  factor: number;

  readonly #quickRetries: number;
  readonly #random: () => number;
  #failures = 0;
  #earned = 0;
  #isQuick = false;

  constructor({
    initialMs = 500,
    maxMs = 30_000,
    factor = 2,
    quickRetries = 0,
    random = Math.random,
  }: BackoffOptions = {}) {
    this.initialMs = initialMs;
    this.maxMs = maxMs;
    this.factor = factor;
    this.#quickRetries = quickRetries;
    this.#random = random;
  }

  /**
   * How long to wait before the next attempt, in milliseconds; call it once for each failure.
   *
   * @param atLeastMs What the other side asked for (`Retry-After`), respected even if it is more than `maxMs`; default
   * 0.
   * @param share The share of the batch that failed, above 0; default 1.
   */
  next(atLeastMs = 0, share = 1): number {
    this.#isQuick = atLeastMs === 0 && this.#earned >= share;
    if (this.#isQuick) {
      this.#earned -= share;
      return Math.round(this.#random() * QUICK_MS);
    }
    const boundMs = Math.min(this.maxMs, this.initialMs * this.factor ** this.#failures);
    this.#failures += 1;
    return Math.max(atLeastMs, Math.round(this.#random() * boundMs));
  }

  /** Whether the last wait, since the last success, was before a quick retry. */
  get isQuick(): boolean {
    return this.#isQuick;
  }

  /** Starts over with the shortest wait; call it after each success. @param share The share of the batch; default 1. */
  reset(share = 1): void {
    this.#failures = 0;
    this.#isQuick = false;
    this.#earned = Math.min(this.#quickRetries, this.#earned + EARNED * share);
  }
}
