import { beforeEach, describe, expect, it } from '@jest/globals';
import { Formatter, getLogger, LoggerAdapter, type LogOptions, setStrictCalls } from '../../lib/core.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';
import { captureStderr } from '../support/stderr-capture.js';

let seen: ListHandler;

beforeEach(() => {
  resetLogging();
  seen = new ListHandler();
  seen.setFormatter(new Formatter({ format: '%(a)s %(b)s %(message)s', defaults: { a: '-', b: '-' } }));
  getLogger().addHandler(seen);
  getLogger().setLevel('INFO');
});

describe('a LoggerAdapter', () => {
  it('puts its fields on every record', () => {
    new LoggerAdapter(getLogger('x'), { a: 1 }).info('hello %s', 'bob');
    expect(seen.lines).toEqual(['1 - hello bob']);
  });

  it.each([{}, { merge_extra: true }, { merge_extra: undefined }, true])(
    "keeps a call's own fields beside its own, the call's winning: %j",
    (options) => {
      const adapter = new LoggerAdapter(getLogger('x'), { a: 1, b: 1 }, options);
      adapter.info('extra', { extra: { b: 2 } });
      adapter.info('fields', { b: 3 });
      expect(seen.lines).toEqual(['1 2 extra', '1 3 fields']);
    },
  );

  it('gives no prototype to what it merges, whatever the fields are called', () => {
    const hostile = JSON.parse('{"__proto__":{"admin":true},"b":2}') as Record<string, unknown>;
    new LoggerAdapter(getLogger('x'), { a: 1 }).info('hello', { extra: hostile });
    const fields = seen.records[0]?.extraFields() as Record<string, unknown>;
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype);
    expect(fields.admin).toBeUndefined();
    expect(Object.hasOwn(fields, '__proto__')).toBe(true);
  });

  it.each([{ merge_extra: false }, false])('replaces them, as Python does, with %j', (options) => {
    new LoggerAdapter(getLogger('x'), { a: 1 }, options).info('hello', { extra: { b: 2 } });
    expect(seen.lines).toEqual(['1 - hello']);
  });

  it("replaces them while calls are strict, which is Python's default", () => {
    const adapter = new LoggerAdapter(getLogger('x'), { a: 1 });
    expect(adapter.merge_extra).toBe(true);
    setStrictCalls(true);
    adapter.info('hello', { extra: { b: 2 } });
    expect(seen.lines).toEqual(['1 - hello']);
    expect(adapter.merge_extra).toBe(false);
  });

  it('keeps the fields of every adapter beneath and of the call', () => {
    const outer = new LoggerAdapter(new LoggerAdapter(getLogger('x'), { a: 1 }), { b: 2 });
    outer.info('hello', { extra: { c: 3 } });
    expect(seen.records.map((record) => record.extraFields())).toEqual([{ a: 1, b: 2, c: 3 }]);
  });

  it('logs without it what its process fails on, and reports that', () => {
    class Broken extends LoggerAdapter {
      override process(): [unknown, LogOptions] {
        throw new Error('no process');
      }
    }
    const { text } = captureStderr(() => new Broken(getLogger('x'), { a: 1 }).info('hello %d', 7, { b: 2 }));
    expect(seen.lines).toEqual(['1 2 hello 7']);
    expect(text).toContain('Error: no process');
  });

  it('changes messages in process', () => {
    class Prefixed extends LoggerAdapter {
      override process(msg: unknown, options: LogOptions): [unknown, LogOptions] {
        return [`[conn] ${String(msg)}`, options];
      }
    }
    new Prefixed(getLogger('x')).warning('lost %d', 3);
    expect(seen.lines).toEqual(['- - [conn] lost 3']);
  });

  it('does not process what is not enabled', () => {
    let asked = 0;
    class Counting extends LoggerAdapter {
      override process(msg: unknown, options: LogOptions): [unknown, LogOptions] {
        asked += 1;
        return [msg, options];
      }
    }
    new Counting(getLogger('x')).debug('no');
    expect(asked).toBe(0);
  });

  it('keeps the error of exception and of an options object', () => {
    const error = new Error('boom');
    const adapter = new LoggerAdapter(getLogger('x'), { a: 1 });
    adapter.exception('failed', error);
    adapter.error('failed', { excInfo: error });
    expect(seen.records.map((record) => record.excInfo)).toEqual([error, error]);
  });

  it('wraps another adapter', () => {
    const inner = new LoggerAdapter(getLogger('x'), { a: 1 }, true);
    new LoggerAdapter(inner, { b: 2 }, true).info('hello');
    expect(seen.lines).toEqual(['1 2 hello']);
  });
});

describe('what process returns', () => {
  class Answering extends LoggerAdapter {
    constructor(readonly answer: Record<string, unknown>) {
      super(getLogger('x'));
    }

    override process(msg: unknown, options: LogOptions): [unknown, LogOptions] {
      return [msg, { ...options, ...this.answer }];
    }
  }

  it("may have Python's spelling", () => {
    new Answering({ exc_info: new Error('refused'), stack_info: true, stacklevel: 1 }).info('hello');
    expect(seen.records[0]?.excInfo).toEqual(new Error('refused'));
    expect(seen.records[0]?.stackInfo).toMatch(/^Stack \(most recent call first\):\n.*logger-adapter\.test/);
  });

  it('may have null, as None in Python, for no fields', () => {
    new Answering({ extra: null }).info('hello');
    expect(seen.lines).toEqual(['- - hello']);
  });

  it('loses nothing that is no option', () => {
    new Answering({ extra: 'text', user: 7 }).info('hello');
    expect(seen.records[0]?.extraFields()).toEqual({ extra: 'text', user: 7 });
  });
});

it.each(['info', 'log'])(
  'throws for a field with the name of an attribute while calls are strict: %s',
  (method) => {
    class Logged extends LoggerAdapter {
      override log(...args: Parameters<LoggerAdapter['log']>): void {
        super.log(...args);
      }
    }
    setStrictCalls(true);
    const adapter = new (method === 'log' ? Logged : LoggerAdapter)(getLogger('x'), { message: 'm' });
    expect(() => adapter.info('hello')).toThrow(
      "extra.message: attempt to overwrite 'message' of the record",
    );
    expect(seen.lines).toEqual([]);
  },
);
