import { type CountedHandler, type DeliveryCounts, HandlerCounters } from './handler-counters.js';

/** What became of records: `emitted = delivered + filtered + dropped + queued + spooled`, always and exactly. */
export interface RecordCounts {
  /** Records that handlers received. */
  readonly emitted: number;
  /** Records that filters suppressed. */
  readonly filtered: number;
  /** Records delivered: to the kernel for files and standard streams, to the receiver where one acknowledges. */
  readonly delivered: number;
  /** Records that are lost. */
  readonly dropped: number;
  /**
   * The lost ones by reason: `overflow`, `oversize`, `rejected`, `failed` and `closed` on their way; `error` if they
   * could not be formatted or written; `recursive` if they were logged by the handler's own work; `declined` if the
   * handler ignored them, because it was closed for example.
   */
  readonly droppedBy: Readonly<Record<string, number>>;
  /** Records that wait in memory. */
  readonly queued: number;
  /** Records that wait in files. */
  readonly spooled: number;
}

/** What became of one handler's records. */
export function countsOf(counters: HandlerCounters): RecordCounts {
  const { emitted, filtered, failed, recursive, counts = {} } = counters;
  const own = counts.emitted === undefined ? undefined : counts.emitted - (counts.recovered ?? 0);
  const reached = emitted - filtered - failed - recursive;
  const [queued, spooled, lost] = [counts.queued ?? 0, counts.spooled ?? 0, counts.dropped ?? 0];
  // Separate from later losses: the handler received them and ignored them.
  const declined = own === undefined ? 0 : Math.max(0, reached - own);
  const delivered = counts.delivered ?? Math.max(0, reached - queued - spooled - lost);
  const dropped = lost + failed + recursive + declined;
  const droppedBy = reasons(counts, lost, { error: failed, recursive, declined });
  const total = filtered + delivered + dropped + queued + spooled;
  return { emitted: total, filtered, delivered, dropped, droppedBy, queued, spooled };
}

function reasons(
  { droppedBy }: DeliveryCounts,
  lost: number,
  own: Readonly<Record<string, number>>,
): Record<string, number> {
  const all: Record<string, number> = {};
  for (const [reason, count] of Object.entries(droppedBy ?? { failed: lost }))
    if (count > 0) all[reason] = count;
  for (const [reason, count] of Object.entries(own)) if (count > 0) all[reason] = (all[reason] ?? 0) + count;
  return all;
}

/** Counts that are being added up. */
export interface CountSum {
  emitted: number;
  filtered: number;
  delivered: number;
  dropped: number;
  droppedBy: Record<string, number>;
  queued: number;
  spooled: number;
}

/** Adds counts to a sum. */
export function addTo(sum: CountSum, counts: RecordCounts): void {
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

/** A sum of nothing. */
function noCounts(): CountSum {
  return { emitted: 0, filtered: 0, delivered: 0, dropped: 0, droppedBy: {}, queued: 0, spooled: 0 };
}

/** The counts of a handler that is gone: what it had in memory is lost. */
function settled(counts: RecordCounts): RecordCounts {
  const { queued, droppedBy } = counts;
  if (queued === 0) return counts;
  const closed = (droppedBy.closed ?? 0) + queued;
  return { ...counts, queued: 0, dropped: counts.dropped + queued, droppedBy: { ...droppedBy, closed } };
}

/** How many new counters trigger a sweep of those that are no longer used. */
const SWEEP_EVERY = 64;

/** The counters of all handlers, and of records that reached none. */
export class LoggingCounters {
  #ofHandlers: HandlerCounters[] = [];
  #filteredByLoggers = 0;
  readonly #retired = noCounts();

  /** Creates the counters of a handler. */
  open(handler: CountedHandler): HandlerCounters {
    if (this.#ofHandlers.length % SWEEP_EVERY === SWEEP_EVERY - 1) this.#sweep();
    const counters = new HandlerCounters(handler);
    this.#ofHandlers.push(counters);
    return counters;
  }

  /** Removes the counters of handlers that were only created to check a configuration: they are in no sum. */
  forget(handlers: readonly CountedHandler[]): void {
    this.#ofHandlers = this.#ofHandlers.filter(
      ({ handler }) => handler === undefined || !handlers.includes(handler),
    );
  }

  /** The filters of a logger suppressed a record. */
  filterByLogger(): void {
    this.#filteredByLoggers += 1;
  }

  /** Records that the filters of loggers suppressed. */
  get filteredByLoggers(): number {
    return this.#filteredByLoggers;
  }

  /** The counters of the handlers that are still referenced, in order of creation. */
  ofHandlers(): readonly HandlerCounters[] {
    this.#sweep();
    return this.#ofHandlers;
  }

  /** The sums of the handlers that are gone. */
  retired(): CountSum {
    this.#sweep();
    return { ...this.#retired, droppedBy: { ...this.#retired.droppedBy } };
  }

  /** Adds up the counters of handlers that are gone, so that the list of them does not grow. */
  #sweep(): void {
    const gone = this.#ofHandlers.filter(({ handler }) => handler === undefined);
    if (gone.length === 0) return;
    for (const counters of gone) addTo(this.#retired, settled(countsOf(counters)));
    this.#ofHandlers = this.#ofHandlers.filter((counters) => !gone.includes(counters));
  }
}
