import type { LogRecord } from '../../core/records/log-record.js';

/**
 * A record's time followed by milliseconds and the offset from UTC: `2024-01-05T15:04:09.123+0000`.
 *
 * @param format `strftime` format of what comes before the milliseconds.
 * @param render Gives the time in a `strftime` format; called once, because it caches the text of one format.
 */
export function offsetTime(record: LogRecord, format: string, render: (format: string) => string): string {
  const text = render(`${format}\n%z`);
  const line = text.lastIndexOf('\n');
  // A time that no calendar has, or one whose text is too long.
  if (line < 0) return text;
  const milliseconds = Math.floor(record.msecs).toString().padStart(3, '0');
  return `${text.slice(0, line)}.${milliseconds}${text.slice(line + 1)}`;
}
