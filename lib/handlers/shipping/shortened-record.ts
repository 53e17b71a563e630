import { safeFields } from '../../core/formatting/safe-fields.js';
import { CONTEXT, LogRecord } from '../../core/records/log-record.js';
import { tracebackText } from '../../core/records/record-traceback.js';
import { cutToBytes } from '../../runtime/cut-text.js';

/** Characters of a text field that is kept. */
const MAX_FIELD = 256;
const MAX_FIELDS = 64;

/**
 * A copy of a record that is too large to be sent: the beginning of its message and of its traceback, its short fields,
 * and `truncated: true`.
 *
 * @param maxBytes The most bytes of the message, and of the traceback.
 * @param keepsError Whether the error itself stays, whose message and properties may be long.
 */
export function shortenedRecord(record: LogRecord, maxBytes: number, keepsError: boolean): LogRecord {
  const traceback = tracebackText(record);
  const fields = Object.entries(safeFields(record)).filter(([, value]) => isShort(value));
  return new LogRecord({
    name: cutToBytes(record.name, 1_024),
    levelno: record.levelno,
    levelname: record.levelname,
    msg: cutToBytes(record.getMessage(), maxBytes),
    created: record.created,
    excInfo: keepsError ? record.excInfo : undefined,
    excText: traceback === undefined ? undefined : cutToBytes(traceback, maxBytes),
    stackInfo: record.stackInfo === undefined ? undefined : cutToBytes(record.stackInfo, maxBytes),
    context: record[CONTEXT] === undefined ? undefined : {},
    extra: { ...Object.fromEntries(fields.slice(0, MAX_FIELDS)), truncated: true },
    caller: record.caller(),
  });
}

function isShort(value: unknown): boolean {
  return typeof value === 'string' ? value.length <= MAX_FIELD : typeof value !== 'object' || value === null;
}
