import { reportLoggingError } from '../../core/reports/diagnostics.js';
import { isEndOfReports } from './unsent.js';

/** How long further errors of a handler are only counted, in milliseconds. */
const QUIET_MS = 10_000;

/**
 * Reports the errors of one handler on standard error: the first at once, then one per 10 s with the number of the
 * others.
 */
export class ErrorReporter {
  readonly #source: object;
  #quietUntil = Number.NEGATIVE_INFINITY;
  #suppressed = 0;

  /** @param source The handler, as the report names it. */
  constructor(source: object) {
    this.#source = source;
  }

  /** Reports an error, or counts it if one was reported just before. */
  report(error: Error): void {
    const now = performance.now();
    if (now < this.#quietUntil && !isEndOfReports()) {
      this.#suppressed += 1;
      return;
    }
    this.#quietUntil = now + QUIET_MS;
    if (this.#suppressed > 0) error.message += ` (and ${this.#suppressed} more errors since the last report)`;
    this.#suppressed = 0;
    reportLoggingError(this.#source, undefined, error);
  }
}
