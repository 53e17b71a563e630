import { defineField } from '../internal/define-field.js';
import { EXTRA, LogRecord, type LogRecordOptions } from './log-record.js';
import { RESERVED_ATTRIBUTES } from './record-attributes.js';
import { type LoggingState, state } from './state.js';

/**
 * A record from a plain object of attributes, for example one received over a socket.
 *
 * Unknown keys become attributes; names that records inherit are kept apart and never reach a prototype.
 *
 * @see https://docs.python.org/3/library/logging.html#logging.makeLogRecord
 */
export function makeLogRecord(attributes: Readonly<Record<string, unknown>>): LogRecord {
  const record = getLogRecordFactory()({ name: '', levelno: 0, levelname: 'Level 0', msg: '' });
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(attributes)) {
    if (RESERVED_ATTRIBUTES.has(key)) defineField(record, key, attributes[key]);
    else defineField(fields, key, attributes[key]);
  }
  record[EXTRA] = fields;
  return record;
}

/**
 * Sets the function that makes records; `undefined` goes back to the class itself.
 *
 * @see https://docs.python.org/3/library/logging.html#logging.setLogRecordFactory
 */
export function setLogRecordFactory(factory: LoggingState['recordFactory']): void {
  state.recordFactory = factory;
}

/** The function that makes records. @see https://docs.python.org/3/library/logging.html#logging.getLogRecordFactory */
export function getLogRecordFactory(): NonNullable<LoggingState['recordFactory']> {
  return state.recordFactory ?? makeRecord;
}

function makeRecord(options: LogRecordOptions): LogRecord {
  return new LogRecord(options);
}
