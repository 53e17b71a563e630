import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { getLogger } from '../../lib/core/loggers/manager.js';
import type { LogRecord } from '../../lib/core/records/log-record.js';
import { RedactionFilter } from '../../lib/filters/redaction.filter.js';
import { ColorFormatter } from '../../lib/formatters/color.formatter.js';
import { JsonFormatter } from '../../lib/formatters/json.formatter.js';
import { LogfmtFormatter } from '../../lib/formatters/logfmt.formatter.js';
import { PythonJsonFormatter } from '../../lib/formatters/python-json.formatter.js';
import { arrivedRecords, RecordPacker } from '../../lib/handlers/wire/portable-records.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';
import { collectStderr } from '../support/stderr-collector.js';

const logger = getLogger('hostile');
const formatters = [
  new JsonFormatter(),
  new ColorFormatter(),
  new LogfmtFormatter(),
  new PythonJsonFormatter(),
];
let list: ListHandler;
let stderr: ReturnType<typeof collectStderr>;

beforeEach(() => {
  resetLogging();
  stderr = collectStderr();
  list = new ListHandler();
  list.setLevel('DEBUG');
  logger.addHandler(list);
});
afterEach(() => {
  logger.removeHandler(list);
  stderr.stop();
});

function logged(...args: Parameters<typeof logger.warning>): LogRecord {
  logger.warning(...args);
  return list.records.at(-1) as LogRecord;
}

const throwing = () => ({
  get bad(): never {
    throw new Error('getter');
  },
  good: 'GOOD',
});

it.each([false, true])(
  'a getter that throws takes no other field with it (seen by a filter: %s)',
  (isSeen) => {
    if (isSeen)
      list.addFilter((record: LogRecord) => {
        record.mine = 'MINE';
        return true;
      });
    const record = logged('paid', { extra: throwing() });
    for (const formatter of formatters) {
      const line = formatter.format(record);
      expect(line).toContain('GOOD');
      expect(line).toContain('[unreadable');
      if (isSeen) expect(line).toContain('MINE');
    }
    expect(record.toDict()).toMatchObject({ good: 'GOOD', bad: '[unreadable]' });
    expect(arrived(record).extraFields()).toMatchObject({ good: 'GOOD', bad: '[unreadable]' });
  },
);

it('a proxy that does not list its keys loses no record', () => {
  const extra = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('keys');
      },
    },
  );
  const record = logged('paid', { extra });
  expect(arrived(record).getMessage()).toBe('paid');
  expect(record.toDict().msg).toBe('paid');
  record.expose();
  expect(new JsonFormatter().format(record)).toContain('"extra":"[unreadable: keys]"');
});

it('a field named toJSON hides no secret from the redaction filter', () => {
  list.addFilter(new RedactionFilter());
  const record = logged('paid', { toJSON: () => 1, kept: 'KEPT', authorization: 'Bearer abcdefghijkl' });
  for (const formatter of formatters) {
    const line = formatter.format(record);
    expect(line).not.toContain('abcdefghijkl');
    expect(line).toContain('KEPT');
  }
});

it('what toJSON leaves out is redacted where a text shows it', () => {
  list.addFilter(new RedactionFilter());
  const user = { toJSON: () => ({ id: 7 }), sessionKeys: ['abcdefghijkl'] };
  expect(logged('user %s', user).getMessage()).not.toContain('abcdefghijkl');
});

it('an Error behind the message keeps its properties and its cause', () => {
  const first = Object.assign(new Error('first', { cause: new Error('why') }), { code: 'E_FIRST' });
  const text = logged('failed', first, new Error('second')).getMessage();
  expect(text).toContain('failed Error: first');
  expect(text).toContain('E_FIRST');
  expect(text).toContain('why');
});

it('an Error among the fields keeps its properties in the JSON of Python', () => {
  const other = Object.assign(new Error('refused'), { code: 'E_REFUSED' });
  expect(new PythonJsonFormatter().format(logged('failed', { other }))).toContain('E_REFUSED');
  expect(new PythonJsonFormatter().format(logged('failed', { other: new Error('plain') }))).toContain(
    '"other": "Error: plain"',
  );
});

/** A record as a worker thread has it. */
function arrived(record: LogRecord): LogRecord {
  const packer = new RecordPacker();
  packer.add(record, false);
  const [copy] = arrivedRecords(structuredClone(packer.records));
  return copy as LogRecord;
}

it('a field that a filter deletes is gone, as in Python', () => {
  list.addFilter((record) => {
    Reflect.deleteProperty(record, 'ssn');
    return true;
  });
  const record = logged('x', { extra: { ssn: '123-45', getMessage: 'apart', a: 1 } });
  expect(record.extraFields()).toEqual({ getMessage: 'apart', a: 1 });
  expect([record.attribute('ssn'), record.hasAttribute('ssn'), record.toDict().ssn]).toEqual([
    undefined,
    false,
    undefined,
  ]);
  expect(record.attribute('getMessage')).toBe('apart');
  for (const formatter of formatters) expect(formatter.format(record)).not.toContain('123-45');
});
