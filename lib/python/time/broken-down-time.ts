import { LocalZone, utcOffsetAt } from './local-zone.js';

/** A moment as calendar and clock show it: what Python's `time.struct_time` holds. */
export interface BrokenDownTime {
  /** The moment itself, whole seconds since 1970. */
  readonly epochSeconds: number;
  /** Astronomical: 0 is 1 BC. */
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  /** 0 to 23. */
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 to 6, 0 is Sunday (Python's `tm_wday` has 0 for Monday). */
  readonly weekday: number;
  /** 1 to 366. */
  readonly yearDay: number;
  /** Seconds east of UTC. */
  readonly utcOffsetSeconds: number;
  /** Abbreviation of the zone, 'CET'; 'GMT' for {@link gmTime}, as the C library has it. Computed when read. */
  readonly zoneName: string;
  /** Whether summer time applies. Computed when read. */
  readonly isDst: boolean;
}

/** Shows a moment, in seconds since 1970, by calendar and clock: `time.localtime`, `time.gmtime`, or a given zone. */
export type TimeConverter = (epochSeconds: number) => BrokenDownTime;

/**
 * A moment in the process's zone (TZ), as `time.localtime`.
 *
 * A moment that `Date` cannot hold (NaN, beyond the year 275760) has NaN in every field.
 *
 * @param epochSeconds Seconds since 1970, before it negative; a fraction is dropped.
 * @param zone Source of `zoneName` and `isDst`; pass one of your own to read the zone's file only once.
 */
export function localTime(epochSeconds: number, zone: LocalZone = new LocalZone()): BrokenDownTime {
  const whole = Math.floor(epochSeconds);
  return new LocalStruct(whole, utcOffsetAt(whole), zone);
}

/** A moment in UTC, as `time.gmtime`. Otherwise as {@link localTime}. */
export function gmTime(epochSeconds: number): BrokenDownTime {
  return new UtcStruct(Math.floor(epochSeconds), 0);
}

/**
 * The moment at which the process's zone shows the calendar and clock of `time`, as `mktime`. Times of {@link gmTime}
 * are taken, as there, to be in the zone's standard time.
 */
export function mktime(time: BrokenDownTime, zone: LocalZone): number {
  if (!(time instanceof UtcStruct)) return time.epochSeconds;
  const wallSeconds = time.epochSeconds + time.utcOffsetSeconds;
  const guess = wallSeconds - utcOffsetAt(wallSeconds);
  return wallSeconds - standardOffsetNear(guess, zone);
}

/** By the Gregorian calendar, also for years before it existed. */
export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

abstract class Struct {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly weekday: number;

  constructor(
    readonly epochSeconds: number,
    readonly utcOffsetSeconds: number,
  ) {
    const wall = new Date((epochSeconds + utcOffsetSeconds) * 1000);
    this.year = wall.getUTCFullYear();
    this.month = wall.getUTCMonth() + 1;
    this.day = wall.getUTCDate();
    this.hour = wall.getUTCHours();
    this.minute = wall.getUTCMinutes();
    this.second = wall.getUTCSeconds();
    this.weekday = wall.getUTCDay();
  }

  get yearDay(): number {
    const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][this.month - 1] ?? Number.NaN;
    return daysBefore + this.day + (this.month > 2 && isLeapYear(this.year) ? 1 : 0);
  }
}

class UtcStruct extends Struct implements BrokenDownTime {
  readonly zoneName = 'GMT';
  readonly isDst = false;
}

class LocalStruct extends Struct implements BrokenDownTime {
  readonly #zone: LocalZone;

  constructor(epochSeconds: number, utcOffsetSeconds: number, zone: LocalZone) {
    super(epochSeconds, utcOffsetSeconds);
    this.#zone = zone;
  }

  get zoneName(): string {
    return this.#zone.periodAt(this.epochSeconds, this.utcOffsetSeconds).name;
  }

  get isDst(): boolean {
    return this.#zone.periodAt(this.epochSeconds, this.utcOffsetSeconds).isDst;
  }
}

/** The offset of the standard time closest to `epochSeconds`, at most four years away. */
function standardOffsetNear(epochSeconds: number, zone: LocalZone): number {
  const here = utcOffsetAt(epochSeconds);
  const week = 604_800;
  for (let weeks = 0; weeks <= 208; weeks += 1) {
    for (const moment of [epochSeconds - weeks * week, epochSeconds + weeks * week]) {
      const offset = utcOffsetAt(moment);
      if (!zone.periodAt(moment, offset).isDst) return offset;
    }
  }
  return here;
}
