import { Injectable } from '@nestjs/common';
import {
  getLoggingFaults,
  type LoggingFault,
  type LoggingFaultListener,
  onLoggingFault,
} from '../core/fault-channel.js';
import { renderPrometheus } from '../core/logging-metrics.js';
import { getLoggingStats, type LoggingStatsSnapshot } from '../core/logging-stats.js';

/**
 * What became of the records of this process, to be injected: counts as a whole and by handler, and the last faults
 * inside of logging.
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

  /** The last 100 faults inside of logging, the oldest first. */
  faults(): readonly LoggingFault[] {
    return getLoggingFaults();
  }

  /** Has a function told of each fault from now on. @returns Takes it back. */
  onFault(listener: LoggingFaultListener): () => void {
    return onLoggingFault(listener);
  }

  /** The counts in the text format of Prometheus. */
  prometheus(): string {
    return renderPrometheus();
  }
}
