import { Injectable } from '@nestjs/common';
import {
  getLoggingErrors,
  type LoggingErrorListener,
  type LoggingErrorReport,
  onLoggingError,
} from '../../core/reports/error-reports.js';
import { renderPrometheus } from '../../core/reports/logging-metrics.js';
import { getLoggingStats, type LoggingStatsSnapshot } from '../../core/reports/logging-stats.js';

/**
 * An injectable view of what became of the records of this process: counts, in total and by handler, and the last errors
 * inside logging.
 *
 * @example
 * constructor(private readonly stats: LoggingStats) {}
 */
@Injectable()
export class LoggingStats {
  /** What became of every record so far. */
  get(): LoggingStatsSnapshot {
    return getLoggingStats();
  }

  /** The last 100 errors inside logging, the oldest first. */
  errors(): readonly LoggingErrorReport[] {
    return getLoggingErrors();
  }

  /** Calls a function for each error from now on. @returns A function that removes it. */
  onError(listener: LoggingErrorListener): () => void {
    return onLoggingError(listener);
  }

  /** The counts in the text format of Prometheus. */
  prometheus(): string {
    return renderPrometheus();
  }
}
