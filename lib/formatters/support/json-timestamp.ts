import { isoSecond } from '../../python/json/iso-date.js';
import { jsonString } from '../../python/json/json-string.js';
import type { TimeConverter } from '../../python/time/broken-down-time.js';
import { namedZone } from '../../python/time/named-zone.js';
import { compileStrftime } from '../../python/time/strftime.js';

/** Writes a record's `created` after a prefix, as JSON. */
export type TimestampWriter = (created: number) => string;

/** How {@link timestampWriter} writes times. */
export interface TimestampStyle {
  readonly timestamp: 'iso' | 'epoch-ms' | 'epoch-s';
  readonly datefmt?: string | null | undefined;
  readonly utc: boolean;
  /** A time zone other than UTC and the local one. */
  readonly timeZone?: string | null | undefined;
}

/**
 * Makes the function that writes the beginning of every line.
 *
 * @param prefix What comes before the time, for example `{"timestamp":`.
 */
export function timestampWriter(prefix: string, style: TimestampStyle): TimestampWriter {
  const zone = style.timeZone ? namedZone(style.timeZone) : undefined;
  if (style.datefmt) {
    const strftime = compileStrftime(style.datefmt, zone ?? (style.utc ? 'utc' : 'local'));
    return (created) => prefix + jsonString(strftime(created));
  }
  if (style.timestamp === 'epoch-s')
    return (created) => prefix + (Number.isFinite(created) ? created : 'null');
  if (style.timestamp === 'epoch-ms')
    return (created) => prefix + (Number.isFinite(created) ? Math.round(created * 1000) : 'null');
  return zone === undefined ? isoWriter(prefix) : zoneWriter(prefix, zone);
}

/** ISO 8601 with milliseconds and the offset of a zone: `2024-01-05T16:04:09.123+01:00`. */
function zoneWriter(prefix: string, zone: TimeConverter): TimestampWriter {
  const clock = compileStrftime('%Y-%m-%dT%H:%M:%S', zone);
  const offset = compileStrftime('%z', zone);
  return (created) => {
    const ms = Math.round(created * 1000);
    if (Number.isNaN(new Date(ms).getTime())) return `${prefix}null`;
    const second = Math.floor(ms / 1000);
    const [hours, minutes] = [offset(second).slice(0, 3), offset(second).slice(3)];
    return `${prefix}"${clock(second)}.${String(ms - second * 1000).padStart(3, '0')}${hours}:${minutes}"`;
  };
}

/**
 * ISO 8601 with milliseconds; everything but the milliseconds is formatted once a second.
 */
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
      if (Number.isNaN(new Date(current * 1000).getTime())) return `${prefix}null`;
      second = current;
      // '2024-01-05T15:04:09.', or more digits for years beyond 9999.
      text = `${prefix}"${isoSecond(current * 1000)}.`;
    }
    const rest = ms - current * 1000;
    written = `${text}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z"`;
    last = created;
    return written;
  };
}
