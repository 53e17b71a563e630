import { defineField } from '../../runtime/define-field.js';
import { copyOfPlain, EXTRA, type LogRecord } from './log-record.js';

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

const originals = new WeakMap<LogRecord, LogRecord>();

/** Notes that a filter passes on a copy in place of a record. */
export function noteCopy(copy: LogRecord, record: LogRecord): void {
  originals.set(copy, originalOf(record));
}

/**
 * The record that a filter has copied, or the record itself. Filters that count need it: a record is one record on all
 * handlers, whatever was removed from it for some of them.
 */
export function originalOf(record: LogRecord): LogRecord {
  return originals.get(record) ?? record;
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
