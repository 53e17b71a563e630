import { existsSync, renameSync } from 'node:fs';
import { whenStanding } from '../core/activation.js';
import { LEAN } from '../core/lean.js';
import type { LogRecord } from '../core/log-record.js';
import { codePointLength } from '../internal/code-points.js';
import { FileHandler, type FileHandlerOptions } from './file.handler.js';
import { Compressor } from './support/compressor.js';
import type { Unlock } from './support/lock-file.js';
import { lockRotation } from './support/rotation-lock.js';
import type { Namer, Rotator } from './support/rotation-options.js';

/** Options of a {@link BaseRotatingHandler}. */
export interface BaseRotatingHandlerOptions extends FileHandlerOptions {
  /** See {@link BaseRotatingHandler.maxBytes}; default 0. */
  maxBytes?: number | undefined;
  /** See {@link BaseRotatingHandler.backupCount}; default 0. */
  backupCount?: number | undefined;
  /** Compress rolled files with gzip, in the background; default false. */
  compress?: boolean | undefined;
  namer?: Namer | null | undefined;
  rotator?: Rotator | null | undefined;
}

/** How soon it is seen that another process rolled the file, in milliseconds. */
const WATCH_MS = 10;
/** After a roll that failed, the next attempt is made no sooner than this, in milliseconds. */
const RETRY_ROLL_MS = 1_000;
/** The same while another process is rolling the file, and how long that may take without being reported. */
const RETRY_LOCK_MS = 50;
const REPORT_LOCK_MS = 5_000;

/**
 * What handlers that roll their files over have in common. Derive from it and write `shouldRollover` and `doRollover`.
 *
 * A roll that fails is reported, and the old file is written to until one succeeds. Several processes may log into one
 * file: one of them rolls it, the others go over to the new file within 10 ms and lose nothing; the file may come out
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
  /** Gives a rolled file another name than the default one, if set. */
  declare namer: Namer | null;
  /** Brings the log file to its new name, if set; otherwise it is renamed. */
  declare rotator: Rotator | null;

  /** Compresses rolled files; `undefined` without `compress`. */
  protected readonly compressor: Compressor | undefined;
  #unlock: Unlock | undefined;
  #retryAt = 0;
  #lockedSince: number | undefined;
  /** The record being emitted and its text, so that it is formatted once. */
  #record: LogRecord | undefined;
  #text = '';

  constructor(options: BaseRotatingHandlerOptions) {
    super(options, { watchMs: WATCH_MS });
    this.maxBytes = options.maxBytes ?? 0;
    this.backupCount = options.backupCount ?? 0;
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
    try {
      if (Date.now() >= this.#retryAt && this.shouldRollover(record)) this.#rollOver(record);
    } finally {
      this.#record = undefined;
    }
    this.write(text, record);
  }

  /** The name of a rolled file, from its default name. @see BaseRotatingHandler.namer */
  rotation_filename(defaultName: string): string {
    return this.namer?.(defaultName) ?? defaultName;
  }

  /** Brings the log file to its new name. @see BaseRotatingHandler.rotator */
  rotate(source: string, dest: string): void {
    if (this.rotator) this.rotator(source, dest);
    // With `delay` there may be no file yet.
    else if (existsSync(source)) renameSync(source, dest);
  }

  /** Writes what is held back, closes the file, and waits for what is being compressed. */
  override close(): void | Promise<void> {
    super.close();
    return this.compressor?.settled();
  }

  /** Where a rolled file can be, uncompressed. */
  protected abstract rolledFiles(): string[];

  /** Whether `record` would bring the file to `maxBytes`. */
  protected isOverSize(record: LogRecord): boolean {
    const { maxBytes, file } = this;
    if (maxBytes <= 0 || !file.tryOpen() || !file.isRegular) return false;
    const text = record === this.#record ? this.#text : this.format(record);
    // Python adds the characters of the line to the bytes of the file, and so do we.
    if (file.size + text.length + 1 < maxBytes) return false;
    return file.size + codePointLength(text) + 1 >= maxBytes;
  }

  /**
   * Rolls over by `move`, which brings the file away from its name, and opens it anew.
   *
   * @throws What `move` throws, or an error for what is no regular file; the old file is still written to then.
   */
  protected roll(move: () => void): void {
    const { file } = this;
    if (file.isOpen && !file.isRegular)
      throw new Error(`cannot roll over '${file.path}': it is no regular file`);
    this.#locked(() => {
      file.flush();
      if (file.isOpen && !file.isInPlace) file.reopen();
      move();
      if (this.delay) file.suspend();
      else file.reopen();
      this.compressor?.start();
    });
  }

  #rollOver(record: LogRecord): void {
    try {
      this.#locked(() => {
        // Another process may have done it by now.
        if (!this.file.reopenIfMoved() || this.shouldRollover(record)) this.doRollover();
      });
      this.#retryAt = 0;
      this.#lockedSince = undefined;
    } catch (error) {
      this.#putOff(record, error);
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
      (error) => this.reportFault(error),
    );
    // What was not finished when the last process ended.
    whenStanding({ commit: () => compressor.start() });
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
      // First, lest what fails to let go of a lock passes for one that is held.
      this.#unlock = undefined;
      unlock();
    }
  }
}
