import { gmTime, localTime, type TimeConverter } from '../internal/broken-down-time.js';
import { compileStrftime } from '../internal/strftime.js';

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

/** A `strftime` format with a converter; keeps the text of the running second. */
export class RecordClock {
  /** Text of a moment, in seconds since 1970. */
  readonly text: (created: number) => string;

  constructor(
    readonly format: string,
    readonly converter: TimeConverter,
  ) {
    // The two usual ones by name, so that the zone's file is read once and not for each second.
    this.text = compileStrftime(
      format,
      converter === localtime ? 'local' : converter === gmtime ? 'utc' : converter,
    );
  }
}
