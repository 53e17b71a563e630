import { Handler } from '../../core/handler.js';
import { settle } from '../../core/overrides.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { reportLoggingError } from '../../core/reports/diagnostics.js';
import type { QueueEntry } from './delivery-queue.js';
import { ErrorReporter } from './error-reporter.js';
import { runAsFailureOf } from './export-scope.js';

/**
 * Reports failures of a handler that sends in the background: to an overridden `handleError`, each record
 * once, when it could not be sent for the first time; else on standard error.
 */
export class FailureReporter {
  readonly #handler: Handler;
  readonly #usual: () => Handler['handleError'];
  readonly #errors: ErrorReporter;
  readonly #reported = new WeakSet<QueueEntry<unknown>>();

  /** @param usual The `handleError` that counts as not overridden. */
  constructor(handler: Handler, usual = () => Handler.prototype.handleError) {
    this.#handler = handler;
    this.#usual = usual;
    this.#errors = new ErrorReporter(handler);
  }

  /** The record to keep with its bytes; `undefined` if nobody needs it. */
  keep(record: LogRecord): LogRecord | undefined {
    return this.#handler.handleError === this.#usual() ? undefined : record;
  }

  /** Reports a failure. @param entries The entries it affects. */
  report(error: Error, entries: readonly QueueEntry<unknown>[] = []): void {
    const known = entries.filter(({ logRecord }) => logRecord !== undefined);
    if (known.length === 0) this.#errors.report(error);
    const fresh = known.filter((entry) => !this.#reported.has(entry));
    runAsFailureOf(this.#handler, () => {
      for (const entry of fresh) {
        this.#reported.add(entry);
        this.#handOver(entry.logRecord as LogRecord, error);
      }
    });
  }

  #handOver(record: LogRecord, error: Error): void {
    try {
      settle(this.#handler.handleError(record, error), this.#handler, record);
    } catch (error) {
      reportLoggingError(this.#handler, record, error);
    }
  }
}
