import { checkLevel } from '../../../core/levels.js';
import {
  BoundedQueue,
  type BoundedQueueOptions,
  type DropReason,
  type QueueEntry,
} from '../bounded-queue.js';
import { type Drainable, holdUntilExit, releaseFromExit } from '../exit-drain.js';
import { inOwnMemory } from '../own-memory.js';
import { bandOf } from './segment-name.js';
import type { NewRecord, Spool } from './spool.js';
import type { SpoolSettings } from './spool-options.js';

/** How often a disk that takes nothing is tried again, in milliseconds. */
const RETRY_MS = 250;

/** What becomes of records that are to be written. */
export interface SpoolWriterEvents {
  /** Records are in the files. */
  written(count: number): void;
  /** Records are lost. */
  refused(count: number, reason: DropReason): void;
  /** Something went wrong that stops nothing. */
  failed(fault: Error): void;
}

/**
 * Writes records to a spool: at once, or, where `bufferSize` says so or the disk does not take them, after they waited
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

  /** Says where to write. */
  open(spool: Spool): void {
    this.#spool = spool;
  }

  /** Writes a record, or keeps it to be written soon. @returns `false` if it is lost. */
  add(record: NewRecord): boolean {
    if (this.#settings.bufferSize === 0 && this.memory.length === 0) {
      const outcome = this.#write([record]);
      if (outcome !== 'failed') return outcome === 'written';
    }
    const isKept = this.memory.push(record, record.levelno, record.payload.length);
    const isDue = this.memory.stats.queuedBytes >= this.#settings.bufferSize;
    if (isDue || record.levelno >= this.#flushLevel) this.spill();
    else this.#hold();
    return isKept;
  }

  /** Writes what waits, as far as the disk takes it; a disk that took nothing just now is left alone. */
  spill(): void {
    const isTooSoon = performance.now() < this.#retryAt;
    for (let isTaken = !isTooSoon; isTaken && this.memory.length > 0; ) {
      const runs = byBand(this.memory.take(1_024, 1 << 20));
      const failed = runs.findIndex((run) => !this.#spillRun(run));
      isTaken = failed === -1;
      if (!isTaken) this.memory.putBack(runs.slice(failed).flat());
    }
    this.#hold();
  }

  /** The same, whenever it was tried last. */
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

  /** @returns Whether the disk took them. */
  #spillRun(run: readonly QueueEntry<NewRecord>[]): boolean {
    const outcome = this.#write(run.map(({ item }) => item) as [NewRecord, ...NewRecord[]]);
    // They leave the books of the memory; where they are now was told by the write.
    if (outcome !== 'failed') this.memory.deliver(run);
    return outcome !== 'failed';
  }

  /** Writes records of one band; `'failed'`: they are the caller's still. */
  #write(records: readonly [NewRecord, ...NewRecord[]]): 'written' | 'dropped' | 'failed' {
    const spool = this.#spool;
    if (spool === undefined) return 'failed';
    try {
      if (!spool.append(records)) return this.#writeEach(records);
    } catch (error) {
      this.#retryAt = performance.now() + RETRY_MS;
      this.#fail('the spool cannot be written; records are kept in memory', error);
      return 'failed';
    }
    this.#events.written(records.length);
    this.#force(spool);
    return 'written';
  }

  /** There is no room for all of them. */
  #writeEach(records: readonly [NewRecord, ...NewRecord[]]): 'written' | 'dropped' {
    if (records.length === 1) {
      this.#events.refused(1, 'overflow');
      return 'dropped';
    }
    for (const record of records) if (this.#write([record]) === 'failed') this.#events.refused(1, 'failed');
    return 'written';
  }

  #force(spool: Spool): void {
    const { fsync, fsyncInterval } = this.#settings;
    if (fsync === 'interval') {
      this.#forceTimer ??= setTimeout(() => {
        this.#forceTimer = undefined;
        spool
          .forceLater()
          .catch((error: unknown) => this.#fail('the spool cannot be forced to the disk', error));
      }, fsyncInterval).unref();
    } else if (fsync === 'always') {
      try {
        spool.force();
      } catch (error) {
        this.#fail('the spool cannot be forced to the disk', error);
      }
    }
  }

  /** Sees to it that what waits is written in time, also where the process ends before. */
  #hold(): void {
    if (this.memory.length === 0) {
      clearTimeout(this.#flushTimer);
      this.#flushTimer = undefined;
      releaseFromExit(this);
      return;
    }
    holdUntilExit(this);
    this.#flushTimer ??= setTimeout(
      () => {
        this.#flushTimer = undefined;
        this.drainAtExit();
      },
      Math.max(this.#settings.flushInterval, performance.now() < this.#retryAt ? RETRY_MS : 0),
    ).unref();
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
    if (run?.[0] !== undefined && bandOf(run[0].levelno) === bandOf(entry.levelno)) run.push(entry);
    else runs.push([entry]);
  }
  return runs;
}
