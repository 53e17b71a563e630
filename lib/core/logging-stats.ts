import { addTo, countsOf, type RecordCounts } from './record-counts.js';
import { state } from './state.js';

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
  /** Of `filtered`: records that the filters of loggers kept back, before any handler saw them. */
  readonly filteredByLoggers: number;
  /** Every handler that is open or still held by somebody, in order of creation. */
  readonly handlers: readonly HandlerStats[];
}

/**
 * What became of every record: as a whole, and by handler.
 *
 * A record counts once for each handler it is handed to; those that loggers' filters keep back count once. Records
 * below a level count nowhere. Handlers that are gone stay in the sums.
 *
 * @example
 * const { emitted, dropped, droppedBy } = getLoggingStats();
 */
export function getLoggingStats(): LoggingStatsSnapshot {
  const { books } = state;
  const sum = books.retired();
  const open = new Set(state.openHandlers.map((reference) => reference.deref()));
  const handlers: HandlerStats[] = [];
  for (const ledger of books.ledgers()) {
    const counts = countsOf(ledger);
    addTo(sum, counts);
    const { handler } = ledger;
    if (handler === undefined) continue;
    const type = handler.constructor.name;
    handlers.push({ name: handler.name, type, isOpen: open.has(handler), ...counts });
  }
  const { filteredByLoggers } = books;
  sum.emitted += filteredByLoggers;
  sum.filtered += filteredByLoggers;
  return { ...sum, filteredByLoggers, handlers };
}
