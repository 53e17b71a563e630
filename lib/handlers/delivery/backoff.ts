/** How the waits between attempts grow. */
export interface BackoffOptions {
  /** The longest first wait, in milliseconds, above 0; default 500. */
  initialMs?: number;
  /** The longest wait, in milliseconds; default 30 000. */
  maxMs?: number;
  /** The factor by which each wait may be longer than the last, at least 1; default 2. */
  factor?: number;
  /** A number from 0 up to 1 for each wait; default `Math.random`. */
  random?: () => number;
}

/**
 * The waits between attempts at something that fails: up to 0.5 s, then up to 1 s, 2 s … 30 s.
 *
 * Each is drawn evenly from 0 up to its bound ('full jitter'), so that a hundred processes that lost the same server
 * do not come back to it at the same moment.
 */
export class Backoff {
  /** The longest first wait, in milliseconds. */
  initialMs: number;
  /** The longest wait, in milliseconds. */
  maxMs: number;
  /** The factor by which each wait may be longer than the last. */
  factor: number;

  readonly #random: () => number;
  #failures = 0;

  constructor({ initialMs = 500, maxMs = 30_000, factor = 2, random = Math.random }: BackoffOptions = {}) {
    this.initialMs = initialMs;
    this.maxMs = maxMs;
    this.factor = factor;
    this.#random = random;
  }

  /**
   * How long to wait before the next attempt, in milliseconds; call it once for each failure.
   *
   * @param atLeastMs What the other side asked for (`Retry-After`), respected even if it is more than `maxMs`; default
   * 0.
   */
  next(atLeastMs = 0): number {
    const boundMs = Math.min(this.maxMs, this.initialMs * this.factor ** this.#failures);
    this.#failures += 1;
    return Math.max(atLeastMs, Math.round(this.#random() * boundMs));
  }

  /** Starts over with the shortest wait; call it after a success. */
  reset(): void {
    this.#failures = 0;
  }
}
