import { type Drainable, registerForExit, unregisterForExit } from '../../../core/exit-drain.js';
import { checkLevel } from '../../../core/levels.js';
import { BoundedQueue, type BoundedQueueOptions } from '../bounded-queue.js';
import type { DropReason, QueueEntry } from '../delivery-queue.js';
import { inOwnMemory } from '../own-memory.js';
import { priorityOf } from './segment-name.js';
import type { NewRecord, Spool } from './spool.js';
import type { SpoolSettings } from './spool-options.js';

/** How often a failing disk is tried again, in milliseconds. */
const RETRY_MS = 250;

/** Reports what becomes of records to be written. */
export interface SpoolWriterEvents {
  /** Records are in the files. */
  written(count: number): void;
  /** Records are lost. */
  refused(count: number, reason: DropReason): void;
  /** An error that stops nothing. */
  failed(error: Error): void;
}

/**
 * Writes records to a spool: at once, or, with `bufferSize` or if the disk does not take them, after they waited
 * in memory, within bounds.
 */
export class SpoolWriter implements Drainable {
  /** What waits to be written. */
  readonly memory: BoundedQueue<NewRecord>;

  readonly #settings: SpoolSettings;
  readonly #events: SpoolWriterEvents;
  readonly #flushLevel: number;
  #spool: Spool | undefined;
  #flushTimer: NodeJS.Timeout | undefined;
  #forceTimer: NodeJS.Timeout | undefined;
  #retryAt = 0;

  constructor(settings: SpoolSettings, bounds: BoundedQueueOptions, events: SpoolWriterEvents) {
    this.memory = new BoundedQueue(bounds, (record) => ({
      ...record,
      payload: inOwnMemory(record.payload),
    }));
    this.#settings = settings;
    this.#events = events;
    this.#flushLevel = checkLevel(settings.flushLevel);
  }

  /** Sets where to write. */
  open(spool: Spool): void {
    this.#spool = spool;
  }

  /** Writes a record, or keeps it to be written soon. @returns `false` if it is lost. */
  add(record: NewRecord): boolean {
    if (this.#settings.bufferSize === 0 && this.memory.length === 0) {
      const outcome = this.#write([record]);
      if (outcome === 'full') this.#events.refused(1, 'overflow');
      if (outcome !== 'failed') return outcome === 'written';
    }
    const isKept = this.memory.push(record, record.levelno, record.payload.length);
    const isDue = this.memory.stats.queuedBytes >= this.#settings.bufferSize;
    if (isDue || record.levelno >= this.#flushLevel) this.spill();
    else this.#hold();
    return isKept;
  }

  /** Writes what waits, as far as the disk takes it; a disk that just failed is not tried again yet. */
  spill(): void {
    const isTooSoon = performance.now() < this.#retryAt;
    for (let isTaken = !isTooSoon; isTaken && this.memory.length > 0; ) {
      const left: QueueEntry<NewRecord>[] = [];
      for (const run of byBand(this.memory.take(1_024, 1 << 20)))
        left.push(...(left.length === 0 ? this.#spillRun(run) : run));
      isTaken = left.length === 0;
      if (!isTaken) this.memory.putBack(left);
    }
    this.#hold();
  }

  /** The same, even if the disk just failed. */
  drainAtExit(): void {
    this.#retryAt = 0;
    this.spill();
  }

  /** Writes what waits, for the last time. @returns How many records could not be written and are lost. */
  close(): number {
    this.drainAtExit();
    const lost = this.memory.clear('closed');
    this.#hold();
    clearTimeout(this.#forceTimer);
    return lost;
  }

  /** @returns The records that the disk did not take: the first of them, and all after it. */
  #spillRun(run: readonly QueueEntry<NewRecord>[]): readonly QueueEntry<NewRecord>[] {
    const outcome = this.#write(run.map(({ item }) => item) as [NewRecord, ...NewRecord[]]);
    if (outcome === 'failed') return run;
    if (outcome === 'full' && run.length > 1) {
      // There is no room for all of them, but perhaps for some.
      const failed = run.findIndex((entry) => this.#spillRun([entry]).length > 0);
      return failed === -1 ? [] : run.slice(failed);
    }
    if (outcome === 'full') this.#events.refused(1, 'overflow');
    // They leave the counters of the memory; the write has counted them in the file.
    this.memory.deliver(run);
    return [];
  }

  /** Writes records of one priority: all, or none where there is no room or the disk fails. */
  #write(records: readonly [NewRecord, ...NewRecord[]]): 'written' | 'full' | 'failed' {
    const spool = this.#spool;
    if (spool === undefined) return 'failed';
    try {
      if (!spool.append(records)) return 'full';
    } catch (error) {
      this.#retryAt = performance.now() + RETRY_MS;
      this.#fail('the spool cannot be written; records are kept in memory', error);
      return 'failed';
    }
    this.#events.written(records.length);
    this.#force(spool);
    return 'written';
  }

  #force(spool: Spool): void {
    const { fsync, fsyncIntervalMs } = this.#settings;
    if (fsync === 'interval') {
      this.#forceTimer ??= setTimeout(() => {
        this.#forceTimer = undefined;
        spool
          .forceLater()
          .catch((error: unknown) => this.#fail('the spool cannot be forced to the disk', error));
      }, fsyncIntervalMs).unref();
    } else if (fsync === 'always') {
      try {
        spool.force();
      } catch (error) {
        this.#fail('the spool cannot be forced to the disk', error);
      }
    }
  }

  /** Makes sure that what waits is written in time, also if the process ends before. */
  #hold(): void {
    if (this.memory.length === 0) {
      clearTimeout(this.#flushTimer);
      this.#flushTimer = undefined;
      unregisterForExit(this);
      return;
    }
    this.#flushTimer ??= setTimeout(
      () => {
        this.#flushTimer = undefined;
        this.drainAtExit();
      },
      Math.max(this.#settings.flushIntervalMs, performance.now() < this.#retryAt ? RETRY_MS : 0),
    ).unref();
    registerForExit(this);
  }

  #fail(text: string, cause: unknown): void {
    this.#events.failed(new Error(text, { cause }));
  }
}

/** Consecutive entries that go to one file, together. */
function byBand(entries: readonly QueueEntry<NewRecord>[]): QueueEntry<NewRecord>[][] {
  const runs: QueueEntry<NewRecord>[][] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    if (run?.[0] !== undefined && priorityOf(run[0].levelno) === priorityOf(entry.levelno)) run.push(entry);
    else runs.push([entry]);
  }
  return runs;
}
