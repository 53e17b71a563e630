import { defineField } from '../../runtime/define-field.js';
import { callableFactory, recordBy } from '../overrides.js';
import { state } from '../state.js';
import {
  EXTRA,
  LogRecord,
  type LogRecordClass,
  type LogRecordFactory,
  type LogRecordOptions,
} from './log-record.js';
import { receivedAttributes } from './received-attributes.js';
import { RESERVED_ATTRIBUTES } from './record-attributes.js';

/** For reports. */
const SOURCE = { toString: () => 'makeLogRecord' };

/**
 * A record from a plain object of attributes, for example one received over a socket: from this package or from Python,
 * as JSON, as a pickle that was read, or as the fields of a form.
 *
 * Python's names `exc_info`, `exc_text` and `stack_info` are known. Unknown keys become attributes, read as
 * `record.user_id`; names that records inherit are kept apart and never reach a prototype.
 *
 * @see https://docs.python.org/3/library/logging.html#logging.makeLogRecord
 */
export function makeLogRecord(attributes: Readonly<Record<string, unknown>>): LogRecord {
  const record = madeRecord({ name: '', levelno: 0, levelname: 'Level 0', msg: '' });
  const fields: Record<string, unknown> = {};
  for (const [key, value] of receivedAttributes(attributes)) {
    defineField(RESERVED_ATTRIBUTES.has(key) ? record : fields, key, value);
  }
  record[EXTRA] = fields;
  return record.expose();
}

/** A record made by the factory from what is known of it; no call in this thread logged it. */
export function madeRecord(about: LogRecordOptions): LogRecord {
  return recordBy(getLogRecordFactory(), about, SOURCE);
}

/**
 * Sets what makes records: a function, or a class derived from `LogRecord`; `undefined` or `LogRecord` itself go back
 * to the default.
 *
 * A factory that throws, or returns anything but a LogRecord, never disturbs a log call: it is reported once per 10 s,
 * and the record is an ordinary one.
 *
 * @throws {LoggingError} `ERR_LOGGING_ARGUMENT` for what is neither a function nor a class.
 * @see https://docs.python.org/3/library/logging.html#logging.setLogRecordFactory
 */
export function setLogRecordFactory(factory: LogRecordFactory | LogRecordClass | null | undefined): void {
  state.recordFactory = callableFactory(factory, 'setLogRecordFactory');
}

/**
 * The function that makes records. For a class, it makes an instance, so that another factory can call it.
 *
 * @see https://docs.python.org/3/library/logging.html#logging.getLogRecordFactory
 */
export function getLogRecordFactory(): LogRecordFactory {
  return (state.recordFactory as LogRecordFactory | undefined) ?? makeRecord;
}

function makeRecord(options: LogRecordOptions): LogRecord {
  return new LogRecord(options);
}
