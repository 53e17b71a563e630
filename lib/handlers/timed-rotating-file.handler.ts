import { lstatSync, rmSync, statSync } from 'node:fs';
import * as v from 'valibot';
import { LEAN } from '../core/lean.js';
import type { LogRecord } from '../core/log-record.js';
import { checkOptions, type OptionsSchema } from '../core/options.js';
import { lazy, lazyProperty } from '../internal/lazy.js';
import { strftime } from '../internal/strftime.js';
import { BaseRotatingHandler } from './base-rotating-handler.js';
import { fileEntries } from './support/file-options.js';
import { findRolledFiles, timedName } from './support/rolled-names.js';
import { RolloverSchedule, type TimeOfDay } from './support/rollover-schedule.js';
import { rotationEntries } from './support/rotation-options.js';

/** Options of a {@link TimedRotatingFileHandler}. */
export const timedRotatingFileHandlerSchema = lazy(() =>
  v.strictObject({
    ...fileEntries(),
    ...rotationEntries(),
    when: v.optional(
      v.pipe(
        v.string(),
        v.description('Unit: "S", "M", "H", "D", "MIDNIGHT", or "W0" (Monday) to "W6"; in any case.'),
      ),
      'h',
    ),
    interval: v.optional(
      v.pipe(v.number(), v.gtValue(0), v.description('So many units between two rollovers.')),
      1,
    ),
    utc: v.optional(v.pipe(v.boolean(), v.description('Go by UTC instead of local time.')), false),
    atTime: v.optional(
      v.nullable(
        v.pipe(
          v.custom<TimeOfDay>(
            (value) => typeof value === 'string' || (typeof value === 'object' && value !== null),
            "expected a time of day, 'HH:MM:SS'",
          ),
          v.description(
            "For MIDNIGHT and W0 to W6: roll over at this time of day, 'HH:MM:SS', instead of midnight.",
          ),
        ),
      ),
    ),
  }),
);

/** Options of a {@link TimedRotatingFileHandler}. */
export type TimedRotatingFileHandlerOptions = v.InferInput<ReturnType<typeof timedRotatingFileHandlerSchema>>;

/**
 * Writes to a file that is rolled over at certain times: `app.log` becomes `app.log.2024-05-01`. `backupCount` rolled
 * files are kept, all if it is 0. With `maxBytes` it is rolled over at that size too, to `app.log.2024-05-01.1` and so on.
 *
 * Delivery: `sync-to-kernel`; several processes may share the file, see {@link BaseRotatingHandler}.
 *
 * Differs from Python: a rolled file is never overwritten, nor is a roll left out because its name is taken; a count is
 * added. `maxBytes` and `compress` are not in Python.
 *
 * @see https://docs.python.org/3/library/logging.handlers.html#timedrotatingfilehandler
 */
export class TimedRotatingFileHandler extends BaseRotatingHandler {
  static override readonly [LEAN]: boolean = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  static {
    lazyProperty(TimedRotatingFileHandler, 'optionsSchema', timedRotatingFileHandlerSchema);
  }

  /** The unit, in capitals. */
  readonly when: string;
  /** Seconds between two rollovers. */
  readonly interval: number;
  /** Whether it goes by UTC. */
  readonly utc: boolean;
  /** When the file is rolled over next, in seconds since 1970. */
  rolloverAt: number;
  /** The strftime format of what is added to the name of a rolled file. */
  suffix: string;
  /** Finds what `suffix` writes in the name of a file. */
  extMatch: RegExp;

  readonly #schedule: RolloverSchedule;

  /** @throws {LoggingError} As {@link FileHandler} does; `ERR_LOGGING_OPTIONS` for an unknown `when` or `atTime`. */
  constructor(options: TimedRotatingFileHandlerOptions) {
    const isExact = new.target === TimedRotatingFileHandler;
    const checked = checkOptions(
      'TimedRotatingFileHandler',
      timedRotatingFileHandlerSchema(),
      options,
      isExact,
    );
    const { when, interval, utc, atTime } = checked;
    const schedule = new RolloverSchedule({ when, interval, utc, atTime });
    super({ ...checked, mode: 'a' });
    this.#schedule = schedule;
    this.when = when.toUpperCase();
    this.interval = schedule.intervalSeconds;
    this.utc = utc;
    this.suffix = schedule.suffix;
    this.extMatch = schedule.extMatch;
    this.rolloverAt = this.computeRollover(lastWritten(this.baseFilename) ?? nowSeconds());
    this.file.onMoved = () => {
      // Another process rolled the file; from here on all go by the same time.
      this.rolloverAt = this.#schedule.nextRollover(nowSeconds());
    };
  }

  /**
   * When a file last written at `currentTime` is to be rolled over; both in seconds since 1970.
   *
   * @see https://docs.python.org/3/library/logging.handlers.html#logging.handlers.TimedRotatingFileHandler.computeRollover
   */
  computeRollover(currentTime: number): number {
    return this.#schedule.computeRollover(currentTime);
  }

  /** Whether it is time, or `record` would bring the file to `maxBytes`. */
  override shouldRollover(record: LogRecord): boolean {
    const now = nowSeconds();
    if (now < this.rolloverAt) return this.isOverSize(record);
    if (this.file.tryOpen() && this.file.isRegular) return true;
    // What is no regular file cannot be rolled; ask again an interval from now.
    this.rolloverAt = this.#schedule.nextRollover(now);
    return false;
  }

  /** Rolls the file over now, whatever the time. */
  override doRollover(): void {
    this.roll(() => {
      this.rotate(this.baseFilename, this.#freeName());
      if (this.backupCount > 0) for (const path of this.getFilesToDelete()) rmSync(path, { force: true });
    });
    const now = nowSeconds();
    if (now >= this.rolloverAt) this.rolloverAt = this.#schedule.nextRollover(now);
  }

  /**
   * The rolled files that are too many, oldest first: regular files whose very name this handler would give.
   *
   * @see https://docs.python.org/3/library/logging.handlers.html#logging.handlers.TimedRotatingFileHandler.getFilesToDelete
   */
  getFilesToDelete(): string[] {
    const files = findRolledFiles(this.baseFilename, this.extMatch, this.namer);
    return files.slice(0, Math.max(0, files.length - this.backupCount)).map(({ path }) => path);
  }

  protected override rolledFiles(): string[] {
    return findRolledFiles(this.baseFilename, this.extMatch, this.namer)
      .filter(({ isCompressed }) => !isCompressed)
      .map(({ path }) => path)
      .reverse();
  }

  /** The name the file is rolled to: never one that is taken. */
  #freeName(): string {
    const seconds = this.#schedule.fileTime(this.rolloverAt);
    const time = strftime(this.suffix, seconds, this.utc ? 'utc' : 'local');
    let before: string | undefined;
    for (let count = 0; ; count++) {
      const name = this.rotation_filename(timedName(this.baseFilename, time, count));
      if (name === before) throw new Error(`'${name}' is there already, and namer gives no other name`);
      if (!isTaken(name) && !isTaken(`${name}.gz`)) return name;
      before = name;
    }
  }
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

function lastWritten(path: string): number | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && Math.floor(stats.mtimeMs / 1000);
}

function isTaken(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
