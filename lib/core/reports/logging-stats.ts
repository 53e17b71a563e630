import { openHandlers } from '../handler.js';
import { state } from '../state.js';
import { addTo, countsOf, type RecordCounts } from './record-counts.js';

/** What became of one handler's records. */
export interface HandlerStats extends RecordCounts {
  /** Its name in the configuration; `null` if it has none. */
  readonly name: string | null;
  /** Its class. */
  readonly type: string;
  /** Whether it was not closed yet. */
  readonly isOpen: boolean;
}

/** What became of all records since the process started. */
export interface LoggingStatsSnapshot extends RecordCounts {
  /** Of `filtered`: records that the filters of loggers suppressed, before any handler saw them. */
  readonly filteredByLoggers: number;
  /**
   * Log calls with something that did not fit: arguments that the message has no placeholders for, a field with the
   * name of an attribute, an invalid level. Their records were still logged.
   */
  readonly malformedCalls: number;
  /** Every handler that is open or still referenced, in order of creation. */
  readonly handlers: readonly HandlerStats[];
}

/**
 * What became of every record: as a whole, and by handler.
 *
 * A record counts once for each handler that receives it; those that loggers' filters suppress count once. Records
 * below a level count nowhere. Handlers that are gone stay in the sums.
 *
 * @example
 * const { emitted, dropped, droppedBy } = getLoggingStats();
 */
export function getLoggingStats(): LoggingStatsSnapshot {
  const { recordCounters } = state;
  const sum = recordCounters.retired();
  const open = new Set<object>(openHandlers());
  const handlers: HandlerStats[] = [];
  for (const counters of recordCounters.ofHandlers()) {
    const counts = countsOf(counters);
    addTo(sum, counts);
    const { handler } = counters;
    if (handler === undefined) continue;
    const type = handler.constructor.name;
    handlers.push({ name: handler.name, type, isOpen: open.has(handler), ...counts });
  }
  const { filteredByLoggers } = recordCounters;
  sum.emitted += filteredByLoggers;
  sum.filtered += filteredByLoggers;
  return { ...sum, filteredByLoggers, malformedCalls: state.callErrors.count, handlers };
}
