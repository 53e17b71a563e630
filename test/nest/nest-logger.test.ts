import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConsoleLogger, Logger, type LogLevel } from '@nestjs/common';
import { getLogger, getRootLogger } from '../../lib/core/loggers/manager.js';
import type { LogRecord } from '../../lib/core/records/log-record.js';
import { formatTraceback } from '../../lib/core/records/traceback.js';
import { NestLogger } from '../../lib/nest/nest-logger/nest-logger.adapter.js';
import { Recorder } from '../e2e/support/recorder.js';

type Method = 'log' | 'error' | 'warn' | 'debug' | 'verbose' | 'fatal';

/** What Nest's own logger would print, before it makes text of it. */
interface Printed {
  readonly messages: unknown[];
  readonly context: string;
  readonly stack: string | undefined;
  readonly params: object | undefined;
}

class ReadingLogger extends ConsoleLogger {
  readonly printed: Printed[] = [];

  constructor() {
    super({ logLevels: ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'] });
  }
  // biome-ignore lint/suspicious/noExplicitAny: Nest 12 passes one argument more than Nest 11
  protected override printMessages(...[messages, context = '', , , stack, params]: any[]): void {
    this.printed.push({ messages, context, stack, params });
  }
  // biome-ignore lint/suspicious/noExplicitAny: as above
  protected override printStackTrace(..._args: any[]): void {}
}

const error = new TypeError('it broke', { cause: new Error('below') });
const stack = String(new RangeError('somewhere').stack);
class Named {}

const calls: readonly [what: string, args: unknown[]][] = [
  ['a message', ['hello']],
  ['a message and a context', ['hello', 'Ctx']],
  ['several messages', ['one', 'two', 'Ctx']],
  ['messages that are no strings', [1, true, null, ['a'], 'Ctx']],
  ['an object', [{ a: 1 }, 'Ctx']],
  ['an object alone', [{ a: 1 }]],
  ['an array', [[1, 2]]],
  ['undefined', [undefined]],
  ['undefined and a context', [undefined, 'Ctx']],
  ['a placeholder', ['100 %s and %d', 'Ctx']],
  ['an empty context', ['hello', '']],
  ['an Error', [error]],
  ['an Error and a context', [error, 'Ctx']],
  ['a message and an Error', ['failed', error, 'Ctx']],
  ['a function', [() => 'lazy', 'Ctx']],
  ['a class', [Named, 'Ctx']],
];

const errorCalls: typeof calls = [
  ['a stack', ['failed', stack]],
  ['a stack and a context', ['failed', stack, 'Ctx']],
  ['no stack and a context', ['failed', undefined, 'Ctx']],
  ['a context and then a stack', ['failed', 'Ctx', stack]],
  ['something in the place of the stack', ['failed', 'not a stack', 'Ctx']],
  ['an Error and its stack', [error, error.stack, 'Ctx']],
  ['several messages and a stack', ['one', 'two', stack, 'Ctx']],
];

const levels: readonly [Method, number][] = [
  ['verbose', 5],
  ['debug', 10],
  ['log', 20],
  ['warn', 30],
  ['error', 40],
  ['fatal', 50],
];

describe('NestLogger', () => {
  const recorder = new Recorder();
  const root = getRootLogger();
  beforeEach(() => {
    root.addHandler(recorder);
    root.setLevel(1);
  });
  afterEach(() => {
    recorder.clear();
    root.removeHandler(recorder);
    root.setLevel('WARNING');
    Logger.overrideLogger(new ConsoleLogger());
  });

  describe.each(levels)('%s', (method, levelno) => {
    const takesStack = method === 'error' || method === 'fatal';

    it.each([...calls, ...(takesStack ? errorCalls : [])])(
      'records what Nest prints for %s',
      (_what, args) => {
        const nest = new ReadingLogger();
        (nest[method] as (...args: unknown[]) => void)(...args);
        (new NestLogger()[method] as (...args: unknown[]) => void)(...args);
        const [printed] = nest.printed as [Printed];

        const resolved = printed.messages.map((message) =>
          typeof message === 'function' ? (message === Named ? 'Named' : 'lazy') : message,
        );
        const failure = resolved.find((message) => message instanceof Error);
        const messages =
          failure === undefined
            ? resolved
            : resolved[0] === failure
              ? resolved.map((message) => (message === failure ? 'it broke' : message))
              : resolved.filter((message) => message !== failure);
        expect(recorder.records.map(({ msg }) => msg)).toEqual(messages);
        expect(new Set(recorder.records.map(({ name }) => name))).toEqual(
          new Set([printed.context ? `nest.${printed.context}` : 'nest']),
        );
        expect(recorder.records.every((record) => record.levelno === levelno)).toBe(true);
        const [first, ...rest] = recorder.records as [LogRecord, ...LogRecord[]];
        expect(rest.every(({ excInfo }) => excInfo === undefined)).toBe(true);
        if (failure !== undefined) expect(first.excInfo).toBe(failure);
        else if (printed.stack === stack) expect(formatTraceback(first.excInfo)).toBe(stack);
        else if (printed.stack) expect(formatTraceback(first.excInfo)).toContain(printed.stack);
        else expect(first.excInfo).toBeUndefined();
      },
    );
  });

  it('keeps objects after the message as fields, apart from what records have', () => {
    new NestLogger().log('paid', { order: 7, name: 'clash' }, { order: 8 }, 'Ctx');
    expect(recorder.records.map((record) => [record.message, record.extraFields()])).toEqual([
      ['paid', { order: 7, extra_name: 'clash', extra_order: 8 }],
    ]);
  });

  it.each<[string, unknown[], string, object, string | undefined]>([
    [
      'an Error, a text and a context',
      [error, 'payment 7 failed', 'Pay'],
      'payment 7 failed',
      {},
      'TypeError',
    ],
    ['an Error and a text', [error, 'payment 7 failed'], 'payment 7 failed', {}, 'TypeError'],
    ['an object, a text and a context', [{ order: 7 }, 'paid', 'Pay'], 'paid', { order: 7 }, undefined],
    ['an object and a text', [{ order: 7 }, 'order was paid'], 'order was paid', { order: 7 }, undefined],
    [
      'fields with an Error',
      ['failed', { err: error, order: 7 }],
      'failed',
      { err: error, order: 7 },
      'TypeError',
    ],
    ['an object with msg', [{ msg: 'retry', cause: error }], 'retry', { cause: error }, 'TypeError'],
    [
      'a text, a stack and fields',
      ['failed', { order: 7 }, stack, 'Pay'],
      'failed',
      { order: 7 },
      'RangeError',
    ],
    ['a stack, then fields', ['failed', stack, { order: 7 }], 'failed', { order: 7 }, 'RangeError'],
    [
      'a stack, fields and a context',
      ['failed', stack, { order: 7 }, 'Pay'],
      'failed',
      { order: 7 },
      'RangeError',
    ],
    [
      'a stack, a context, fields and the context of the logger',
      ['failed', stack, 'Pay', { order: 7 }, 'Pay'],
      'failed',
      { order: 7 },
      'RangeError',
    ],
    [
      'an object with a stack',
      [{ message: 'failed', stack, order: 7 }],
      'failed',
      { order: 7 },
      'RangeError',
    ],
    ['fields with a stack', ['failed', { stack, order: 7 }, 'Pay'], 'failed', { order: 7 }, 'RangeError'],
    [
      'an Error and fields with its stack',
      ['failed', error, { stack: error.stack, order: 7 }],
      'failed',
      { stack: error.stack, order: 7 },
      'TypeError',
    ],
    ['a stack that is none', ['failed', { stack: 'lamp' }], 'failed', { stack: 'lamp' }, undefined],
  ])('takes %s', (_what, args, message, fields, traceback) => {
    (new NestLogger().error as (...args: unknown[]) => void)(...args);
    expect(recorder.records.map((record) => [record.message, record.extraFields()])).toEqual([
      [message, fields],
    ]);
    const [{ excInfo }] = recorder.records as [LogRecord];
    if (traceback === undefined) expect(excInfo).toBeUndefined();
    else expect(formatTraceback(excInfo)).toContain(traceback);
  });

  it('keeps the fields of an object that is the message, and its Error', () => {
    new NestLogger().error({ err: error, order: 7 }, 'Pay');
    const [record] = recorder.records as [LogRecord];
    expect(record.name).toBe('nest.Pay');
    expect(record.extraFields()).toEqual({ err: error, order: 7 });
    expect(record.excInfo).toBe(error);
  });

  it('gives a message with an Error inside its traceback', () => {
    const [list, object] = [[error], { results: [{ reason: error }] }];
    new NestLogger().error(list, 'Pay');
    new NestLogger().error(object, 'Pay');
    expect(recorder.records.map(({ excInfo }) => excInfo)).toEqual([error, error]);
  });

  it('gives each message that is an Error its traceback', () => {
    const second = new Error('second');
    new NestLogger().error('failed', error, second, 'Pay');
    expect(recorder.records.map(({ message, excInfo }) => [message, excInfo])).toEqual([
      ['failed', error],
      ['second', second],
    ]);
  });

  it('is what loggers of @nestjs/common log through, each with its context', () => {
    Logger.overrideLogger(new NestLogger());
    new Logger('Orders').error('failed', stack);
    new Logger('Orders').log('fine');
    Logger.warn('static', 'Elsewhere');
    expect(recorder.records.map(({ name, levelname, message }) => [name, levelname, message])).toEqual([
      ['nest.Orders', 'ERROR', 'failed'],
      ['nest.Orders', 'INFO', 'fine'],
      ['nest.Elsewhere', 'WARNING', 'static'],
    ]);
  });

  it('takes the stack before a context that the call names once more, and loses no other string', () => {
    Logger.overrideLogger(new NestLogger());
    new Logger('Orders').error('failed', stack, 'Orders');
    new Logger('Orders').error('failed', stack, 'no stock');
    expect(recorder.records.map(({ name, message }) => [name, message])).toEqual([
      ['nest.Orders', 'failed'],
      ['nest.Orders', 'failed'],
      ['nest.Orders', 'no stock'],
    ]);
    const [first, second] = recorder.records as [LogRecord, LogRecord];
    for (const { excInfo } of [first, second]) expect(formatTraceback(excInfo)).toBe(stack);
  });

  it.each<[LogLevel[], Method[]]>([
    [['error'], ['error', 'fatal']],
    [
      ['log', 'error'],
      ['log', 'error', 'fatal'],
    ],
    [['verbose'], ['verbose', 'debug', 'log', 'warn', 'error', 'fatal']],
    [[], []],
  ])('lets with the levels %j pass what Nest lets pass', (enabled, expected) => {
    Logger.overrideLogger(new NestLogger());
    Logger.overrideLogger(enabled);
    const nest = new ReadingLogger();
    nest.setLogLevels(enabled);
    const logger = new Logger('Ctx');
    for (const [method] of levels) logger[method](method);
    for (const [method] of levels) nest[method](method);
    expect(recorder.records.map(({ message }) => message)).toEqual(expected);
    expect(nest.printed.map(({ messages }) => messages[0])).toEqual(expected);
  });

  it('names VERBOSE', () => {
    new NestLogger().verbose('detail', 'Ctx');
    expect(recorder.records[0]?.levelname).toBe('VERBOSE');
  });

  it('does what the levels of loggers say', () => {
    getLogger('nest.InstanceLoader').setLevel('WARNING');
    const logger = new NestLogger();
    logger.log('X dependencies initialized', 'InstanceLoader');
    logger.log('mapped', 'RouterExplorer');
    expect(recorder.records.map(({ message }) => message)).toEqual(['mapped']);
    getLogger('nest.InstanceLoader').setLevel('NOTSET');
  });

  it('puts contexts that are too long under nest', () => {
    new NestLogger().log('hello', 'x'.repeat(101));
    expect(recorder.records[0]?.name).toBe('nest');
    expect(recorder.records[0]?.extraFields()).toEqual({ context: 'x'.repeat(101) });
  });

  it('gives contexts loggers of their own, however many other loggers there are', () => {
    for (let at = 0; at < 1_200; at += 1) getLogger(`many.loggers.${at}`);
    new NestLogger().log('hello', 'AmongMany');
    expect(recorder.records[0]?.name).toBe('nest.AmongMany');
  });

  it('is what to pass instead of a named logger, which works all the same', () => {
    Logger.overrideLogger(getLogger('shop') as never);
    new Logger('Svc').log('hello');
    new Logger('Svc').warn('slow');
    new Logger('Svc').error('failed', stack);
    expect(
      recorder.records.map(({ name, levelname, message }) => [
        name,
        levelname,
        String(message).split('\n')[0],
      ]),
    ).toEqual([
      ['shop', 'INFO', 'hello'],
      ['shop', 'WARNING', 'slow Svc'],
      ['shop', 'ERROR', 'failed Svc'],
    ]);
    expect(recorder.records[0]?.extraFields()).toEqual({ context: 'Svc' });
  });

  it('serves for a named logger', () => {
    NestLogger.below(getLogger('shop')).log('hello', 'Orders');
    NestLogger.below(getLogger('shop')).log('hello');
    expect(recorder.records.map(({ name }) => name)).toEqual(['shop.Orders', 'shop']);
  });

  it('is not hurt by messages that are hostile', () => {
    const hostile = {
      get message() {
        throw new Error('no');
      },
      toString() {
        throw new Error('no');
      },
    };
    const logger = new NestLogger();
    expect(() => logger.log(hostile, 'Ctx')).not.toThrow();
    expect(() => logger.error(Object.create(null), 'Ctx')).not.toThrow();
    expect(() =>
      logger.log(() => {
        throw new Error('lazy broke');
      }, 'Ctx'),
    ).not.toThrow();
  });
});
