import type { DeliveryCounts, HandlerLedger } from './handler-ledger.js';
import { state } from './state.js';

/** What became of records: `emitted = delivered + filtered + dropped + queued + spooled`, always and exactly. */
export interface RecordCounts {
  /** Records that were handed over. */
  readonly emitted: number;
  /** Records that filters kept back. */
  readonly filtered: number;
  /** Records that are out: with the kernel for files and standard streams, with the receiver where one answers. */
  readonly delivered: number;
  /** Records that are lost. */
  readonly dropped: number;
  /** The lost ones by reason: `overflow`, `oversize`, `rejected`, `failed`, `closed`, `recursive`, `declined`. */
  readonly droppedBy: Readonly<Record<string, number>>;
  /** Records that wait in memory. */
  readonly queued: number;
  /** Records that wait in files. */
  readonly spooled: number;
}

/** What became of one handler's records. */
export interface HandlerStats extends RecordCounts {
  /** Its name in the configuration; `null` if it has none. */
  readonly name: string | null;
  /** Its class. */
  readonly type: string;
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
  sweepLedgers();
  const sum = { ...state.retired, droppedBy: { ...state.retired.droppedBy } };
  const handlers: HandlerStats[] = [];
  for (const ledger of state.ledgers) {
    const counts = countsOf(ledger);
    addTo(sum, counts);
    const { handler } = ledger;
    if (handler === undefined) continue;
    handlers.push({ name: handler.name, type: handler.constructor.name, ...counts });
  }
  const { filteredByLoggers } = state;
  sum.emitted += filteredByLoggers;
  sum.filtered += filteredByLoggers;
  return { ...sum, filteredByLoggers, handlers };
}

/** What became of one handler's records. */
export function countsOf(ledger: HandlerLedger): RecordCounts {
  const { emitted, filtered, failed, recursive, counts = {} } = ledger;
  const own = counts.emitted === undefined ? undefined : counts.emitted - (counts.recovered ?? 0);
  const reached = emitted - filtered - failed - recursive;
  const [queued, spooled, lost] = [counts.queued ?? 0, counts.spooled ?? 0, counts.dropped ?? 0];
  // Told apart from what was lost further on: the handler took them without doing anything about them.
  const declined = own === undefined ? 0 : Math.max(0, reached - own);
  const delivered = counts.delivered ?? Math.max(0, reached - queued - spooled - lost);
  const dropped = lost + failed + recursive + declined;
  const droppedBy = reasons(counts, lost, { failed, recursive, declined });
  const total = filtered + delivered + dropped + queued + spooled;
  return { emitted: total, filtered, delivered, dropped, droppedBy, queued, spooled };
}

function reasons(
  { droppedBy }: DeliveryCounts,
  lost: number,
  own: Readonly<Record<string, number>>,
): Record<string, number> {
  const all: Record<string, number> = {};
  for (const [reason, count] of Object.entries(droppedBy ?? { failed: lost })) if (count > 0) all[reason] = count;
  for (const [reason, count] of Object.entries(own)) if (count > 0) all[reason] = (all[reason] ?? 0) + count;
  return all;
}

interface Sum {
  emitted: number;
  filtered: number;
  delivered: number;
  dropped: number;
  droppedBy: Record<string, number>;
  queued: number;
  spooled: number;
}

function addTo(sum: Sum, counts: RecordCounts): void {
  sum.emitted += counts.emitted;
  sum.filtered += counts.filtered;
  sum.delivered += counts.delivered;
  sum.dropped += counts.dropped;
  sum.queued += counts.queued;
  sum.spooled += counts.spooled;
  for (const [reason, count] of Object.entries(counts.droppedBy)) {
    sum.droppedBy[reason] = (sum.droppedBy[reason] ?? 0) + count;
  }
}

/** Adds up handlers that nobody holds any more, so that the list of them does not grow. */
export function sweepLedgers(): void {
  const gone = state.ledgers.filter(({ handler }) => handler === undefined);
  if (gone.length === 0) return;
  for (const ledger of gone) addTo(state.retired, settled(countsOf(ledger)));
  state.ledgers = state.ledgers.filter((ledger) => !gone.includes(ledger));
}

/** What a handler held in memory went with it. */
function settled(counts: RecordCounts): RecordCounts {
  const { queued, droppedBy } = counts;
  if (queued === 0) return counts;
  const closed = (droppedBy.closed ?? 0) + queued;
  return { ...counts, queued: 0, dropped: counts.dropped + queued, droppedBy: { ...droppedBy, closed } };
}
