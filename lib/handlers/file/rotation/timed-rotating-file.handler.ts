import { statSync } from 'node:fs';
import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../../../core/component.js';
import { LEAN } from '../../../core/lean.js';
import { checkOptions, type OptionsSchema } from '../../../core/options.js';
import type { LogRecord } from '../../../core/records/log-record.js';
import { strftime } from '../../../python/time/strftime.js';
import { lazy } from '../../../runtime/lazy.js';
import { absolutePath, fileEntries } from '../file-options.js';
import { BaseRotatingHandler } from './base-rotating-handler.js';
import { findExcess } from './retention.js';
import { RolledFiles } from './rolled-files.js';
import { RolloverSchedule, scheduleProblem, type TimeOfDay } from './rollover-schedule.js';
import { rotationEntries } from './rotation-options.js';

/** Options of a {@link TimedRotatingFileHandler}. */
export const timedRotatingFileHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      ...fileEntries(),
      ...rotationEntries(),
      when: v.optional(
        v.pipe(
          v.string(),
          v.check(
            (when) => scheduleProblem({ when }) === undefined,
            (issue) => scheduleProblem({ when: issue.input as string }) ?? '',
          ),
          v.description('Unit: "S", "M", "H", "D", "MIDNIGHT", or "W0" (Monday) to "W6"; in any case.'),
        ),
        'h',
      ),
      interval: v.optional(
        v.pipe(
          v.number(),
          v.gtValue(0),
          v.maxValue(Number.MAX_SAFE_INTEGER, 'expected a finite number'),
          v.description('The number of units between two rollovers.'),
        ),
        1,
      ),
      utc: v.optional(v.pipe(v.boolean(), v.description('Use UTC instead of local time.')), false),
      atTime: v.optional(
        v.nullable(
          v.pipe(
            v.custom<TimeOfDay>(
              (value) => typeof value === 'string' || (typeof value === 'object' && value !== null),
              "expected a time of day, 'HH:MM:SS'",
            ),
            v.check(
              (atTime) => scheduleProblem({ atTime }) === undefined,
              (issue) => scheduleProblem({ atTime: issue.input as TimeOfDay }) ?? '',
            ),
            v.description(
              "For MIDNIGHT and W0 to W6: roll over at this time of day, 'HH:MM:SS', instead of midnight.",
            ),
          ),
        ),
      ),
    }),
    v.check(
      // What is wrong with one of them alone has been said.
      ({ when, interval }) =>
        scheduleProblem({ when }) !== undefined ||
        scheduleProblem({ interval }) !== undefined ||
        scheduleProblem({ when, interval }) === undefined,
      ({ input }) => `interval: ${scheduleProblem(input as { when: string; interval: number })}`,
    ),
  ),
);

/** Options of a {@link TimedRotatingFileHandler}. */
export type TimedRotatingFileHandlerOptions = v.InferInput<ReturnType<typeof timedRotatingFileHandlerSchema>>;

/**
 * Writes to a file that is rolled over at certain times: `app.log` becomes `app.log.2024-05-01`. `backupCount` rolled
 * files are kept, all if it is 0. With `maxBytes` it is rolled over at that size too, to `app.log.2024-05-01.1` and so on.
 *
 * Delivery: `sync-to-kernel`; several processes may share the file, see {@link BaseRotatingHandler}.
 *
 * Differs from Python: a rolled file is never overwritten, and no roll is skipped because its name is taken; a count is
 * added. `maxBytes` and `compress` are not in Python.
 *
 * @see https://docs.python.org/3/library/logging.handlers.html#timedrotatingfilehandler
 */
export class TimedRotatingFileHandler extends BaseRotatingHandler {
  static override readonly [LEAN]: boolean = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  /** What configurations call it. */
  static override readonly [COMPONENT] = declareComponent(TimedRotatingFileHandler, {
    name: 'TimedRotatingFileHandler',
    pythonNames: ['logging.handlers.TimedRotatingFileHandler'],
    schema: timedRotatingFileHandlerSchema,
  });

  /** The unit, in capitals. */
  readonly when: string;
  /** Seconds between two rollovers. */
  readonly interval: number;
  /** Whether it uses UTC. */
  readonly utc: boolean;
  /** When the file is rolled over next, in seconds since 1970. */
  rolloverAt: number;
  /** The strftime format of the suffix of a rolled file's name. */
  suffix: string;
  /** Finds what `suffix` writes in the name of a file. */
  extMatch: RegExp;

  readonly #schedule: RolloverSchedule;
  readonly #rolled: RolledFiles;
  /** The latest time that was seen, in seconds: the clock has been set back if it is earlier now. */
  #seenAt = 0;

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
    const begun = begunAt(absolutePath(checked.filename));
    super({ ...checked, mode: 'a' });
    this.#schedule = schedule;
    this.#rolled = new RolledFiles(this);
    this.when = when.toUpperCase();
    this.interval = schedule.intervalSeconds;
    this.utc = utc;
    this.suffix = schedule.suffix;
    this.extMatch = schedule.extMatch;
    this.rolloverAt = this.computeRollover(begun);
    this.file.onMoved = () => {
      // Another process rolled the file; from here on all use the same time.
      this.rolloverAt = this.computeRollover(begunAt(this.baseFilename));
    };
  }

  /**
   * When to roll over a file that was begun at `currentTime`; both in seconds since 1970. As in Python 3.13,
   * `interval` is counted, and the time of day kept across a change to or from summer time.
   *
   * @see https://docs.python.org/3/library/logging.handlers.html#logging.handlers.TimedRotatingFileHandler.computeRollover
   */
  computeRollover(currentTime: number): number {
    return this.#schedule.computeRollover(currentTime);
  }

  /** Whether it is time, or `record` would bring the file to `maxBytes`. */
  override shouldRollover(record: LogRecord): boolean {
    const now = nowSeconds();
    // If the clock is set back by a day, the file must not wait a day longer.
    if (now < this.#seenAt) this.rolloverAt = Math.min(this.rolloverAt, this.computeRollover(now));
    this.#seenAt = now;
    if (now < this.rolloverAt) return this.isOverSize(record);
    const isThere = this.file.isOpen || statSync(this.baseFilename, { throwIfNoEntry: false }) !== undefined;
    if (isThere && this.file.tryOpen() && this.file.isRegular) return true;
    // With `delay` there may be no file yet; and only a regular one is rolled. Check again an interval from now.
    this.rolloverAt = this.computeRollover(now);
    return false;
  }

  /** Rolls the file over now, whatever the time. */
  override doRollover(): void {
    this.roll(() => {
      const seconds = this.#schedule.fileTime(this.rolloverAt);
      const time = strftime(this.suffix, seconds, this.utc ? 'utc' : 'local');
      this.rotate(this.baseFilename, this.#rolled.nextName(time));
      this.prune();
    });
    const now = nowSeconds();
    if (now >= this.rolloverAt) this.rolloverAt = this.computeRollover(now);
  }

  /**
   * The rolled files that are too many, too old or too large in total, oldest first: regular files with exactly the
   * names that this handler gives.
   *
   * @see https://docs.python.org/3/library/logging.handlers.html#logging.handlers.TimedRotatingFileHandler.getFilesToDelete
   */
  getFilesToDelete(): string[] {
    return findExcess(this.#rolled.list(), this).flatMap(({ paths }) => paths);
  }

  protected override excessFiles(): string[] {
    return this.backupCount > 0 || this.retainsByAgeOrSize ? this.getFilesToDelete() : [];
  }

  protected override rolledFiles(): string[] {
    const paths = this.#rolled.list().flatMap((file) => file.paths);
    return paths.filter((path) => !path.endsWith('.gz')).reverse();
  }
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/**
 * When the existing file was begun, in seconds since 1970: the earlier of its birth and its last change, as in
 * Python 3.14, so that processes shorter than the interval roll it over too. Now, if there is none.
 */
function begunAt(path: string): number {
  const now = nowSeconds();
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return now;
  // Where the file system does not know the birth, it is 0, or the last change of the inode.
  const times = [stats.birthtimeMs, stats.mtimeMs].filter((time) => time > 0);
  // A file from the future was written by a clock that was wrong.
  return Math.min(now, ...times.map((time) => Math.floor(time / 1000)));
}
