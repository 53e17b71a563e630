import { type LogRecord, TRACEBACK } from './log-record.js';
import { formatTraceback } from './traceback.js';

/**
 * Whether a record has an error or another thrown value. `null` and `false` mean that it has none. So does `true`: it asks
 * Python for the exception being handled, which JavaScript does not know.
 */
export function hasError({ excInfo }: LogRecord): boolean {
  return excInfo !== undefined && excInfo !== null && typeof excInfo !== 'boolean';
}

/**
 * The traceback of a record, `undefined` if there is none.
 *
 * An `excText` that a filter set, or that came with the record, goes before everything else. Otherwise `excText` is what
 * the last formatter wrote, and only formatters that would write the same use it.
 *
 * @param by A key for `format`, equal for formatters that write the same.
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
function givenTraceback({ excText, [TRACEBACK]: written }: LogRecord): string | undefined {
  return excText && excText !== written?.text ? excText : undefined;
}
