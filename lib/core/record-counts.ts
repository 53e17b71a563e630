import type { DeliveryCounts, HandlerLedger } from './handler-ledger.js';

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
  /**
   * The lost ones by reason: `overflow`, `oversize`, `rejected`, `failed` and `closed` on their way; `error` if they
   * could not be formatted or written; `recursive` if they were logged by the handler's own work; `declined` if the
   * handler left them out, being closed for example.
   */
  readonly droppedBy: Readonly<Record<string, number>>;
  /** Records that wait in memory. */
  readonly queued: number;
  /** Records that wait in files. */
  readonly spooled: number;
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
export function noCounts(): CountSum {
  return { emitted: 0, filtered: 0, delivered: 0, dropped: 0, droppedBy: {}, queued: 0, spooled: 0 };
}

/** The counts of a handler that is gone: what it held in memory went with it. */
export function settled(counts: RecordCounts): RecordCounts {
  const { queued, droppedBy } = counts;
  if (queued === 0) return counts;
  const closed = (droppedBy.closed ?? 0) + queued;
  return { ...counts, queued: 0, dropped: counts.dropped + queued, droppedBy: { ...droppedBy, closed } };
}
