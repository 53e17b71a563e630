import { safeFields } from '../core/formatting/safe-fields.js';
import { escapeControls } from '../core/formatting/sanitize.js';
import type { LogRecord } from '../core/records/log-record.js';
import { hasError } from '../core/records/record-traceback.js';
import { header, isErrorLike } from '../core/records/traceback.js';
import { repr } from '../python/python-text.js';
import { messageOf } from './captured-record.js';

/** How many records a failure shows. */
const MAX_RECORDS = 30;

/**
 * Records as a numbered list for a failed test: level, logger, message, fields, error; safe for a terminal.
 *
 * @param note What to add to a record, by habit why it does not match.
 */
export function describeRecords(records: readonly LogRecord[], note?: (record: LogRecord) => string): string {
  const lines = records.slice(0, MAX_RECORDS).map((record, index) => {
    const remark = note?.(record) ?? '';
    return `  ${index + 1}. ${describeRecord(record)}${remark === '' ? '' : `\n       ${remark}`}`;
  });
  if (records.length > MAX_RECORDS) lines.push(`  … and ${records.length - MAX_RECORDS} more`);
  return escapeControls(lines.join('\n'), false);
}

function describeRecord(record: LogRecord): string {
  const fields = safeFields(record);
  const extra = Object.keys(fields).length === 0 ? '' : ` ${repr(fields)}`;
  const { excInfo } = record;
  const error = !hasError(record) ? '' : ` (${isErrorLike(excInfo) ? header(excInfo) : repr(excInfo)})`;
  return `${record.levelname} ${record.name}: ${messageOf(record)}${extra}${error}`;
}
