import { defineField } from '../../runtime/define-field.js';
import {
  BOUNDARY,
  CALLER,
  CONTEXT,
  EXPOSED,
  EXTRA,
  LogRecord,
  ORIGINAL,
  STACKLEVEL,
  SUMMARIZED,
  TRACEBACK,
} from './log-record.js';

/** A copy of a record, of the same class, with the attributes that `changes` names replaced or added. */
export function copyRecord(
  record: LogRecord,
  changes?: Readonly<Record<string | symbol, unknown>>,
): LogRecord {
  const copy =
    copyOfPlain(record) ??
    Object.assign(Object.create(Object.getPrototypeOf(record) as object) as LogRecord, record);
  if (changes === undefined) return copy;
  for (const key of Reflect.ownKeys(changes)) {
    // What the copy has of its own was assigned just now. Anything else is defined: a field may be called `__proto__`.
    if (Object.hasOwn(copy, key)) copy[key as string] = changes[key];
    else defineField(copy, key, changes[key]);
  }
  return copy;
}

/** Names of attributes, not symbols, that the constructor gives. */
const GIVEN = 11;

/**
 * A copy of a record that a logger made, with the attributes that loggers give and no others; `undefined` for any other
 * record.
 *
 * The constructor makes it, so that it has the shape of all records, and is read as fast.
 */
export function copyOfPlain(record: LogRecord): LogRecord | undefined {
  // A record that user code has seen, and may have added to, is exposed. One that user code made has no boundary.
  if (record[EXPOSED] || record[BOUNDARY] === undefined) return undefined;
  if (Object.getPrototypeOf(record) !== LogRecord.prototype) return undefined;
  let count = 0;
  for (const _ in record) count += 1;
  if (count !== GIVEN) return undefined;
  const { name, levelno, levelname, msg, args, created, excInfo, excText, stackInfo } = record;
  const copy = new LogRecord(
    {
      name,
      levelno,
      levelname,
      msg,
      args,
      created,
      excInfo,
      excText,
      stackInfo,
      extra: record[EXTRA],
      context: record[CONTEXT],
      summarized: record[SUMMARIZED],
      boundary: record[BOUNDARY],
      stacklevel: record[STACKLEVEL],
      caller: record[CALLER],
    },
    true,
  );
  // Assigned as they are: the constructor would take a single object out of its list.
  copy.args = args;
  copy.message = record.message;
  copy.asctime = record.asctime;
  copy[TRACEBACK] = record[TRACEBACK];
  return copy;
}

/** Notes that a filter passes on a copy in place of a record. */
export function noteCopy(copy: LogRecord, record: LogRecord): void {
  const original = originalOf(record);
  copy[ORIGINAL] = () => original;
}

/**
 * The record that a filter has copied, or the record itself. Filters that count need it: a record is one record on all
 * handlers, whatever was removed from it for some of them.
 */
export function originalOf(record: LogRecord): LogRecord {
  return record[ORIGINAL]?.() ?? record;
}

/**
 * Copies the fields of a record's call, since the caller may change the object that it passed. Python copies the
 * entries of `extra` too. For handlers that keep records for later.
 */
export function keepFields(record: LogRecord): void {
  const extra = record[EXTRA];
  if (extra === undefined) return;
  try {
    record[EXTRA] = { ...extra };
  } catch {
    // A getter that throws, or a proxy: the formatter will say so.
  }
}
