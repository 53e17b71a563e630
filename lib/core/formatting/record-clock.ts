import { printf } from '../../python/printf/printf.js';
import { gmTime, localTime, type TimeConverter } from '../../python/time/broken-down-time.js';
import { compileStrftime } from '../../python/time/strftime.js';

/**
 * A moment in the local time zone, as Python's `time.localtime`: a formatter's `converter` unless another is set.
 *
 * @param epochSeconds Seconds since 1970; default now.
 */
export function localtime(epochSeconds = Date.now() / 1000): ReturnType<TimeConverter> {
  return localTime(epochSeconds);
}

/**
 * A moment in UTC, as Python's `time.gmtime`: `Formatter.converter = gmtime` lets all formatters write UTC.
 *
 * @param epochSeconds Seconds since 1970; default now.
 */
export function gmtime(epochSeconds = Date.now() / 1000): ReturnType<TimeConverter> {
  return gmTime(epochSeconds);
}

/** A `strftime` format with a converter; keeps the text of the running second, and that of the millisecond. */
export class RecordClock {
  /** Text of a moment, in seconds since 1970. */
  readonly text: (created: number) => string;

  #second = '';
  #msecs = Number.NaN;
  #msecFormat: string | null = null;
  #withMsecs = '';

  constructor(
    readonly format: string,
    readonly converter: TimeConverter,
  ) {
    // The two usual ones are recognised, so that the zone's file is read once and not for each second.
    this.text = compileStrftime(
      format,
      converter === localtime ? 'local' : converter === gmtime ? 'utc' : converter,
    );
  }

  /**
   * The text with milliseconds added.
   *
   * @param msecFormat As `default_msec_format` of formatters.
   */
  textWithMilliseconds(created: number, msecs: number, msecFormat: string | null): string {
    const second = this.text(created);
    if (second !== this.#second || msecs !== this.#msecs || msecFormat !== this.#msecFormat) {
      this.#withMsecs = joinMilliseconds(msecFormat, second, msecs);
      this.#second = second;
      this.#msecs = msecs;
      this.#msecFormat = msecFormat;
    }
    return this.#withMsecs;
  }
}

/** Python's default time text: date, time and milliseconds joined by `default_msec_format`. */
function joinMilliseconds(format: string | null, text: string, msecs: number): string {
  if (!format) return text;
  if (format === '%s,%03d') {
    const whole = Math.trunc(msecs);
    return `${text},${whole < 10 ? '00' : whole < 100 ? '0' : ''}${whole}`;
  }
  return printf(format, [text, msecs]);
}
