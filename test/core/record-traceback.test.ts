import { beforeEach, describe, expect, it } from '@jest/globals';
import { Formatter, getLogger, type Handler, type LogRecord, makeLogRecord } from '../../lib/core.js';
import { JsonFormatter } from '../../lib/formatters/json.formatter.js';
import { LogfmtFormatter } from '../../lib/formatters/logfmt.formatter.js';
import { PythonJsonFormatter } from '../../lib/formatters/python-json.formatter.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';

beforeEach(resetLogging);

class Short extends Formatter {
  override formatException(error: unknown): string {
    return `!! ${(error as Error).message}`;
  }
}
class ShortJson extends JsonFormatter {
  override formatException(error: unknown): string {
    return `!! ${(error as Error).message}`;
  }
}

function boom(): Error {
  return Object.assign(new Error('boom'), { stack: 'Error: boom\n    at here' });
}

function logTo(...handlers: Handler[]): void {
  const logger = getLogger('a');
  logger.propagate = false;
  for (const handler of handlers) logger.addHandler(handler);
  logger.error('failed', boom());
}

describe('a traceback', () => {
  it('is written by each formatter in its own way, whoever came first', () => {
    const formatters = [
      new Short(),
      new Formatter(),
      new JsonFormatter(),
      new ShortJson(),
      new LogfmtFormatter(),
      new PythonJsonFormatter(),
      new Short(),
    ];
    const handlers = formatters.map((formatter) => new ListHandler({ formatter }));
    logTo(...handlers);
    const isShort = handlers.map(({ lines }) => lines[0]?.includes('!! boom') === true);
    expect(isShort).toEqual([true, false, false, true, false, false, true]);
    for (const { lines } of handlers) expect(lines[0]).toMatch(/!! boom|at here/);
  });

  it('is excText for handlers that look', () => {
    const texts: unknown[] = [];
    const last = new ListHandler();
    last.emit = (record) => void texts.push(record.excText);
    logTo(new ListHandler({ formatter: new Short() }), last);
    expect(texts).toEqual(['!! boom']);
  });

  it('that a filter sets goes before that of the error, for all', () => {
    const own = new ListHandler({ formatter: new Short() });
    own.addFilter((record) => {
      record.excText = 'hidden';
      return true;
    });
    const next = new ListHandler();
    const json = new ListHandler({ formatter: new JsonFormatter() });
    logTo(own, next, json);
    expect(own.lines).toEqual(['failed\nhidden']);
    expect(next.lines).toEqual(['failed\nhidden']);
    expect(json.lines[0]).toContain('"exception":"hidden"');
  });

  const ways: [string, (record: LogRecord) => void][] = [
    ['excInfo = null', (record) => void Object.assign(record, { excInfo: null })],
    ['excInfo = false', (record) => void Object.assign(record, { excInfo: false })],
    ['excInfo = true', (record) => void Object.assign(record, { excInfo: true })],
    ['excInfo = undefined', (record) => void Object.assign(record, { excInfo: undefined })],
    ['delete excInfo', (record) => void Reflect.deleteProperty(record, 'excInfo')],
    [
      'exc_info = null, exc_text = null',
      (record) => void Object.assign(record, { exc_info: null, exc_text: null }),
    ],
    ['exc_info = false', (record) => void Object.assign(record, { exc_info: false })],
    ['exc_info = true', (record) => void Object.assign(record, { exc_info: true })],
    ['exc_info = 0', (record) => void Object.assign(record, { exc_info: 0 })],
    ["exc_info = ''", (record) => void Object.assign(record, { exc_info: '' })],
  ];
  it.each(ways)('is taken away by %s, before and after a formatter wrote it', (_what, take) => {
    for (const earlier of [[], [new ListHandler()], [new ListHandler({ formatter: new Short() })]]) {
      resetLogging();
      const handlers = [
        new Formatter(),
        new JsonFormatter(),
        new LogfmtFormatter(),
        new PythonJsonFormatter(),
      ].map((formatter) => new ListHandler({ formatter }));
      for (const handler of handlers)
        handler.addFilter((record) => {
          take(record);
          return true;
        });
      logTo(...earlier, ...handlers);
      for (const { lines } of handlers) {
        expect(lines).toHaveLength(1);
        expect(lines[0]).not.toMatch(/boom|Thrown|null/);
      }
    }
  });

  it('that another error takes the place of is the other', () => {
    const second = new ListHandler();
    second.addFilter((record) => {
      record.exc_info = Object.assign(new Error('other'), { stack: 'Error: other' });
      return true;
    });
    logTo(new ListHandler(), second);
    expect(second.lines).toEqual(['failed\nError: other']);
  });

  it('is none in a copy with excInfo null', () => {
    const seen = new ListHandler();
    logTo(seen);
    const copy = makeLogRecord({ ...(seen.records[0] as LogRecord).toDict(), excInfo: null, excText: null });
    expect(new Formatter().format(copy)).toBe('failed');
  });
});

describe("Python's spellings in the options of a call", () => {
  it.each([
    [['failed', { exc_info: boom() }]],
    [['failed', { exc_info: boom(), extra: { order: 7 } }]],
    [['failed %d', 7, { exc_info: boom() }]],
  ])('exc_info (%#)', (args) => {
    const seen = new ListHandler();
    getLogger('a').addHandler(seen);
    getLogger('a').error(...(args as [string]));
    expect(seen.lines[0]).toContain('Error: boom\n    at here');
    expect(Object.keys(seen.records[0]?.extraFields() ?? {})).not.toContain('exc_info');
  });

  it('stack_info', () => {
    const seen = new ListHandler();
    getLogger('a').addHandler(seen);
    getLogger('a').error('slow', { stack_info: true, stacklevel: 1, extra: { ms: 900 } });
    expect(seen.records[0]?.stackInfo).toMatch(/^Stack \(most recent call first\):\n/);
    expect(seen.records[0]?.stack_info).toBe(seen.records[0]?.stackInfo);
    expect(seen.records[0]?.extraFields()).toEqual({ ms: 900 });
  });
});

describe("Python's tuple (type, value, traceback)", () => {
  const seen = new ListHandler();
  beforeEach(() => {
    seen.records.length = 0;
    getLogger('tuple').handlers.length = 0;
    getLogger('tuple').addHandler(seen);
  });

  it('is what was thrown, in a call and on a record', () => {
    const error = boom();
    getLogger('tuple').error('failed', { exc_info: [Error, error, null] });
    getLogger('tuple').error('failed', { exc_info: [null, null, null] });
    const received = makeLogRecord({ msg: 'failed' });
    received.exc_info = [Error, error, null];
    expect(seen.records.map((record) => record.excInfo ?? null)).toEqual([error, null]);
    expect(received.excInfo).toBe(error);
    received.exc_info = [null, null, null];
    expect(new Formatter().format(received)).toBe('failed');
  });
});

describe('arguments that are nothing to Python', () => {
  it.each([null, undefined, {}, [], 0, ''])('%j, set by a filter, leave the message as it is', (args) => {
    const record = makeLogRecord({ msg: '100% of %s' });
    record.args = args as never;
    expect(record.getMessage()).toBe('100% of %s');
  });
});
