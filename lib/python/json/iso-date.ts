import { lazy } from '../../runtime/lazy.js';

const MINUTE = 60_000;
/** Minutes that are remembered: a power of two. */
const REMEMBERED = 16;
/** Digits of the year are four from 1970 to 9999. */
const END = 253_402_300_800_000;

/** The beginnings of the last times, `2026-01-31T12:59:`, by the last bits of their minute. */
const beginnings = lazy(() => ({
  minutes: new Float64Array(REMEMBERED).fill(-1),
  texts: new Array<string>(REMEMBERED).fill(''),
}));

/**
 * `new Date(time).toISOString()`, in a third of the time where the same minutes come again, as those of the things that
 * are logged do.
 *
 * @param time Milliseconds since the epoch, as a date has them: whole and finite.
 */
export function isoDate(time: number): string {
  if (time < 0 || time >= END) return new Date(time).toISOString();
  const minute = Math.floor(time / MINUTE);
  const { minutes, texts } = beginnings();
  const at = minute % REMEMBERED;
  if (minutes[at] !== minute) {
    texts[at] = isoSecond(time).slice(0, 17);
    minutes[at] = minute;
  }
  // The hundred thousand gives the seconds their leading zeros.
  const digits = `${100_000 + (time - minute * MINUTE)}`;
  return `${texts[at]}${digits.slice(1, 3)}.${digits.slice(3)}Z`;
}

/**
 * The same up to the second: `2026-01-31T12:59:30`.
 *
 * Put together from the parts of the date, because the first `toISOString` of a process takes a quarter of a millisecond.
 */
export function isoSecond(time: number): string {
  const date = new Date(time);
  if (time < 0 || time >= END) return date.toISOString().slice(0, -5);
  const day = `${date.getUTCFullYear() * 10_000 + date.getUTCMonth() * 100 + 100 + date.getUTCDate()}`;
  // The million gives the hours their leading zero.
  const clock = `${1_000_000 + date.getUTCHours() * 10_000 + date.getUTCMinutes() * 100 + date.getUTCSeconds()}`;
  return `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T${clock.slice(1, 3)}:${clock.slice(3, 5)}:${clock.slice(5)}`;
}
