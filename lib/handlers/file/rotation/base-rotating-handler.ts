import { existsSync, renameSync } from 'node:fs';
import { whenActive } from '../../../core/activation.js';
import { LEAN } from '../../../core/lean.js';
import { settle, wrongAnswer, yesBy } from '../../../core/overrides.js';
import type { LogRecord } from '../../../core/records/log-record.js';
import { codePointLength } from '../../../python/code-points.js';
import { parseDurationMs } from '../../../runtime/units.js';
import type { Unlock } from '../../output/lock-file.js';
import { FileHandler, type FileHandlerOptions } from '../file.handler.js';
import { Compressor } from './compressor.js';
import { deleteFiles } from './retention.js';
import { lockRotation } from './rotation-lock.js';
import { type Namer, type Rotator, totalBytes } from './rotation-options.js';

/** Options of a {@link BaseRotatingHandler}. */
export interface BaseRotatingHandlerOptions extends FileHandlerOptions {
  /** See {@link BaseRotatingHandler.maxBytes}; default 0. */
  maxBytes?: number | undefined;
  /** See {@link BaseRotatingHandler.backupCount}; default 0. */
  backupCount?: number | undefined;
  /** The age at which rolled files are deleted: `'30d'`; default none. */
  maxAge?: string | null | undefined;
  /** The size of all rolled files together beyond which the oldest are deleted: `'5GB'`, or bytes; default none. */
  maxTotalSize?: number | string | null | undefined;
  /** Compress rolled files with gzip, in the background; default false. */
  compress?: boolean | undefined;
  namer?: Namer | null | undefined;
  rotator?: Rotator | null | undefined;
}

/** How soon a roll by another process is noticed, in milliseconds. */
const WATCH_MS = 10;
/** The least time from a failed roll to the next attempt, in milliseconds. */
const RETRY_ROLL_MS = 1_000;
/** How often to check whether rolled files have become too old, in milliseconds. */
const PRUNE_MS = 3_600_000;
/** The same while another process is rolling the file, and how long that may take without being reported. */
const RETRY_LOCK_MS = 50;
const REPORT_LOCK_MS = 5_000;

/**
 * The base of handlers that roll their files over. Derive from it and write `shouldRollover` and `doRollover`.
 *
 * A roll that fails is reported, and the old file is written to until one succeeds. Several processes may log into one
 * file: one of them rolls it, the others switch to the new file within 10 ms and lose nothing; the file may become
 * larger than `maxBytes` by what they wrote meanwhile.
 *
 * @see https://docs.python.org/3/library/logging.handlers.html#baserotatinghandler
 */
export abstract class BaseRotatingHandler extends FileHandler {
  static override readonly [LEAN]: boolean = true;

  /** A record that would bring the file to this size goes into a new one, in bytes; 0 for no bound. */
  maxBytes: number;
  /** So many rolled files are kept. */
  backupCount: number;
  /** Rolled files older than this are deleted, in milliseconds; 0 for no bound. */
  maxAgeMs: number;
  /** The oldest rolled files are deleted while all together have more bytes; 0 for no bound. */
  maxTotalBytes: number;
  /** Gives a rolled file another name than the default one, if set. */
  declare namer: Namer | null;
  /** Moves the log file to its new name, if set; otherwise it is renamed. */
  declare rotator: Rotator | null;

  /** Compresses rolled files; `undefined` without `compress`. */
  protected readonly compressor: Compressor | undefined;
  #unlock: Unlock | undefined;
  #retryAt = 0;
  #pruneAt = 0;
  /** Rolled files that cannot be moved or deleted and were reported. */
  readonly #stuck = new Set<string>();
  #lockedSince: number | undefined;
  /** The record being emitted and its text, so that it is formatted once. */
  #record: LogRecord | undefined;
  #text = '';

  constructor(options: BaseRotatingHandlerOptions) {
    super(options, { watchMs: WATCH_MS });
    this.maxBytes = options.maxBytes ?? 0;
    this.backupCount = options.backupCount ?? 0;
    this.maxAgeMs = (options.maxAge && parseDurationMs(options.maxAge)) || 0;
    this.maxTotalBytes = (options.maxTotalSize && totalBytes(options.maxTotalSize)) || 0;
    // A derived class may have methods of these names, as in Python.
    this.namer = options.namer ?? this.namer ?? null;
    this.rotator = options.rotator ?? this.rotator ?? null;
    if (options.compress) this.compressor = this.#makeCompressor();
  }

  /** Whether the file has to be rolled over before `record` is written. */
  abstract shouldRollover(record: LogRecord): boolean;

  /** Rolls the file over now. */
  abstract doRollover(): void;

  override emit(record: LogRecord): void {
    const text = this.format(record);
    this.#record = record;
    this.#text = text;
    const now = Date.now();
    try {
      if (now >= this.#retryAt && this.rolls && this.#isDue(record)) this.#rollOver(record);
      if (now >= this.#pruneAt && this.retainsByAgeOrSize) this.#pruneInTurn(now);
    } finally {
      this.#record = undefined;
    }
    this.write(text, record);
  }

  /** The name of a rolled file, from its default name. @see BaseRotatingHandler.namer */
  rotation_filename(defaultName: string): string {
    const name: unknown = this.namer?.(defaultName) ?? defaultName;
    if (typeof name === 'string') return name;
    settle(name, this);
    throw wrongAnswer('namer', 'a synchronous string', name);
  }

  /** Moves the log file to its new name. @see BaseRotatingHandler.rotator */
  rotate(source: string, dest: string): void {
    this.file.prepareMove(dest);
    // The log call goes on in the new file: it cannot wait.
    if (this.rotator) {
      const answer: unknown = this.rotator(source, dest);
      if (settle(answer, this)) throw wrongAnswer('rotator', 'a synchronous move of the file', answer);
    }
    // With `delay` there may be no file yet.
    else if (existsSync(source)) renameSync(source, dest);
  }

  /** Writes what is buffered, closes the file, and waits for running compressions. */
  override close(): void | Promise<void> {
    super.close();
    return this.compressor?.settled();
  }

  /** Paths that a rolled file can have, uncompressed. */
  protected abstract rolledFiles(): string[];

  /** The rolled files in excess. Called after each roll, and from time to time. */
  protected excessFiles(): string[] {
    return [];
  }

  /** Whether a roll would do anything. */
  protected get rolls(): boolean {
    return true;
  }

  /** Whether rolled files are deleted by age or total size. */
  protected get retainsByAgeOrSize(): boolean {
    return this.maxAgeMs > 0 || this.maxTotalBytes > 0;
  }

  /** Deletes rolled files in excess. What cannot be deleted is reported, and left. */
  protected prune(): void {
    try {
      for (const { path, error } of deleteFiles(this.excessFiles())) this.reportStuck(path, error);
    } catch (error) {
      // An unreadable folder is no reason to stop logging.
      this.reportError(error);
    }
  }

  /** Reports, once, that a rolled file stays where it is. */
  protected reportStuck(path: string, error: Error): void {
    if (this.#stuck.has(path)) return;
    this.#stuck.add(path);
    this.reportError(error);
  }

  /** Whether `record` would bring the file to `maxBytes`. An empty file is not rolled, as in Python 3.13. */
  protected isOverSize(record: LogRecord): boolean {
    const { maxBytes, file } = this;
    if (maxBytes <= 0 || !file.tryOpen() || !file.isRegular || file.size === 0) return false;
    const text = record === this.#record ? this.#text : this.format(record);
    // Python adds the characters of the line to the bytes of the file, and so do we.
    if (file.size + text.length + 1 < maxBytes) return false;
    return file.size + codePointLength(text) + 1 >= maxBytes;
  }

  /**
   * Rolls over by `move`, which moves the file away from its name, and opens a new one.
   *
   * @throws What `move` throws, or an error if it is not a regular file; the old file is then still written to.
   */
  protected roll(move: () => void): void {
    const { file } = this;
    if (file.isOpen && !file.isRegular)
      throw new Error(`cannot roll over '${file.path}': it is not a regular file`);
    this.#locked(() => {
      file.flush();
      if (file.isOpen && !file.isInPlace) file.reopen();
      move();
      if (this.delay) file.suspend();
      else file.reopen();
      this.compressor?.start();
    });
  }

  /** A `shouldRollover` of a derived class that fails rolls nothing, and the record is written. */
  #isDue(record: LogRecord): boolean {
    try {
      return yesBy(this.shouldRollover(record), 'shouldRollover', this, record);
    } catch (error) {
      this.#putOff(record, error);
      return false;
    }
  }

  #rollOver(record: LogRecord): void {
    try {
      this.#locked(() => {
        // Another process may have done it by now.
        if (!this.file.reopenIfMoved() || this.shouldRollover(record))
          settle(this.doRollover(), this, record);
      });
      this.#retryAt = 0;
      this.#lockedSince = undefined;
    } catch (error) {
      this.#putOff(record, error);
    }
  }

  /** Deletes files that have become too old since the last roll. */
  #pruneInTurn(now: number): void {
    this.#pruneAt = now + PRUNE_MS;
    try {
      this.#locked(() => this.prune());
    } catch {
      // Another process is rolling the file, and deletes them.
    }
  }

  /** Tries again later; meanwhile the old file is written to. */
  #putOff(record: LogRecord, error: unknown): void {
    const now = Date.now();
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') {
      // Another process is rolling it: nothing is wrong, unless it never ends.
      this.#lockedSince ??= now;
      this.#retryAt = now + RETRY_LOCK_MS;
      if (now - this.#lockedSince < REPORT_LOCK_MS) return;
    }
    this.#retryAt = now + RETRY_ROLL_MS;
    this.handleError(record, error);
  }

  #makeCompressor(): Compressor {
    const compressor = new Compressor(
      this.baseFilename,
      () => this.rolledFiles(),
      (error) => this.reportError(error),
    );
    // Work that the last process did not finish.
    whenActive({ commit: () => compressor.start() });
    return compressor;
  }

  #locked(action: () => void): void {
    if (this.#unlock !== undefined) {
      action();
      return;
    }
    const unlock = lockRotation(this.baseFilename);
    this.#unlock = unlock;
    try {
      action();
    } finally {
      // First, so that a failure to release a lock is not taken for a lock that is held.
      this.#unlock = undefined;
      unlock();
    }
  }
}
