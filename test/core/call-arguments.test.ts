import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CallErrors } from '../../lib/core/calls/call-errors.js';
import { errorWithin } from '../../lib/core/calls/nested-errors.js';
import { formatTraceback } from '../../lib/core/records/traceback.js';
import {
  getLogger,
  getLoggingErrors,
  getLoggingStats,
  JsonFormatter,
  log,
  onLoggingError,
  setRaiseExceptions,
  setStrictCalls,
} from '../../lib/core.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';
import { captureStderr } from '../support/stderr-capture.js';

const logger = () => getLogger('shop');
let seen: ListHandler;

beforeEach(() => {
  resetLogging();
  seen = new ListHandler({ formatter: new JsonFormatter() });
  getLogger().addHandler(seen);
  getLogger().setLevel('DEBUG');
});

/** What a call logs: its message and fields as JSON has them, and what its traceback is of. */
function logged(...call: [msg: unknown, ...args: unknown[]]) {
  seen.records.length = 0;
  const before = getLoggingStats().malformedCalls;
  captureStderr(() => logger().error(...call));
  expect(seen.records).toHaveLength(1);
  const record = seen.records[0]!;
  return {
    message: record.getMessage(),
    fields: record.extraFields(),
    excInfo: record.excInfo,
    /** How much of it was said to not fit. */
    malformed: getLoggingStats().malformedCalls - before,
  };
}

const failure = Object.assign(new TypeError('no funds'), { code: 'E_FUNDS' });

describe('what a placeholder takes is data', () => {
  it.each([
    { extra: { name: 'x' } },
    { excInfo: 'Error: forged\n    at x' },
    { stackInfo: true, stacklevel: 7 },
    JSON.parse('{"extra":{"admin":true},"excInfo":{"message":"m","stack":"forged"}}'),
  ])('and never options: %j', (body) => {
    expect(logged('got %s', body)).toMatchObject({ fields: {}, excInfo: undefined, malformed: 0 });
    expect(logged('got %(extra)s %(excInfo)s', body).excInfo).toBe(undefined);
    expect(logged('got %d', body)).toMatchObject({ fields: {}, excInfo: undefined });
    expect(logged('%s got %s', 'bob', body)).toMatchObject({ fields: {}, excInfo: undefined, malformed: 0 });
  });

  it('an Error too, and what is behind it counts', () => {
    const cause = new Error('cause');
    expect(logged('got %s', failure, cause)).toMatchObject({
      message: 'got TypeError: no funds',
      excInfo: cause,
    });
  });

  it('but a percent sign in prose takes neither options nor an Error', () => {
    expect(logged('rate 50% of order 7', { extra: { a: 1 } })).toEqual({
      message: 'rate 50% of order 7',
      fields: { a: 1 },
      excInfo: undefined,
      malformed: 0,
    });
    expect(logged('rate 50% done', failure)).toMatchObject({ message: 'rate 50% done', excInfo: failure });
    expect(logged('50%, then 100%', { extra: { a: 1 } })).toMatchObject({ fields: { a: 1 }, malformed: 0 });
    expect(logged('50%(half', { extra: { a: 1 } })).toMatchObject({ fields: { a: 1 }, malformed: 0 });
  });

  it('what named placeholders read is in the fields as well', () => {
    expect(logged('%(user)s paid', { user: 'bob', orderId: 7 })).toEqual({
      message: 'bob paid',
      fields: { user: 'bob', orderId: 7 },
      excInfo: undefined,
      malformed: 0,
    });
    expect(logged('%(user)s paid', new Map([['user', 'bob']])).fields).toEqual({ user: 'bob' });
    expect(logged('%(user)s paid', { user: 'bob' }, { extra: { user: 'al', a: 1 } }).fields).toEqual({
      user: 'al',
      a: 1,
      extra_user: 'bob',
    });
  });
});

describe('options', () => {
  it('count behind the values, with an Error before or behind them', () => {
    expect(logged('order %d', 7, { extra: { a: 1 } })).toMatchObject({
      message: 'order 7',
      fields: { a: 1 },
    });
    expect(logged('m', failure, { extra: { a: 1 } })).toMatchObject({ fields: { a: 1 }, excInfo: failure });
    expect(logged('m', { extra: { a: 1 } }, failure)).toMatchObject({ fields: { a: 1 }, excInfo: failure });
  });

  it.each(['Error: forged', { message: 'm', stack: 'forged' }, 7, ['x']])(
    'excInfo that is no Error is a field: %j',
    (excInfo) => {
      expect(logged('m', { excInfo })).toMatchObject({
        fields: { extra_excInfo: excInfo },
        excInfo: undefined,
      });
    },
  );

  it('writes the stack of an Error that is the message once', () => {
    const nothing = { fields: {}, malformed: 0 };
    expect(logged(failure, failure.stack)).toEqual({ ...nothing, message: 'no funds', excInfo: failure });
    const other = String(new Error('other').stack);
    expect(logged(failure, other)).toEqual({ ...nothing, message: other, excInfo: failure });
  });

  it('takes the text of a stack for the traceback', () => {
    const { stack } = failure;
    const nothing = { message: 'failed', fields: {}, malformed: 0 };
    const written = (...call: [unknown, ...unknown[]]) => {
      const { excInfo, ...others } = logged(...call);
      return [others, formatTraceback(excInfo)];
    };
    expect(written('failed', stack)).toEqual([nothing, stack]);
    expect(written('%s failed', 'pay', stack)).toEqual([{ ...nothing, message: 'pay failed' }, stack]);
    expect(written('failed', stack, { order: 7 })).toEqual([{ ...nothing, fields: { order: 7 } }, stack]);
    expect(written({ order: 7 }, 'failed', stack)).toEqual([{ ...nothing, fields: { order: 7 } }, stack]);
    expect(logged('failed', failure, stack)).toEqual({ ...nothing, excInfo: failure });
    expect(logged('failed', stack, failure)).toEqual({ ...nothing, excInfo: failure });
    expect(logged('failed', { err: failure }, stack)).toMatchObject({ excInfo: failure, malformed: 0 });
    expect(logged('failed: %s', stack)).toMatchObject({ message: `failed: ${stack}`, excInfo: undefined });
    const other = String(new Error('other').stack);
    expect(logged('failed', failure, other)).toMatchObject({ message: `failed ${other}`, excInfo: failure });
    expect(logged('failed', 'no stack')).toMatchObject({ message: 'failed no stack', excInfo: undefined });
  });

  it('takes undefined at the end for an argument that was not given', () => {
    const nothing = { message: 'm', fields: {}, excInfo: undefined, malformed: 0 };
    expect(logged('m', undefined)).toEqual(nothing);
    expect(logged('m', undefined, undefined)).toEqual(nothing);
    expect(logged('m', undefined, { a: 1 })).toEqual({ ...nothing, fields: { a: 1 } });
    expect(logged('m', failure, undefined)).toEqual({ ...nothing, excInfo: failure });
    expect(logged(failure, undefined)).toEqual({ ...nothing, message: 'no funds', excInfo: failure });
    expect(logged({ a: 1 }, 'm', undefined)).toEqual({ ...nothing, fields: { a: 1 } });
    expect(logged('%s and %s', undefined, 7, undefined)).toEqual({ ...nothing, message: 'undefined and 7' });
    expect(logged('100%', undefined)).toEqual({ ...nothing, message: '100%' });
    expect(logged('m', undefined, 7)).toMatchObject({ message: 'm undefined 7', malformed: 1 });
    expect(logged('m', null)).toMatchObject({ message: 'm null', malformed: 1 });
  });

  it('shows undefined where a placeholder takes it, or it was thrown', () => {
    expect(logged('%s', undefined)).toMatchObject({ message: 'undefined', malformed: 0 });
    expect(logged('%(a)s', undefined)).toMatchObject({ malformed: 1 });
    seen.records.length = 0;
    captureStderr(() => logger().exception('m', undefined));
    expect(seen.records.map((record) => record.getMessage())).toEqual(['m undefined']);
  });

  it.each([true, false, null, undefined])('excInfo may be %j', (excInfo) => {
    expect(logged('m', { excInfo })).toEqual({ message: 'm', fields: {}, excInfo: undefined, malformed: 0 });
  });

  it('takes an Error of another realm', () => {
    const foreign = runInNewContext(`new Error('far')`);
    expect(logged('m', { excInfo: foreign }).excInfo).toBe(foreign);
    expect(logged('m', foreign).excInfo).toBe(foreign);
    expect(logged('m', runInNewContext('({ a: 1 })')).fields).toEqual({ a: 1 });
  });

  it('takes whatever came through exception', () => {
    logger().exception('m', { excInfo: 'thrown' });
    logger().exception('m', { code: 5 });
    logger().exception('m', 'thrown', { orderId: 7 });
    expect(seen.records.map((record) => record.excInfo)).toEqual(['thrown', { code: 5 }, 'thrown']);
    expect(seen.records[2]?.extraFields()).toEqual({ orderId: 7 });
  });

  it('excInfo: false keeps an Error among the fields from being the traceback', () => {
    expect(logged('m', { extra: { err: failure }, excInfo: false }).excInfo).toBe(undefined);
  });

  it.each([
    [
      { extra: { a: 1 }, orderId: 7 },
      { a: 1, orderId: 7 },
    ],
    [
      { extra: { a: 1 }, excinfo: 'e' },
      { a: 1, excinfo: 'e' },
    ],
    [{ extraa: { a: 1 } }, { extraa: { a: 1 } }],
    [{ extra: 'text' }, { extra: 'text' }],
    [{ extra: [1] }, { extra: [1] }],
    [{ extra: null }, { extra: null }],
    [
      { stackInfo: 'yes', stacklevel: 'two' },
      { extra_stackInfo: 'yes', stacklevel: 'two' },
    ],
    [{ stacklevel: 1e9 }, { stacklevel: 1e9 }],
    [
      { stackInfo: true, userId: 7 },
      { extra_stackInfo: true, userId: 7 },
    ],
    [
      { extra: { a: 1 }, a: 2 },
      { a: 1, extra_a: 2 },
    ],
  ])('loses nothing beside them: %j', (given, fields) => {
    expect(logged('m', given).fields).toEqual(fields);
  });

  it('keeps the traceback beside a misspelt option', () => {
    expect(logged('m', { excInfo: failure, orderId: 7 })).toMatchObject({
      fields: { orderId: 7 },
      excInfo: failure,
    });
  });
});

describe('fields', () => {
  it('are what an unused plain object holds', () => {
    expect(logged('order paid', { orderId: 7 })).toEqual({
      message: 'order paid',
      fields: { orderId: 7 },
      excInfo: undefined,
      malformed: 0,
    });
    expect(logged('order %s paid', 'seven', { orderId: 7 })).toMatchObject({
      message: 'order seven paid',
      fields: { orderId: 7 },
      malformed: 0,
    });
    expect(logged('m', { a: 1 }, { b: 2 }).fields).toEqual({ a: 1, b: 2 });
    expect(logged('m', { a: 1 }, { a: 2 }).fields).toEqual({ a: 2, extra_a: 1 });
    expect(logged('m', Object.assign(Object.create(null), { a: 1 })).fields).toEqual({ a: 1 });
    expect(logged('m', {})).toMatchObject({ message: 'm', fields: {}, malformed: 0 });
  });

  it('that have the name of an attribute get another, which is said once for each place', () => {
    const given = { name: 'n', message: 'm', args: 'a', userId: 7 };
    expect(logged('x', { extra: given })).toEqual({
      message: 'x',
      fields: { extra_name: 'n', extra_message: 'm', extra_args: 'a', userId: 7 },
      excInfo: undefined,
      malformed: 1,
    });
    expect(logged('x', { name: 'n', extra_name: 'e' }).fields).toEqual({
      extra_name: 'n',
      extra_extra_name: 'e',
    });
    expect(JSON.parse(seen.lines[0] as string)).toMatchObject({ logger: 'shop', extra_name: 'n' });
    const same = () => logger().info('x', { extra: { module: 'm' } });
    const { text } = captureStderr(() => {
      for (let i = 0; i < 3; i += 1) same();
    });
    expect(text.match(/attribute 'module'/g)).toHaveLength(1);
  });

  it('never reach a prototype', () => {
    logged('m', JSON.parse('{"__proto__":{"polluted":1},"constructor":2,"name":3}'));
    expect(({} as { polluted?: unknown }).polluted).toBe(undefined);
    expect(JSON.parse(seen.lines[0] as string)).toMatchObject({ constructor: 2, extra_name: 3 });
    expect(seen.lines[0]).toContain('"__proto__":{"polluted":1}');
  });

  it.each(['err', 'error', 'exception', 'cause'])(
    'an Error under %s is the traceback, and a field',
    (name) => {
      expect(logged('save failed', { [name]: failure, foo: 1 })).toMatchObject({
        fields: { [name]: failure, foo: 1 },
        excInfo: failure,
      });
      expect(logged('save failed', { extra: { [name]: failure } }).excInfo).toBe(failure);
      expect(logged({ [name]: failure }, 'save failed').excInfo).toBe(failure);
      const json = JSON.parse(seen.lines.at(-1) as string);
      const field = json[name === 'exception' ? 'extra_exception' : name];
      expect(field).toMatchObject({ message: 'no funds', code: 'E_FUNDS' });
      expect(JSON.stringify(field)).toContain('TypeError');
    },
  );

  it('an Error there is no traceback where there is one', () => {
    const other = new Error('other');
    expect(logged('m', other, { err: failure })).toMatchObject({ excInfo: other, fields: { err: failure } });
    expect(logged('m', { err: failure, excInfo: other })).toMatchObject({
      excInfo: other,
      fields: { err: failure },
    });
  });
});

describe('an Error inside of what the message shows', () => {
  class Outcome {
    readonly reason = failure;
  }

  it.each<[what: string, call: [unknown, ...unknown[]]]>([
    ['an object', [{ results: [{ status: 'rejected', reason: failure }] }]],
    ['a list', [[failure]]],
    ['a Map', [new Map([['db', failure]])]],
    ['an instance', [new Outcome()]],
    ['a list after the message', ['failed', [failure]]],
    ['an instance after the message', ['failed', new Outcome()]],
    ['an instance after values', ['order %d failed', 7, new Outcome()]],
  ])('%s: is the traceback', (_what, call) => {
    expect(logged(...call).excInfo).toBe(failure);
  });

  it('is one of several', () => {
    const other = new RangeError('too late');
    const settled = [failure, { status: 'fulfilled' }, { reason: other }];
    expect(logged('failed', settled).excInfo).toMatchObject({ errors: [failure, other] });
    expect(seen.lines.at(-1)).toMatch(
      /AggregateError: 2 errors in the message\\n {2}\[error 1 of 2\] TypeError: no funds\\n {6}at .*RangeError: too late\\n {6}at /,
    );
  });

  it('is none where there is another, or none is wanted, or a placeholder takes it', () => {
    const other = new Error('other');
    expect(logged('failed', [failure], other).excInfo).toBe(other);
    expect(logged('failed', [failure], { err: other }).excInfo).toBe(other);
    expect(logged('failed', [failure], { excInfo: false }).excInfo).toBe(undefined);
    expect(logged('%s failed', [failure]).excInfo).toBe(undefined);
  });

  it('is looked for within bounds, without touching anything', () => {
    const touched = jest.fn();
    const endless: Record<string, unknown> = {
      get error() {
        touched();
        return failure;
      },
    };
    endless.self = endless;
    const trap = new Proxy({}, { ownKeys: touched as never, get: touched });
    const heir = Object.create(
      new Proxy({}, { ownKeys: touched as never, getOwnPropertyDescriptor: touched as never }),
    );
    const many = Array.from({ length: 100_000 }, (_, at) => [at]);
    expect(errorWithin([heir])).toBe(undefined);
    expect(logged([endless, trap, many, { a: { b: { c: { d: { e: failure } } } } }]).excInfo).toBe(undefined);
    expect(touched).not.toHaveBeenCalled();
  });
});

it('lists the keys of no list: of a megabyte of bytes it takes a tenth of a second', () => {
  const listed = jest.fn((target: object) => Reflect.ownKeys(target));
  for (const list of [[1, 2, 3], Buffer.from('abc'), new Float64Array(3)]) {
    const watched = new Proxy(list, { ownKeys: listed });
    captureStderr(() => {
      logger().info('got %s', watched);
      logger().info('got', watched);
    });
  }
  expect(listed).not.toHaveBeenCalled();
  // Since Node 26 the text of a Proxy says that it is one.
  expect(seen.records.map((record) => record.getMessage())[0]).toMatch(/^got (?:Proxy\()?\[ 1, 2, 3 \]\)?$/);
});

describe("pino's order", () => {
  it('is the text with the fields, or with the Error', () => {
    expect(logged({ orderId: 7 }, 'order paid')).toEqual({
      message: 'order paid',
      fields: { orderId: 7 },
      excInfo: undefined,
      malformed: 0,
    });
    expect(logged({ orderId: 7 }, 'order %s paid', 'seven')).toMatchObject({ message: 'order seven paid' });
    expect(logged(failure, 'payment 7 failed')).toMatchObject({
      message: 'payment 7 failed',
      excInfo: failure,
    });
    expect(logged(failure, 'payment %d failed', 7, { a: 1 })).toMatchObject({
      message: 'payment 7 failed',
      fields: { a: 1 },
      excInfo: failure,
    });
  });

  it('takes no options from the object', () => {
    const body = { extra: { a: 1 }, excInfo: failure, stackInfo: true };
    expect(logged(body, 'got it')).toMatchObject({
      fields: { extra: { a: 1 }, extra_excInfo: failure, extra_stackInfo: true },
      excInfo: undefined,
    });
    expect(seen.records[0]?.stackInfo).toBe(undefined);
  });

  it('loses no Error of two', () => {
    const other = new Error('other');
    expect(logged(failure, 'm', { excInfo: other })).toMatchObject({
      excInfo: other,
      fields: { err: failure },
    });
    expect(logged(failure, 'm', other)).toMatchObject({ excInfo: other, fields: { err: failure } });
    expect(logged('m', failure, other)).toMatchObject({ excInfo: other, fields: { err: failure } });
  });
});

describe('what does not fit', () => {
  it.each<[call: [unknown, ...unknown[]], message: string]>([
    [['msg', 5], 'msg 5'],
    [['failed', 'reason'], 'failed reason'],
    [['order paid', [1, 2]], 'order paid [ 1, 2 ]'],
    [['order %s paid', 'seven', 5], 'order seven paid 5'],
    [['bad %d', 'x'], 'bad %d x'],
    [['%s %s', 'a'], '%s %s a'],
    [['%(user)s paid', { usr: 1 }], '%(user)s paid { usr: 1 }'],
    [['%(user)s paid', { user: 1 }, 5], '1 paid 5'],
    [['100%% of', 5], '100% of 5'],
    [['m', new Map([['a', 1]])], "m Map(1) { 'a' => 1 }"],
    [['m', undefined, null, Symbol('s'), 10n], 'm undefined null Symbol(s) 10'],
    [['m', failure, new RangeError('first')], "m TypeError: no funds { code: 'E_FUNDS' }"],
    [[failure, 5], 'no funds 5'],
    [[{ a: '%s' }, 5], "{ a: '%s' } 5"],
    [[5, 'x'], '5 x'],
  ])('is written behind the message, and counted: %#', (call, message) => {
    expect(logged(...call)).toMatchObject({ message, malformed: 1 });
  });

  it('is said once for each place, and counted', () => {
    const told: string[] = [];
    const stop = onLoggingError(({ message }) => told.push(message));
    const before = getLoggingStats().malformedCalls;
    const { text } = captureStderr(() => {
      for (let i = 0; i < 5; i += 1) logger().info(`order ${i} paid`, i);
      logger().info('order paid', 1);
    });
    stop();
    expect(told).toHaveLength(2);
    expect(
      text.match(/^nestjs-logging: .*call-arguments\.test\.ts:\d+: the arguments do not fit .*\n/gm),
    ).toHaveLength(2);
    const counts = getLoggingErrors().filter(({ message }) => told.includes(message));
    expect(counts.map(({ count, code, logger: name }) => [count, code, name])).toEqual([
      [5, 'ERR_LOGGING_ARGUMENT', 'shop'],
      [1, 'ERR_LOGGING_ARGUMENT', 'shop'],
    ]);
    expect(getLoggingStats().malformedCalls - before).toBe(6);
  });

  it('is said once for each of more places than errors are remembered', () => {
    const errors = new CallErrors();
    const told: string[] = [];
    const stop = onLoggingError(({ message }) => told.push(message));
    const { text } = captureStderr(() => {
      for (let call = 0; call < 450; call += 1) {
        const caller = () => ({ pathname: '/app/many.ts', lineno: 1 + (call % 150), funcName: 'run' });
        errors.report(
          { code: 'ERR_LOGGING_ARGUMENT', logger: 'shop', about: '', problem: 'no', detail: '', caller },
          true,
        );
      }
    });
    stop();
    expect([told.length, text.split('\n').length - 1, errors.count]).toEqual([150, 150, 450]);
  });

  it('looks up few places of a flood, and still says each place that makes another mistake', () => {
    const errors = new CallErrors();
    let lookups = 0;
    const report = (detail: string, lineno: number): void => {
      const caller = () => {
        lookups += 1;
        return { pathname: '/app/flood.ts', lineno, funcName: 'run' };
      };
      errors.report(
        { code: 'ERR_LOGGING_EXTRA_CLASH', logger: 'shop', about: detail, problem: detail, detail, caller },
        true,
      );
    };
    const { text } = captureStderr(() => {
      for (let call = 0; call < 20_000; call += 1) report('name', 7);
      report('module', 8);
    });
    expect(text).toBe('nestjs-logging: /app/flood.ts:7: name\nnestjs-logging: /app/flood.ts:8: module\n');
    expect(lookups).toBeLessThan(5_000);
    const counts = getLoggingErrors().filter(({ message }) => message.startsWith('/app/flood.ts'));
    expect(counts.map(({ message, count }) => [message, count])).toEqual([
      ['/app/flood.ts:7: name', 20_000],
      ['/app/flood.ts:8: module', 1],
    ]);
  });

  it('is said once for a record, whatever the number of handlers', () => {
    getLogger().addHandler(new ListHandler());
    const before = getLoggingStats().malformedCalls;
    captureStderr(() => logger().info('order paid', 1));
    expect(getLoggingStats().malformedCalls - before).toBe(1);
  });

  it('says nothing on standard error while raiseExceptions is off', () => {
    setRaiseExceptions(false);
    expect(captureStderr(() => logger().info('quiet', 1)).text).toBe('');
  });

  it('shows neither secrets nor values of the call', () => {
    const { text } = captureStderr(() => logger().info('login password=hunter2', 'swordfish'));
    expect(text).not.toMatch(/hunter2|swordfish/);
  });
});

describe('a level that is none', () => {
  it.each<[level: unknown, levelname: string, message: string]>([
    ['20', 'INFO', 'm'],
    ['eror', 'WARNING', 'm eror'],
    [1.5, 'WARNING', 'm 1.5'],
    [Number.NaN, 'WARNING', 'm nan'],
    [undefined, 'WARNING', 'm'],
    ['Starting the application...', 'INFO', 'Starting the application... m'],
    [{ orderId: 7 }, 'INFO', 'm'],
  ])('never throws: %p', (level, levelname, message) => {
    const before = getLoggingStats().malformedCalls;
    captureStderr(() => {
      logger().log(level as never, 'm');
      log(level as never, 'm');
    });
    expect(seen.records.map((record) => [record.levelname, record.getMessage()])).toEqual([
      [levelname, message],
      [levelname, message],
    ]);
    expect(getLoggingStats().malformedCalls - before).toBeGreaterThanOrEqual(2);
  });

  it('may be all there is', () => {
    captureStderr(() => (logger() as unknown as { log(level: unknown): void }).log('hello'));
    expect(seen.records.map((record) => [record.levelname, record.getMessage()])).toEqual([
      ['INFO', 'hello'],
    ]);
    expect(getLoggingErrors().at(-1)).toMatchObject({ code: 'ERR_LOGGING_UNKNOWN_LEVEL', logger: 'shop' });
  });
});

describe('strict calls', () => {
  it('are as Python has them', () => {
    setStrictCalls(true);
    expect(() => logger().info('m', { extra: { name: 1 } })).toThrow('overwrite');
    expect(() => logger().log('eror', 'm')).toThrow('unknown level');
    const { text } = captureStderr(() => {
      logger().info('msg', 5);
      logger().info({ orderId: 7 }, 'order paid');
      logger().info('order %s paid', 'seven', { orderId: 7 });
    });
    expect(seen.lines).toEqual([]);
    expect(text.match(/not all arguments converted/g)).toHaveLength(3);
    logger().info('order paid', { orderId: 7 });
    expect(seen.records.at(-1)?.extraFields()).toEqual({});
  });
});
