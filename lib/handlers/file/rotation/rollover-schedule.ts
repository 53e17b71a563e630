import { LoggingError } from '../../../core/errors.js';
import { suggestion } from '../../../core/suggestion.js';
import { type BrokenDownTime, gmTime, localTime } from '../../../python/time/broken-down-time.js';
import { utcOffsetAt } from '../../../python/time/local-zone.js';

/** A time of day: 'HH:MM:SS' (seconds may be left out), its three numbers, or an object of them. */
export type TimeOfDay =
  | string
  | readonly [hour: number, minute: number, second: number]
  | { readonly hour: number; readonly minute?: number; readonly second?: number };

/** What decides when a timed file is rolled over. */
export interface RolloverScheduleOptions {
  /**
   * The unit: `S`, `M`, `H`, `D` count from now, `MIDNIGHT` and `W0` (Monday) to `W6` go by the calendar. Any case.
   * Default 'H'.
   */
  readonly when?: string | undefined;
  /** The number of units between two rollovers, above 0; default 1. */
  readonly interval?: number | undefined;
  /** Go by UTC's calendar instead of the process's zone; default false. */
  readonly utc?: boolean | undefined;
  /** For `MIDNIGHT` and `W0` to `W6`, the time of day instead of midnight. */
  readonly atTime?: TimeOfDay | null | undefined;
}

const HOUR = 3600;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/**
 * When a timed file is rolled over, and the name of the rolled file. Pure computation: no clock, no files.
 *
 * @see https://docs.python.org/3/library/logging.handlers.html#timedrotatingfilehandler
 */
export class RolloverSchedule {
  /** Seconds between two rollovers. */
  readonly intervalSeconds: number;
  /** The strftime format of what is appended to the file's name. */
  readonly suffix: string;
  /** Finds what `suffix` writes within a file's name, and nothing longer. Keeps no state: neither `g` nor `y`. */
  readonly extMatch: RegExp;

  /** Undefined for units that count from now. */
  readonly #secondOfDay: number | undefined;
  /** 0 is Monday; undefined for every day. */
  readonly #weekday: number | undefined;
  readonly #utc: boolean;

  /** @throws {LoggingError} ERR_LOGGING_OPTIONS for an invalid `when`, `interval` or `atTime`. */
  constructor({ when = 'H', interval = 1, utc = false, atTime }: RolloverScheduleOptions = {}) {
    const unit = findUnit(when);
    if (!(interval > 0 && Number.isFinite(interval))) {
      throw new LoggingError('ERR_LOGGING_OPTIONS', `interval: ${interval} is not a number above 0`);
    }
    // A part of a day or a week would be over before it began.
    if (unit.calendar && !Number.isInteger(interval)) {
      throw new LoggingError(
        'ERR_LOGGING_OPTIONS',
        `interval: ${interval} is not an integer, which ${when.toUpperCase()} needs; S, M, H and D take fractions`,
      );
    }
    this.intervalSeconds = unit.seconds * interval;
    this.suffix = unit.suffix;
    this.extMatch = unit.extMatch;
    // Midnight is the end of the day, so that W6 rolls when Sunday is over.
    const timeOfDay = atTime == null ? DAY : secondOfDay(atTime);
    this.#secondOfDay = unit.calendar ? timeOfDay : undefined;
    this.#weekday = unit.weekday;
    this.#utc = utc;
  }

  /**
   * When to roll over a file that was begun, or rolled over, at `currentSeconds`, as in CPython 3.13 and later.
   *
   * By the calendar it is the last of the `interval` midnights or weekdays ahead. The time of day is the same on both
   * sides of a change to or from summer time.
   *
   * @param currentSeconds Seconds since 1970; a fraction is dropped.
   * @returns Seconds since 1970, always later than `currentSeconds`.
   */
  computeRollover(currentSeconds: number): number {
    const now = Math.floor(currentSeconds);
    if (this.#secondOfDay === undefined) return now + this.intervalSeconds;
    const at = this.#nextOnCalendar(now, this.#secondOfDay);
    const unitSeconds = this.#weekday === undefined ? DAY : WEEK;
    return this.#keepWallClock(now, at + this.intervalSeconds - unitSeconds);
  }

  /**
   * The time in the name of the file rolled at `rolloverAt`: when its interval began.
   *
   * Differs from Python: only the units that go by the calendar are shifted when summer time began or ended in
   * between. For the others the shift would be wrong: each spring it would give two files of `when: 'H'` one name.
   */
  fileTime(rolloverAt: number): number {
    const start = rolloverAt - this.intervalSeconds;
    if (this.#secondOfDay === undefined || this.#utc) return start;
    return start + utcOffsetAt(rolloverAt) - utcOffsetAt(start);
  }

  /** The next time the clock shows `secondOfDay` (on the weekday), ignoring changes to or from summer time. */
  #nextOnCalendar(now: number, secondOfDay: number): number {
    const time = this.#utc ? gmTime(now) : localTime(now);
    let wait = secondOfDay - secondsIntoDay(time);
    let weekday = (time.weekday + 6) % 7;
    if (wait <= 0) {
      wait += DAY;
      weekday = (weekday + 1) % 7;
    }
    const days = this.#weekday === undefined ? 0 : (this.#weekday - weekday + 7) % 7;
    return now + wait + days * DAY;
  }

  /**
   * Shifts `at` so that the clock shows the time it would show if its offset had stayed that of `now`.
   * Differs from Python: by the real change of the offset, which is half an hour on Lord Howe Island.
   */
  #keepWallClock(now: number, at: number): number {
    if (this.#utc) return at;
    const offset = utcOffsetAt(at);
    const moved = at + utcOffsetAt(now) - offset;
    // A time of day that the change skips comes after it rather than before.
    return utcOffsetAt(moved) === offset ? moved : at;
  }
}

interface Unit {
  readonly seconds: number;
  readonly suffix: string;
  readonly extMatch: RegExp;
  readonly calendar?: boolean;
  readonly weekday?: number;
}

const BY_DAY = { suffix: '%Y-%m-%d', extMatch: /(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)/ };

const UNITS: ReadonlyMap<string, Unit> = new Map([
  [
    'S',
    { seconds: 1, suffix: '%Y-%m-%d_%H-%M-%S', extMatch: /(?<!\d)\d{4}-\d{2}-\d{2}_\d{2}-\d{2}-\d{2}(?!\d)/ },
  ],
  ['M', { seconds: 60, suffix: '%Y-%m-%d_%H-%M', extMatch: /(?<!\d)\d{4}-\d{2}-\d{2}_\d{2}-\d{2}(?!\d)/ }],
  ['H', { seconds: HOUR, suffix: '%Y-%m-%d_%H', extMatch: /(?<!\d)\d{4}-\d{2}-\d{2}_\d{2}(?!\d)/ }],
  ['D', { seconds: DAY, ...BY_DAY }],
  ['MIDNIGHT', { seconds: DAY, calendar: true, ...BY_DAY }],
]);

/** What is wrong with a unit or a time of day; `undefined` if nothing is. */
export function scheduleProblem(options: RolloverScheduleOptions): string | undefined {
  try {
    new RolloverSchedule(options);
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^\w+: /, '');
  }
}

/** Words that people write for the units. */
const WORDS: Readonly<Record<string, string>> = {
  ...{ SECONDLY: 'S', SECOND: 'S', MINUTELY: 'M', MINUTE: 'M', HOURLY: 'H', HOUR: 'H' },
  ...{ DAILY: 'MIDNIGHT', DAY: 'MIDNIGHT', WEEKLY: 'W0', WEEK: 'W0', SUNDAY: 'W6', MONDAY: 'W0' },
};

function findUnit(when: string): Unit {
  const name = when.toUpperCase();
  if (/^W[0-6]$/.test(name)) return { seconds: WEEK, calendar: true, weekday: Number(name[1]), ...BY_DAY };
  const unit = UNITS.get(name);
  if (unit !== undefined) return unit;
  const names = [...UNITS.keys(), 'W0 (Monday) to W6'].join(', ');
  const meant = Object.hasOwn(WORDS, name)
    ? `; did you mean "${WORDS[name]}"?`
    : suggestion(name, [...UNITS.keys(), 'W0', 'W6']);
  throw new LoggingError(
    'ERR_LOGGING_OPTIONS',
    `when: no unit named ${JSON.stringify(when)}${meant.startsWith('; did') ? `${meant} There` : '; there'} are ${names}`,
  );
}

function secondsIntoDay(time: BrokenDownTime): number {
  return (time.hour * 60 + time.minute) * 60 + time.second;
}

function secondOfDay(time: TimeOfDay): number {
  const [hour, minute, second] = partsOf(time);
  const fits = (value: number, limit: number) => Number.isInteger(value) && value >= 0 && value < limit;
  if (fits(hour, 24) && fits(minute, 60) && fits(second, 60)) return (hour * 60 + minute) * 60 + second;
  throw new LoggingError(
    'ERR_LOGGING_OPTIONS',
    `atTime: ${JSON.stringify(time)} is not a time of day; write 'HH:MM:SS', from '00:00:00' to '23:59:59'`,
  );
}

function partsOf(time: TimeOfDay): readonly [number, number, number] {
  if (typeof time === 'string') {
    const [, hour, minute, second = '0'] = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(time) ?? [];
    return [Number(hour), Number(minute), Number(second)];
  }
  if ('hour' in time) return [time.hour, time.minute ?? 0, time.second ?? 0];
  return time;
}
