import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Handler } from '../../lib/core/handler.js';
import { LEAN } from '../../lib/core/lean.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { copyOfPlain, copyRecord } from '../../lib/core/records/copy-record.js';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { resetLogging } from '../support/reset-logging.js';

/** Like our own handlers, it leaves the fields of `extra` apart. */
class LastHandler extends Handler {
  static readonly [LEAN] = true;
  last!: LogRecord;

  emit(record: LogRecord): void {
    this.last = record;
  }
}

let handler: LastHandler;
beforeEach(() => {
  resetLogging();
  handler = new LastHandler();
  getLogger().addHandler(handler);
});
afterEach(() => getLogger().removeHandler(handler));

it('a record of a log call is copied by the constructor, with all it has', () => {
  const cause = new Error('declined');
  getLogger('shop').error(
    'order %(id)s',
    { id: 7 },
    { extra: { user: 'ann' }, excInfo: cause, stackInfo: true },
  );
  const { last } = handler;
  const copy = copyOfPlain(last) as LogRecord;
  expect(copy).not.toBe(last);
  expect(Reflect.ownKeys(copy)).toEqual(Reflect.ownKeys(last));
  for (const key of Reflect.ownKeys(last)) {
    expect(Reflect.get(copy, key)).toBe(Reflect.get(last, key));
  }
  expect(copy.getMessage()).toBe('order 7');
});

it.each<[string, (record: LogRecord) => LogRecord]>([
  ['that user code has seen', (record) => record.expose()],
  ['that was given an attribute', (record) => Object.assign(record, { mine: 1 })],
  ['that was given a process', (record) => Object.assign(record, { process: 7 })],
  ['that no logger made', () => new LogRecord({ msg: 'by hand' })],
  ['of another class', () => new (class extends LogRecord {})({ msg: 'by hand' })],
])('a record %s is copied attribute by attribute', (_, change) => {
  getLogger('shop').error('paid', { extra: { user: 'ann' } });
  const record = change(handler.last);
  expect(copyOfPlain(record)).toBeUndefined();
  const copy = copyRecord(record, { msg: 'other' });
  expect(Object.getPrototypeOf(copy)).toBe(Object.getPrototypeOf(record));
  expect({ ...copy }).toEqual({ ...record, msg: 'other' });
});
