import { type LogRecord, TRACEBACK } from './log-record.js';
import { formatTraceback } from './traceback.js';

/**
 * Whether a record has an error or another thrown value. `null` and `false`, with which Python takes it away, are none;
 * nor is `true`, which asks Python for the exception being handled: JavaScript has none.
 */
export function hasError({ excInfo }: LogRecord): boolean {
  return excInfo !== undefined && excInfo !== null && typeof excInfo !== 'boolean';
}

/**
 * The traceback of a record, `undefined` if there is none.
 *
 * `excText` is what a filter set or what was received with the record, and goes before everything else; otherwise it is
 * what the last formatter wrote, which only those take over that write the same.
 *
 * @param by A key for `format`: equal for all that write the same.
 */
export function tracebackText(
  record: LogRecord,
  format: (error: unknown) => string = formatTraceback,
  by: unknown = formatTraceback,
): string | undefined {
  const given = givenTraceback(record);
  if (given !== undefined) return given;
  if (!hasError(record)) return undefined;
  const { excInfo } = record;
  const written = record[TRACEBACK];
  if (written !== undefined && written.by === by && written.of === excInfo) return written.text;
  const text = format(excInfo);
  record[TRACEBACK] = { text, by, of: excInfo };
  record.excText = text;
  return text;
}

/** The text that replaces the error's traceback; `undefined` if there is none but what formatters wrote. */
export function givenTraceback({ excText, [TRACEBACK]: written }: LogRecord): string | undefined {
  return excText && excText !== written?.text ? excText : undefined;
}
