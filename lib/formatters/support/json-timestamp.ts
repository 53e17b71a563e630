import { jsonString } from '../../internal/json-string.js';
import { compileStrftime } from '../../internal/strftime.js';

/** Writes a record's `created` after a prefix, as JSON. */
export type TimestampWriter = (created: number) => string;

/** How {@link timestampWriter} writes times. */
export interface TimestampStyle {
  readonly timestamp: 'iso' | 'epoch-ms' | 'epoch-s';
  readonly datefmt?: string | null | undefined;
  readonly utc: boolean;
}

/**
 * Makes the function that writes the beginning of every line.
 *
 * @param prefix What comes before the time, for example `{"timestamp":`.
 */
export function timestampWriter(prefix: string, style: TimestampStyle): TimestampWriter {
  if (style.datefmt) {
    const strftime = compileStrftime(style.datefmt, style.utc ? 'utc' : 'local');
    return (created) => prefix + jsonString(strftime(created));
  }
  if (style.timestamp === 'epoch-s')
    return (created) => prefix + (Number.isFinite(created) ? created : 'null');
  if (style.timestamp === 'epoch-ms')
    return (created) => prefix + (Number.isFinite(created) ? Math.round(created * 1000) : 'null');
  return isoWriter(prefix);
}

/** ISO 8601 with milliseconds; all but these is written once a second, since `toISOString` takes 2 µs. */
function isoWriter(prefix: string): TimestampWriter {
  let second = Number.NaN;
  let text = '';
  let last = Number.NaN;
  let written = '';
  return (created) => {
    if (created === last) return written;
    const ms = Math.round(created * 1000);
    const current = Math.floor(ms / 1000);
    if (current !== second) {
      const date = new Date(current * 1000);
      if (Number.isNaN(date.getTime())) return `${prefix}null`;
      second = current;
      // Up to the dot: '2024-01-05T15:04:09.', or more digits for years beyond 9999.
      text = `${prefix}"${date.toISOString().slice(0, -4)}`;
    }
    const rest = ms - current * 1000;
    written = `${text}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z"`;
    last = created;
    return written;
  };
}
