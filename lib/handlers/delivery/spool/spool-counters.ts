import type { DropReason, QueueStats } from '../delivery-queue.js';

/** What became of the records of a queue with a spool: `emitted` is the sum of `delivered`, `queued`, `spooled` and `dropped`. */
export interface SpoolStats extends QueueStats {
  /** Of `emitted`: records that an earlier process, or the handler before this one, had left in the spool. */
  readonly recovered: number;
  /** Of `dropped`: records that are kept in `dead-letters.jsonl`. */
  readonly deadLetters: number;
}

/** The counters of a queue with a spool, without those of what it keeps in memory. */
export class SpoolCounters {
  emitted = 0;
  delivered = 0;
  /** Records in the files, those on their way included. */
  spooled = 0;
  /** Records from the files that are on their way. */
  inFlight = 0;
  recovered = 0;
  deadLetters = 0;
  dropped = 0;
  readonly #droppedBy: Partial<Record<DropReason, number>> = {};

  /** Records that were in no file are lost. */
  lose(count: number, reason: DropReason): void {
    this.dropped += count;
    this.#droppedBy[reason] = (this.#droppedBy[reason] ?? 0) + count;
  }

  /** Records of earlier owners are taken over. */
  adopt(count: number): void {
    this.emitted += count;
    this.recovered += count;
    this.spooled += count;
  }

  /** Everything, with what is kept in memory. */
  with(memory: QueueStats): SpoolStats {
    const droppedBy = { ...memory.droppedBy };
    for (const [reason, count] of Object.entries(this.#droppedBy)) droppedBy[reason as DropReason] += count;
    return {
      emitted: this.emitted,
      delivered: this.delivered,
      queued: memory.queued,
      queuedBytes: memory.queuedBytes,
      spooled: this.spooled,
      dropped: this.dropped + memory.dropped,
      droppedBy,
      recovered: this.recovered,
      deadLetters: this.deadLetters,
    };
  }
}
