import { copyOfPlain, type LogRecord } from './log-record.js';

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
    // Defined, not assigned: a field may be called `__proto__`.
    const value = changes[key];
    Object.defineProperty(copy, key, { value, writable: true, enumerable: true, configurable: true });
  }
  return copy;
}
