import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LoggerClass } from '../../lib/core/loggers/logger.js';
import {
  Formatter,
  getLogger,
  Logger,
  LogRecord,
  RedactionFilter,
  setLoggerClass,
  setLogRecordFactory,
} from '../../lib/core.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';
import { collectStderr } from '../support/stderr-collector.js';

beforeEach(resetLogging);

describe('a Logger of another copy of this package', () => {
  it('is refused as the class of new loggers, with the reason', () => {
    class Foreign {}
    Object.defineProperty(Foreign.prototype, Symbol.for('nestjs-logging.logger'), { value: true });
    const set = () => setLoggerClass(Foreign as unknown as LoggerClass);
    expect(set).toThrow('another copy of nestjs-logging');
    expect(() => getLogger('shop').warning('still works')).not.toThrow();
  });
});

describe('a filter without a prototype, such as the namespace of a module', () => {
  it.each(['the logger', 'the handler'])('is asked by %s', (place) => {
    const seen: unknown[] = [];
    const filter = Object.assign(Object.create(null), {
      filter: (record: { msg: unknown }) => seen.push(record.msg) > 0 && record.msg !== 'no',
    });
    const handler = new ListHandler();
    const logger = getLogger('shop');
    logger.addHandler(handler);
    (place === 'the logger' ? logger : handler).addFilter(filter);
    logger.error('yes');
    logger.error('no');
    expect(seen).toEqual(['yes', 'no']);
    expect(handler.lines).toEqual(['yes']);
  });
});

describe('a program that', () => {
  const logged = (format: string, log: () => void): string => {
    const list = new ListHandler();
    list.setFormatter(new Formatter(format));
    getLogger('strange').addHandler(list);
    try {
      log();
    } finally {
      getLogger('strange').removeHandler(list);
    }
    return list.lines.join('\n');
  };

  it('makes records that cannot be changed gets ordinary ones', () => {
    const stderr = collectStderr();
    setLogRecordFactory((options) => Object.freeze(new LogRecord(options)));
    try {
      expect(logged('%(message)s %(a)s', () => getLogger('strange').warning('m', { a: 1 }))).toBe('m 1');
    } finally {
      setLogRecordFactory(undefined);
      stderr.stop();
    }
    expect(stderr.text).toContain('--- Logging error ---\nTypeError: Cannot assign to read only property');
  });

  it('formats stacks, and fails, loses the stack and nothing else', () => {
    const { prepareStackTrace } = Error;
    Error.prepareStackTrace = () => {
      throw new Error('prepare');
    };
    try {
      expect(logged('%(message)s', () => getLogger('strange').warning('m', { stackInfo: true }))).toMatch(
        /^m\nStack/,
      );
    } finally {
      Error.prepareStackTrace = prepareStackTrace;
    }
  });

  it('has frozen the limit of stacks loses no record', () => {
    const { stackTraceLimit } = Error;
    Object.defineProperty(Error, 'stackTraceLimit', { value: 10, writable: false, configurable: true });
    try {
      expect(logged('%(message)s %(lineno)d', () => getLogger('strange').warning('m'))).toMatch(/^m \d+$/);
      const error = new Error('password=hunter2');
      expect(new RedactionFilter().filter(new LogRecord({ msg: 'm', excInfo: error })).excInfo).toMatchObject(
        {
          message: 'password=[REDACTED]',
        },
      );
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', {
        value: stackTraceLimit,
        writable: true,
        configurable: true,
      });
    }
  });
});

it.each(['logger', 'handler'])(
  'a filter that removes itself does not take the next one out of its turn: on a %s',
  (place) => {
    const list = new ListHandler();
    const logger = getLogger('strange');
    logger.addHandler(list);
    const owner = place === 'logger' ? logger : list;
    const once = (): boolean => {
      owner.removeFilter(once);
      return true;
    };
    owner.addFilter(once);
    owner.addFilter(() => false);
    logger.warning('first');
    logger.warning('second');
    expect(list.records).toEqual([]);
    expect(owner.filters).toHaveLength(1);
    logger.removeHandler(list);
    logger.filters.length = 0;
  },
);

it('a class of loggers that makes loggers below its own is their parent', () => {
  class Family extends Logger {
    constructor(name: string, level?: number | string) {
      super(name, level);
      if (!name.includes('.')) getLogger(`${name}.child`);
    }
  }
  setLoggerClass(Family);
  try {
    const parent = getLogger('family');
    expect(getLogger('family.child').parent).toBe(parent);
    expect([...parent.getChildren()]).toEqual([getLogger('family.child')]);
  } finally {
    setLoggerClass(Logger);
  }
});
