import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  Formatter,
  getLogger,
  getLoggerClass,
  getLogRecordFactory,
  Logger,
  LogRecord,
  type LogRecordOptions,
  Manager,
  makeLogRecord,
  RootLogger,
  setLoggerClass,
  setLogRecordFactory,
  warning,
} from '../../lib/core.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLoggingAsPython } from '../support/reset-logging.js';
import { captureStderr } from '../support/stderr-capture.js';

let seen: ListHandler;

beforeEach(() => {
  resetLoggingAsPython();
  seen = new ListHandler();
  getLogger().addHandler(seen);
});

describe('a manager', () => {
  it('has a class of loggers of its own, which has to be one', () => {
    class Own extends Logger {}
    const manager = new Manager(new RootLogger());
    expect(() => manager.setLoggerClass(Number as never)).toThrow('expected a class derived from Logger');
    manager.setLoggerClass(Own);
    expect(manager.getLogger('test')).toBeInstanceOf(Own);
    expect(getLogger('test')).not.toBeInstanceOf(Own);
  });
});

describe('the class of loggers', () => {
  it('has to be derived from Logger, and may be set back', () => {
    class Own extends Logger {}
    expect(() => setLoggerClass(Object as never)).toThrow('expected a class derived from Logger');
    setLoggerClass(Own);
    expect([getLoggerClass(), getLogger('own')]).toEqual([Own, expect.any(Own)]);
    setLoggerClass(Logger);
    expect(getLoggerClass()).toBe(Logger);
  });

  it('may do more when it is made, and knows its levels as any', () => {
    const made: string[] = [];
    class Own extends Logger {
      constructor(name = 'Own', level: number | string = 0) {
        super(name, level);
        made.push(name);
      }
    }
    setLoggerClass(Own);
    const logger = getLogger('just_some_logger');
    logger.setLevel('DEBUG');
    logger.debug('shown');
    logger.setLevel('INFO');
    logger.debug('not shown');
    expect([made, seen.lines]).toEqual([['just_some_logger'], ['shown']]);
  });
});

describe('makeRecord', () => {
  it('may be overridden, and what it adds is seen by filters and formats', () => {
    class Own extends Logger {
      override makeRecord(options: LogRecordOptions): LogRecord {
        const record = super.makeRecord(options);
        record.tenant = `tenant of ${record.name}`;
        return record;
      }
    }
    setLoggerClass(Own);
    const tenants: unknown[] = [];
    getLogger('shop').addFilter((record) => tenants.push(record.tenant) > 0);
    seen.setFormatter(new Formatter({ format: '%(tenant)s: %(message)s' }));
    getLogger('shop').error('hello', { extra: { user: 7 } });
    expect([tenants, seen.lines]).toEqual([['tenant of shop'], ['tenant of shop: hello']]);
    expect(seen.records[0]?.extraFields()).toEqual({ user: 7, tenant: 'tenant of shop' });
  });
});

describe('children', () => {
  it('are found by what follows the name', () => {
    const shop = getLogger('shop');
    expect(getLogger().getChild('shop')).toBe(shop);
    expect(getLogger().getChild('a.b')).toBe(getLogger('a.b'));
    expect([shop.getChild('x').getChild('y'), shop.getChild('x.y')]).toEqual([
      getLogger('shop.x.y'),
      getLogger('shop.x.y'),
    ]);
  });

  it('are those directly below', () => {
    const [foo, bar] = [getLogger('foo'), getLogger('foo.bar')];
    getLogger('foo.bar.baz.bozz');
    const other = getLogger('bar');
    expect(getLogger().getChildren()).toEqual(new Set([foo, other]));
    expect([foo.getChildren(), bar.getChildren()]).toEqual([new Set([bar]), new Set()]);
  });
});

describe('the record factory', () => {
  it('makes the records that filters and handlers see', () => {
    class Derived extends LogRecord {}
    getLogger().addFilter((record) => {
      if (!(record instanceof Derived)) throw new TypeError('unexpected kind of record');
      return true;
    });
    const { text } = captureStderr(() => getLogger().warning('suppressed'));
    expect(text).toContain('TypeError: unexpected kind of record');
    setLogRecordFactory(Derived);
    getLogger().error('made by the class');
    const factory = (options: LogRecordOptions) => new Derived(options);
    setLogRecordFactory(factory);
    expect(getLogRecordFactory()).toBe(factory);
    getLogger().error('made by the function');
    expect(seen.lines).toEqual(['made by the class', 'made by the function']);
  });
});

describe("a manager's record factory", () => {
  it('is kept, and makes the records of its loggers alone', () => {
    const manager = new Manager(new RootLogger('WARNING'));
    const factory = (options: LogRecordOptions) => new LogRecord({ ...options, msg: 'changed' });
    manager.setLogRecordFactory(factory);
    expect(manager.logRecordFactory).toBe(factory);
    expect(() => manager.setLogRecordFactory({} as never)).toThrow('expected a function or a class');
    expect(manager.logRecordFactory).toBe(factory);
    manager.root.addHandler(seen);
    manager.getLogger('own').error('given');
    getLogger('own').error('given');
    expect(seen.lines).toEqual(['changed', 'given']);
  });
});

describe('a record that is made of a dictionary', () => {
  it('has its unknown keys as attributes, but none over what records inherit', () => {
    const fields = JSON.parse('{"user": "ada", "getMessage": 1, "__proto__": {"stolen": true}, "msg": "hi"}');
    const record = makeLogRecord(fields);
    expect([record.user, record.getMessage(), record.stolen]).toEqual(['ada', 'hi', undefined]);
    expect(Object.getPrototypeOf(record)).toBe(LogRecord.prototype);
  });

  it.each([[null], [undefined]])('has no arguments where there are none: %p', (args) => {
    expect(makeLogRecord({ msg: '100 %', args }).getMessage()).toBe('100 %');
  });
});

describe('a record', () => {
  it('shows itself as text', () => {
    expect(String(makeLogRecord({}))).toMatch(/^<LogRecord: .*>$/);
  });

  it('keeps the one object that the message reads from', () => {
    const values = { less: 'more' };
    warning('less is %(less)s', values);
    expect([seen.records[0]?.args, seen.records[0]?.message]).toEqual([values, 'less is more']);
  });

  it('knows process and thread, by number and by name, and no task', () => {
    const record = makeLogRecord({});
    expect([record.process, record.processName, record.thread, record.threadName, record.taskName]).toEqual([
      ...[process.pid, 'MainProcess', 0, 'MainThread', null],
    ]);
  });

  it('has what it is given in place of what it would find out', () => {
    const given = {
      thread: null,
      threadName: null,
      process: null,
      processName: 'Worker',
      taskName: 'Task-1',
      msecs: 7,
    };
    expect(makeLogRecord(given)).toMatchObject(given);
  });
});
