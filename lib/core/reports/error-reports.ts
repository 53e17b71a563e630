import { globalSlot } from '../../runtime/global-slot.js';

/** An error inside logging. */
export interface LoggingErrorReport {
  /** Milliseconds since the epoch when it was first seen. */
  readonly at: number;
  /** What failed, by its own description: `<FileHandler /var/log/app.log (NOTSET)>`. */
  readonly source: string;
  /** The class of the error. */
  readonly type: string;
  /** Its message, without control characters and secrets, cut after 1,000 characters. */
  readonly message: string;
  /** Its code, for example `'ENOSPC'`; `undefined` if it has none. */
  readonly code: string | undefined;
  /** The logger of the record that failed; `undefined` if the error belongs to no record. */
  readonly logger: string | undefined;
  /** How often it was seen. */
  readonly count: number;
  /** When it was last seen. */
  readonly lastAt: number;
}

/** Called with each error inside logging. */
export type LoggingErrorListener = (report: LoggingErrorReport) => void;

/** How many errors are remembered. */
const MAX_REPORTS = 100;

/** An error, and how often it was seen. */
interface RememberedError {
  readonly seen: SeenError;
  count: number;
  lastAt: number;
  /** Made when somebody asks: to make one takes longer than to count. */
  report: LoggingErrorReport | undefined;
}

/** Remembers the last errors, and reports each to listeners. */
class ErrorReports {
  #errors: RememberedError[] = [];
  readonly #listeners = new Set<LoggingErrorListener>();
  #isReporting = false;

  get reports(): readonly LoggingErrorReport[] {
    return this.#errors.map(reportOf);
  }

  listen(listener: LoggingErrorListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  announce(seen: SeenError, notifies: boolean): void {
    const error = this.#remember(seen);
    if (notifies) this.#notifyAll(error);
  }

  #notifyAll(error: RememberedError): void {
    if (this.#isReporting || this.#listeners.size === 0) return;
    this.#isReporting = true;
    const report = reportOf(error);
    try {
      for (const listener of this.#listeners) notify(listener, report);
    } finally {
      this.#isReporting = false;
    }
  }

  #remember(seen: SeenError): RememberedError {
    const known = this.#errors.findLast((error) => isSame(error.seen, seen));
    const error = known ?? { seen, count: 0, lastAt: 0, report: undefined };
    error.count += 1;
    error.lastAt = seen.at;
    error.report = undefined;
    // A flood of one error must not displace the others.
    if (error !== this.#errors.at(-1)) {
      if (known !== undefined) this.#errors = this.#errors.filter((other) => other !== known);
      else if (this.#errors.length >= MAX_REPORTS) this.#errors.shift();
      this.#errors.push(error);
    }
    return error;
  }
}

function reportOf(error: RememberedError): LoggingErrorReport {
  const { seen, count, lastAt } = error;
  error.report ??= Object.freeze({ ...seen, count, lastAt });
  return error.report;
}

/** One occurrence of an error. */
export type SeenError = Omit<LoggingErrorReport, 'count' | 'lastAt'>;

const reports = globalSlot('error-reports.1', () => new ErrorReports());

/**
 * The last 100 errors inside logging, the oldest first: what handlers, filters and formatters threw, and what
 * could not be written or sent. They never go through loggers.
 */
export function getLoggingErrors(): readonly LoggingErrorReport[] {
  return reports.reports;
}

/**
 * Calls a function for each error inside logging, repeated ones included, whether or not errors are printed on standard
 * error. For log calls with arguments that do not fit it is called once for each place in the source. What it throws is
 * ignored; an error that occurs while it runs is remembered, not reported.
 *
 * @returns Removes the function.
 */
export function onLoggingError(listener: LoggingErrorListener): () => void {
  return reports.listen(listener);
}

/**
 * Remembers an error. Never throws.
 *
 * @param notifies Whether listeners are called; default true.
 */
export function announceError(seen: SeenError, notifies = true): void {
  reports.announce(seen, notifies);
}

function isSame(one: SeenError, other: SeenError): boolean {
  return one.source === other.source && one.code === other.code && one.message === other.message;
}

function notify(listener: LoggingErrorListener, report: LoggingErrorReport): void {
  try {
    listener(report);
  } catch {
    // Listeners must not fail logging.
  }
}
