import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  DEBUG,
  ERROR,
  type Filter,
  Formatter,
  getLogger,
  getLoggingErrors,
  getLogRecordFactory,
  Handler,
  Logger,
  LoggerAdapter,
  LogRecord,
  type LogRecordOptions,
  Manager,
  MemoryHandler,
  makeLogRecord,
  RootLogger,
  setLoggerClass,
  setLogRecordFactory,
} from '../../lib/core.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';

let seen: ListHandler;
let errorsBefore: number;
const rejected = jest.fn();

beforeEach(() => {
  resetLogging();
  seen = new ListHandler();
  getLogger().addHandler(seen);
  getLogger().setLevel('INFO');
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  process.on('unhandledRejection', rejected);
  rejected.mockClear();
  errorsBefore = countErrors();
});
afterEach(() => {
  process.off('unhandledRejection', rejected);
  jest.restoreAllMocks();
  resetLogging();
});

function countErrors(): number {
  return getLoggingErrors().reduce((sum, { count }) => sum + count, 0);
}

/** Turns of the event loop, so that a rejection nobody handles is seen. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}

const failing: () => unknown = () => {
  throw new Error('broken on purpose');
};

const rejecting: () => unknown = async () => {
  throw new Error('rejected on purpose');
};

/** A logger of a class with some methods replaced. */
function loggerWith(methods: Record<string, unknown>): Logger {
  class Custom extends Logger {}
  Object.assign(Custom.prototype, methods);
  setLoggerClass(Custom);
  const logger = getLogger('custom');
  setLoggerClass(Logger);
  return logger;
}

const wrong: [string, () => unknown][] = [
  ['throws', failing],
  ['gives nothing', () => undefined],
  ['gives null', () => null],
  ['gives a plain object', () => ({ name: 'x', msg: 'y' })],
  ['gives a promise', async () => new LogRecord()],
  ['gives a promise that rejects', rejecting],
  [
    'gives an object whose then throws',
    () =>
      Object.defineProperty({}, 'then', {
        get: failing,
      }),
  ],
];

describe('a record factory', () => {
  it.each(wrong)('that %s is reported, and the record is an ordinary one', async (_what, factory) => {
    setLogRecordFactory(factory as never);
    getLogger('shop').info('order %d paid', 7, { extra: { user: 'ada' } });
    expect(seen.records.map((record) => record.getMessage())).toEqual(['order 7 paid']);
    expect(seen.records[0]?.attribute('user')).toBe('ada');
    expect(countErrors()).toBeGreaterThan(errorsBefore);
    expect(makeLogRecord({ msg: 'received' }).getMessage()).toBe('received');
    await settled();
    expect(rejected).not.toHaveBeenCalled();
  });

  it('may be a class, of its own constructor too', () => {
    class Tagged extends LogRecord {
      readonly tag: string;
      constructor(options?: LogRecordOptions) {
        super(options);
        this.tag = 'mine';
      }
    }
    setLogRecordFactory(Tagged);
    getLogger().info('hello');
    expect(seen.records[0]).toBeInstanceOf(Tagged);
    expect(seen.records[0]?.attribute('tag')).toBe('mine');
    expect(makeLogRecord({ msg: 'x' })).toBeInstanceOf(Tagged);
  });

  it('that a library set as a class can be called by the factory after it', () => {
    class Tagged extends LogRecord {}
    setLogRecordFactory(Tagged);
    const before = getLogRecordFactory();
    setLogRecordFactory((options) => Object.assign(before(options), { hex: '0xdecafbad' }));
    getLogger().info('hello');
    expect(seen.records[0]).toBeInstanceOf(Tagged);
    expect(seen.records[0]?.attribute('hex')).toBe('0xdecafbad');
  });

  it.each(['x', 7, {}, true])('is refused if it is %p', (value) => {
    const message = /setLogRecordFactory: expected a function or a class/;
    expect(() => setLogRecordFactory(value as never)).toThrow(message);
    expect(() => new Manager(new RootLogger()).setLogRecordFactory(value as never)).toThrow(message);
  });

  it.each([undefined, null, LogRecord])('of %p is none', (value) => {
    setLogRecordFactory(failing as never);
    setLogRecordFactory(value as never);
    getLogger().info('hello');
    expect(seen.records).toHaveLength(1);
    expect(countErrors()).toBe(errorsBefore);
  });

  it('of a manager makes the records of its loggers and of no others', () => {
    const manager = new Manager(new RootLogger());
    const factory = (options: LogRecordOptions): LogRecord => new LogRecord({ ...options, msg: 'theirs' });
    manager.setLogRecordFactory(factory);
    expect(manager.logRecordFactory).toBe(factory);
    const other = manager.getLogger('shop');
    other.addHandler(seen);
    other.error('mine');
    getLogger('shop').error('mine');
    expect(seen.records.map((record) => record.getMessage())).toEqual(['theirs', 'mine']);
  });

  it('that fails for each record is printed once, and reported each time', () => {
    setLogRecordFactory(failing as never);
    for (let i = 0; i < 50; i += 1) getLogger('shop').info('order');
    expect(seen.records).toHaveLength(50);
    expect(countErrors()).toBe(errorsBefore + 50);
    expect(jest.mocked(process.stderr.write)).toHaveBeenCalledTimes(1);
  });
});

describe('an overridden method of a logger', () => {
  it.each(wrong)('makeRecord, that %s leaves an ordinary record', async (_what, makeRecord) => {
    loggerWith({ makeRecord }).info('hello');
    expect(seen.records.map((record) => record.getMessage())).toEqual(['hello']);
    expect(countErrors()).toBeGreaterThan(errorsBefore);
    await settled();
    expect(rejected).not.toHaveBeenCalled();
  });

  it.each(
    ['handle', 'callHandlers', 'filter', 'isEnabledFor', 'findCaller'].flatMap((name) => [
      [name, 'throws', failing] as const,
      [name, 'rejects', rejecting] as const,
    ]),
  )('%s, that %s is reported and never reaches the call', async (name, _what, method) => {
    const logger = loggerWith({ [name]: method });
    expect(() => logger.error('hello')).not.toThrow();
    await settled();
    expect(rejected).not.toHaveBeenCalled();
    expect(countErrors()).toBeGreaterThan(errorsBefore);
    const isLogged = name === 'isEnabledFor' || name === 'findCaller';
    expect(seen.records).toHaveLength(isLogged ? 1 : 0);
  });

  it('isEnabledFor decides, in both directions, of a class, an object and a spy', () => {
    const strict = loggerWith({ isEnabledFor: (level: number) => level >= ERROR });
    strict.warning('no');
    strict.error('yes');
    const loose = getLogger('loose');
    loose.isEnabledFor = () => true;
    loose.debug('detail');
    loose.logFrom(loose.debug, DEBUG, 'from', []);
    const spy = jest.spyOn(Logger.prototype, 'isEnabledFor').mockReturnValue(false);
    getLogger('other').critical('no');
    spy.mockRestore();
    expect(seen.records.map((record) => record.getMessage())).toEqual(['yes', 'detail', 'from']);
  });

  it('filter is asked with no filter on the list, and reads extra as attributes', () => {
    const logger = loggerWith({
      filter(this: Logger, record: LogRecord) {
        return record.secret !== true && Logger.prototype.filter.call(this, record);
      },
    });
    logger.info('no', { extra: { secret: true } });
    logger.info('yes');
    expect(seen.records.map((record) => record.getMessage())).toEqual(['yes']);
  });

  it('findCaller finds where a call was made, and finds it through super', () => {
    class Custom extends Logger {
      override findCaller(stackInfo?: boolean, stacklevel?: number) {
        const [pathname, lineno, , stack] = super.findCaller(stackInfo, stacklevel);
        return [pathname, lineno, 'shown', stack] as ReturnType<Logger['findCaller']>;
      }
    }
    setLoggerClass(Custom);
    const logger = getLogger('custom');
    logger.info('hello', { stackInfo: true });
    const [record] = seen.records;
    expect(record?.filename).toBe('overrides.test.ts');
    expect(record?.lineno).toBeGreaterThan(200);
    expect(record?.funcName).toBe('shown');
    expect(record?.stackInfo).toContain('overrides.test.ts');
  });
});

class Kept extends Handler {
  readonly lines: string[] = [];
  override emit(record: LogRecord): void {
    this.lines.push(this.format(record));
  }
}

describe('an overridden method of a handler', () => {
  it('filter is asked with no filter on the list, on a class and on an object', () => {
    class Quiet extends Kept {
      override filter(record: LogRecord): LogRecord | false {
        return record.getMessage().includes('password') ? false : super.filter(record);
      }
    }
    const own = new Kept();
    own.filter = () => false;
    const quiet = new Quiet();
    getLogger().addHandler(quiet);
    getLogger().addHandler(own);
    getLogger().warning('password=hunter2');
    getLogger().warning('fine');
    expect(quiet.lines).toEqual(['fine']);
    expect(own.lines).toEqual([]);
  });

  it.each([true, 1, 'yes', {}])('filter may answer %p', (answer) => {
    const handler = new Kept();
    handler.filter = (() => answer) as never;
    getLogger().addHandler(handler);
    getLogger().warning('fine');
    expect(handler.lines).toEqual(['fine']);
  });

  const failures: [string, () => unknown][] = [
    ['handle', failing],
    ['handle', rejecting],
    ['emit', failing],
    ['emit', rejecting],
    ['filter', failing],
    ['filter', rejecting],
    ['filter', async () => true],
  ];
  it.each(failures)('%s that fails (%p) keeps no record from the others', async (name, method) => {
    const broken = new Kept();
    Object.assign(broken, { [name]: method });
    const logger = getLogger('shop');
    logger.addHandler(broken);
    expect(() => logger.error('hello')).not.toThrow();
    await settled();
    expect(seen.records).toHaveLength(1);
    expect(rejected).not.toHaveBeenCalled();
    expect(countErrors()).toBeGreaterThan(errorsBefore);
  });

  it('handleError that rejects is reported', async () => {
    const broken = new Kept();
    Object.assign(broken, { emit: failing, handleError: rejecting });
    getLogger('shop').addHandler(broken);
    getLogger('shop').error('hello');
    await settled();
    expect(rejected).not.toHaveBeenCalled();
    expect(countErrors()).toBeGreaterThan(errorsBefore);
  });
});

describe('an async filter', () => {
  it.each([
    ['a function', async () => true],
    ['an object', { filter: async () => true }],
    ['one that rejects', rejecting],
  ])('(%s) lets nothing pass, and is reported', async (_what, filter) => {
    const handler = new Kept();
    handler.addFilter(filter as unknown as Filter);
    getLogger().addHandler(handler);
    getLogger().warning('secret');
    expect(handler.lines).toEqual([]);
    expect(getLoggingErrors().at(-1)?.message).toMatch(
      /filter: expected true, false or a record, synchronously, got a promise/,
    );
    await settled();
    expect(rejected).not.toHaveBeenCalled();
  });
});

describe('a formatter', () => {
  it.each([
    ['throws', failing, /broken on purpose/],
    ['rejects', rejecting, /format: expected a string, got a promise|rejected on purpose/],
    ['gives nothing', () => undefined, /format: expected a string, got nothing/],
  ])('whose format %s is reported', async (_what, format, message) => {
    const handler = new Kept();
    const formatter = new Formatter();
    Object.assign(formatter, { format });
    handler.setFormatter(formatter);
    getLogger().addHandler(handler);
    getLogger().warning('hello');
    await settled();
    expect(handler.lines).toEqual([]);
    expect(getLoggingErrors().at(-1)?.message).toMatch(message);
    expect(rejected).not.toHaveBeenCalled();
  });
});

describe('an overridden method of a LoggerAdapter', () => {
  it('log is what all the others go through', () => {
    class Styled extends LoggerAdapter {
      override log(level: number, msg: unknown, ...args: unknown[]): void {
        this.logger.logFrom(this.log, level, `{} ${String(msg)}`, args);
      }
    }
    const adapter = new Styled(getLogger('shop'));
    for (const name of ['info', 'warning', 'warn', 'error', 'critical', 'fatal'] as const)
      adapter[name](name);
    const thrown = { reason: 'none' };
    adapter.exception('exception', thrown);
    expect(seen.records.map((record) => record.getMessage())).toEqual(
      ['info', 'warning', 'warn', 'error', 'critical', 'fatal', 'exception'].map((name) => `{} ${name}`),
    );
    expect(seen.records.at(-1)?.excInfo).toBe(thrown);
  });

  it('isEnabledFor is asked', () => {
    class Muted extends LoggerAdapter {
      override isEnabledFor(): boolean {
        return false;
      }
    }
    new Muted(getLogger('shop')).error('no');
    expect(seen.records).toEqual([]);
  });

  it.each([
    ['throws', failing],
    ['gives nothing', () => undefined],
    ['gives a promise', async () => ['x', {}]],
    ['rejects', rejecting],
  ])('process, that %s is reported, and the call is logged', async (_what, process_) => {
    const adapter = new LoggerAdapter(getLogger('shop'), { tenant: 'acme' });
    Object.assign(adapter, { process: process_ });
    adapter.info('order %d', 7);
    await settled();
    expect(seen.records.map((record) => record.getMessage())).toEqual(['order 7']);
    expect(seen.records[0]?.attribute('tenant')).toBe('acme');
    expect(countErrors()).toBeGreaterThan(errorsBefore);
    expect(rejected).not.toHaveBeenCalled();
  });

  it('log, that throws does not reach the call', () => {
    const adapter = new LoggerAdapter(getLogger('shop'));
    Object.assign(adapter, { log: failing });
    expect(() => adapter.info('hello')).not.toThrow();
    expect(countErrors()).toBeGreaterThan(errorsBefore);
  });
});

describe('a handler whose handle throws', () => {
  it('keeps no record of a MemoryHandler from its target, nor from the next handler of a listener', () => {
    let count = 0;
    const target = new Kept();
    target.handle = (record: LogRecord) => {
      count += 1;
      if (count === 1) failing();
      return Kept.prototype.handle.call(target, record);
    };
    const memory = new MemoryHandler({ capacity: 10, target });
    getLogger().addHandler(memory);
    for (const text of ['one', 'two', 'three']) getLogger().warning(text);
    memory.flush();
    expect(target.lines).toEqual(['two', 'three']);
    expect(countErrors()).toBe(errorsBefore + 1);
  });
});
