import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Formatter } from '../../lib/core/formatting/formatter.js';
import { localtime } from '../../lib/core/formatting/record-clock.js';
import type { FormatterLike } from '../../lib/core/handler.js';
import { Handler } from '../../lib/core/handler.js';
import type { Logger } from '../../lib/core/loggers/logger.js';
import { LoggerAdapter } from '../../lib/core/loggers/logger-adapter.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import type { LogRecord } from '../../lib/core/records/log-record.js';
import { LogRecord as LogRecordClass } from '../../lib/core/records/log-record.js';
import { setLogRecordFactory } from '../../lib/core/records/record-factory.js';
import { formatTraceback } from '../../lib/core/records/traceback.js';
import { RedactionFilter } from '../../lib/filters/redaction.filter.js';
import { JsonFormatter } from '../../lib/formatters/json.formatter.js';
import { resetLogging } from '../support/reset-logging.js';

const TEXT = '%(asctime)s %(levelname)s %(name)s: %(message)s';

/** Formats, and lets go of the text. */
class FormattingHandler extends Handler {
  constructor(formatter: FormatterLike) {
    super({ formatter });
  }

  emit(record: LogRecord): void {
    this.format(record);
  }
}

function loggerWith(...formatters: FormatterLike[]): Logger {
  const logger = getLogger('shop.orders');
  logger.setLevel('INFO');
  logger.propagate = false;
  for (const formatter of formatters) logger.addHandler(new FormattingHandler(formatter));
  return logger;
}

/** Every kind of call, so many times. */
function logThousand(logger: Logger): void {
  const failure = new Error('no funds', { cause: new Error('card refused') });
  for (let i = 0; i < 250; i += 1) {
    logger.info('order paid');
    logger.info('order %d paid by %s', i, 'alice');
    logger.info('order paid', { extra: { orderId: i, user: 'alice', isPaid: true } });
    logger.error('payment failed', failure);
  }
}

beforeEach(resetLogging);
afterEach(() => {
  jest.restoreAllMocks();
  resetLogging();
});

describe('what a thousand records may cost', () => {
  it('never looks for the caller unless a format asks', () => {
    const capture = jest.spyOn(Error, 'captureStackTrace');
    logThousand(loggerWith(new Formatter({ format: TEXT }), new JsonFormatter()));
    expect(capture).not.toHaveBeenCalled();
  });

  it('looks for the caller once a record, however many formats ask', () => {
    const format = '%(filename)s:%(lineno)d %(funcName)s %(message)s';
    const logger = loggerWith(new Formatter({ format }), new JsonFormatter({ includeCaller: true }));
    const find = jest.spyOn(LogRecordClass.prototype as never, 'caller');
    const capture = jest.spyOn(Error, 'captureStackTrace');
    logger.info('order paid');
    expect(find).toHaveBeenCalled();
    const forOne = capture.mock.calls.length;
    logThousand(logger);
    expect(capture.mock.calls.length).toBe(forOne * 1_001);
  });

  it('looks for the caller before the record is formatted, with fewer functions on the stack', () => {
    for (const formatter of [
      new Formatter({ format: '%(module)s %(message)s' }),
      new JsonFormatter({ includeCaller: true }),
    ]) {
      const logger = loggerWith(formatter);
      const format = jest.spyOn(formatter, 'format');
      const capture = jest.spyOn(Error, 'captureStackTrace');
      logger.info('order paid');
      expect(capture.mock.invocationCallOrder[0]).toBeLessThan(format.mock.invocationCallOrder[0] as number);
      jest.restoreAllMocks();
      resetLogging();
    }
  });

  it('never calls JSON.stringify, tracebacks included', () => {
    const stringify = jest.spyOn(JSON, 'stringify');
    logThousand(loggerWith(new Formatter({ format: TEXT }), new JsonFormatter()));
    expect(stringify).not.toHaveBeenCalled();
  });

  it('asks for the time once a record, and not at all for a disabled call', () => {
    const logger = loggerWith(new Formatter({ format: TEXT }), new JsonFormatter());
    const now = jest.spyOn(Date, 'now');
    logThousand(logger);
    expect(now).toHaveBeenCalledTimes(1_000);
    now.mockClear();
    for (let i = 0; i < 1_000; i += 1) logger.debug('order %d', i);
    expect(now).not.toHaveBeenCalled();
  });

  it('works out date and time once a second', () => {
    const formatter = new Formatter({ format: TEXT });
    const converter = jest.fn(localtime);
    formatter.converter = converter;
    const logger = loggerWith(formatter);
    const now = jest.spyOn(Date, 'now');
    for (let second = 0; second < 3; second += 1) {
      now.mockReturnValue(1_700_000_000_000 + second * 1_000 + 7);
      logThousand(logger);
    }
    expect(converter).toHaveBeenCalledTimes(3);
  });

  it('runs one regular expression over a plain message, none over one that came before, or level and logger', () => {
    const test = jest.spyOn(RegExp.prototype, 'test');
    const logger = loggerWith(new Formatter({ format: TEXT }));
    logger.info('order of customer 4711 was accepted');
    test.mockClear();
    for (let i = 0; i < 1_000; i += 1) logger.info('order of customer 4711 was accepted');
    expect(test).not.toHaveBeenCalled();
    for (let i = 0; i < 1_000; i += 1) logger.info(`order ${i} of customer 4711 was accepted`);
    expect(test).toHaveBeenCalledTimes(1_000);
  });

  it('searches a plain message for secrets with one regular expression, one that came before and fields with none', () => {
    const test = jest.spyOn(RegExp.prototype, 'test');
    const exec = jest.spyOn(RegExp.prototype, 'exec');
    const filter = new RedactionFilter();
    const record = (i: number) =>
      new LogRecordClass({
        msg: `order ${i} of customer 4711 was accepted`,
        extra: { orderId: i, isPaid: true, customerNumber: 4711 },
      });
    filter.filter(record(0));
    test.mockClear();
    exec.mockClear();
    for (let i = 0; i < 1_000; i += 1) filter.filter(record(0));
    expect(test).not.toHaveBeenCalled();
    for (let i = 1; i <= 1_000; i += 1) filter.filter(record(i));
    expect(test).toHaveBeenCalledTimes(1_000);
    // Those that `test` calls.
    expect(exec).toHaveBeenCalledTimes(1_000);
  });

  it('copies nothing of a record without secrets, and of the others what leads to a secret', () => {
    const define = jest.spyOn(Object, 'defineProperty');
    const filter = new RedactionFilter();
    const plain = new LogRecordClass({ msg: 'order paid', extra: { user: { name: 'alice' }, lines: [1] } });
    expect(filter.filter(plain)).toBe(plain);
    const lines = [{ sku: 'a' }];
    const record = new LogRecordClass({ msg: 'order paid', extra: { lines, user: { pin: 1, token: 't' } } });
    const extra = filter.filter(record).extraFields();
    expect(extra).toEqual({ lines, user: { pin: 1, token: '[REDACTED]' } });
    expect(extra.lines).toBe(lines);
    // Defining a property takes the engine twenty times as long as assigning it.
    expect(define).not.toHaveBeenCalled();
  });

  it('writes the fields of an adapter once', () => {
    const find = jest.spyOn(Map.prototype, 'get');
    const adapter = new LoggerAdapter(loggerWith(new JsonFormatter()), {
      tenant: 'acme',
      region: 'eu',
      user: 7,
    });
    for (let i = 0; i < 3; i += 1) adapter.info('order paid');
    find.mockClear();
    for (let i = 0; i < 1_000; i += 1) adapter.info('order paid');
    const keys = find.mock.calls.filter(([key]) => ['tenant', 'region', 'user'].includes(key as string));
    expect(keys).toEqual([]);
  });

  it('prepares the stack of an error, and of its properties only those that need it', () => {
    const lines = jest.fn((text: string, indent: string) => text.replaceAll('\n', `\n${indent}`));
    const error = Object.assign(new Error('no funds'), {
      code: 'E1',
      port: 5432,
      detail: { a: 1 },
      rows: [1, 2],
      hint: 'say "please"',
    });
    expect(formatTraceback(error, { newline: '\n', lines })).toBe(formatTraceback(error));
    expect(lines.mock.calls.slice(1)).toEqual([['\'say "please"\'', '  ']]);
  });

  it('makes one record, whatever the number of handlers', () => {
    const factory = jest.fn(
      (options: ConstructorParameters<typeof LogRecordClass>[0]) => new LogRecordClass(options),
    );
    setLogRecordFactory(factory);
    logThousand(loggerWith(new Formatter(), new Formatter({ format: TEXT }), new JsonFormatter()));
    expect(factory).toHaveBeenCalledTimes(1_000);
  });

  it('reads no argument of a disabled call', () => {
    const logger = loggerWith(new Formatter({ format: TEXT }));
    const read = jest.fn(() => ({}));
    const extra = Object.defineProperty({}, 'extra', { enumerable: true, get: read });
    logger.debug('order paid', extra);
    expect(read).not.toHaveBeenCalled();
  });
});

describe('the parts of a formatter', () => {
  const counts: Record<string, number> = {};

  class CountingFormatter extends Formatter {
    override usesTime(): boolean {
      return count('usesTime', super.usesTime());
    }
    override formatTime(record: LogRecord, datefmt?: string): string {
      return count('formatTime', super.formatTime(record, datefmt));
    }
    override formatMessage(record: LogRecord): string {
      return count('formatMessage', super.formatMessage(record));
    }
    override formatException(error: unknown): string {
      return count('formatException', super.formatException(error));
    }
    override formatStack(stackInfo: string): string {
      return count('formatStack', super.formatStack(stackInfo));
    }
  }

  function count<T>(part: string, result: T): T {
    counts[part] = (counts[part] ?? 0) + 1;
    return result;
  }

  beforeEach(() => {
    for (const part of Object.keys(counts)) counts[part] = 0;
  });

  it('are each called once a record, and only where there is something to format', () => {
    logThousand(loggerWith(new CountingFormatter({ format: TEXT })));
    expect(counts).toEqual({
      usesTime: 1_000,
      formatTime: 1_000,
      formatMessage: 1_000,
      formatException: 250,
    });
  });

  it('leave the time alone where the format has none', () => {
    logThousand(loggerWith(new CountingFormatter({ format: '%(message)s' })));
    expect(counts.formatTime ?? 0).toBe(0);
  });

  it('write a traceback once for all handlers of a formatter', () => {
    const formatter = new CountingFormatter();
    logThousand(loggerWith(formatter, formatter, formatter));
    expect(counts.formatException).toBe(250);
  });

  it('write one each where they are several with a formatException of their own', () => {
    logThousand(loggerWith(new CountingFormatter(), new CountingFormatter()));
    expect(counts.formatException).toBe(500);
  });
});
