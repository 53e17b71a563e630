import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { setStrictCalls } from '../../lib/core/calls/call-arguments.js';
import { LogRecord, type LogRecordOptions } from '../../lib/core/records/log-record.js';
import { formatTraceback } from '../../lib/core/records/traceback.js';
import { JsonFormatter, type JsonFormatterOptions } from '../../lib/formatters/json.formatter.js';

/** 2024-01-05T15:04:09.007Z. */
const CREATED = 1704467049.007;

function line(record: LogRecordOptions, options?: JsonFormatterOptions): string {
  return new JsonFormatter(options).format(
    new LogRecord({ name: 'shop.orders', levelno: 20, created: CREATED, msg: 'paid', ...record }),
  );
}

function fields(record: LogRecordOptions, options?: JsonFormatterOptions): Record<string, unknown> {
  return JSON.parse(line(record, options));
}

/** All that is known of it is its text. */
class Money {
  readonly #euros: number;
  constructor(euros: number) {
    this.#euros = euros;
  }
  toString(): string {
    return `${this.#euros} EUR`;
  }
}

describe('JsonFormatter', () => {
  it('writes time, level, logger and message, then context and extra, in one line', () => {
    const context = Object.freeze({ request_id: 'r-1' });
    const extra = { user_id: 7, ok: true, none: null };
    expect(line({ msg: 'order %d paid', args: [5], context, extra })).toBe(
      '{"timestamp":"2024-01-05T15:04:09.007Z","level":"INFO","logger":"shop.orders","message":"order 5 paid",' +
        '"request_id":"r-1","user_id":7,"ok":true,"none":null}',
    );
  });

  it('writes the traceback, its causes included, as one text', () => {
    const error = new Error('outer', { cause: new TypeError('inner') });
    const { exception } = fields({ excInfo: error });
    expect(exception).toMatch(/^Error: outer\n {4}at .*\n {2}caused by TypeError: inner\n/s);
  });

  it('writes the error as an object if asked', () => {
    const error = Object.assign(new RangeError('too far', { cause: 'wind' }), {
      code: 'E_FAR',
      request: { token: 'x' },
    });
    const { exception } = fields({ excInfo: error }, { exception: 'object' });
    expect(exception).toEqual({
      name: 'RangeError',
      message: 'too far',
      stack: error.stack,
      code: 'E_FAR',
      request: { token: '[REDACTED]' },
      cause: 'wind',
    });
  });

  it('writes the same traceback as text formatters, whatever is in its properties', () => {
    const values = fc.dictionary(
      fc.oneof(fc.constantFrom('code', 'port', 'two\nlines'), fc.string()),
      fc.oneof(
        fc.string({ maxLength: 300 }),
        fc.integer(),
        fc.constantFrom('a "b"', 'x\ny', '\u2028', [1, { a: 'b\n' }]),
      ),
      { maxKeys: 6 },
    );
    fc.assert(
      fc.property(fc.string(), values, values, (message, own, ofCause) => {
        const cause = Object.assign(new Error('refused'), ofCause);
        const error = Object.assign(new Error(message, { cause }), own);
        expect(fields({ excInfo: error }).exception).toBe(formatTraceback(error));
      }),
    );
  });

  describe('writes the error beside the traceback if asked', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', errno: -111 });
    class QueryError extends Error {}

    it('with type, message, own properties and causes', () => {
      const error = Object.assign(new QueryError('no orders', { cause: refused }), { table: 'orders' });
      const written = fields({ excInfo: error }, { includeError: true });
      expect(written.error).toEqual({
        type: 'QueryError',
        message: 'no orders',
        table: 'orders',
        cause: { type: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED', errno: -111 },
      });
      expect(written.exception).toContain("code: 'ECONNREFUSED'");
    });

    it('for what is thrown and no Error', () => {
      const { error } = fields({ excInfo: 'gone' }, { includeError: true });
      expect(error).toEqual({ type: 'string', message: 'gone' });
    });

    it('and leaves the name to fields where there is none', () => {
      expect(fields({ extra: { error: 'mine' } }, { includeError: true }).error).toBe('mine');
      const both = fields({ extra: { error: 'mine' }, excInfo: refused }, { includeError: true });
      expect(both).toMatchObject({ error: { type: 'Error' }, extra_error: 'mine' });
    });

    it('under another name', () => {
      const written = fields({ excInfo: refused }, { includeError: true, rename_fields: { error: 'err' } });
      expect(written.err).toMatchObject({ code: 'ECONNREFUSED' });
    });

    it('whatever the error does when it is looked at', () => {
      const hostile = new Error('x');
      Object.defineProperty(hostile, 'cause', {
        get: () => {
          throw new Error('no');
        },
      });
      hostile.message = undefined as never;
      expect(fields({ excInfo: hostile }, { includeError: true }).error).toMatchObject({ type: 'Error' });
      const cycle = new Error('a');
      cycle.cause = cycle;
      expect(JSON.stringify(fields({ excInfo: cycle }, { includeError: true }).error)).toContain('"a"');
    });
  });

  it('writes the stack of a call that asked for it', () => {
    expect(fields({ stackInfo: 'Stack:\n  at x' })).toMatchObject({ stack: 'Stack:\n  at x' });
  });

  it('keeps the fields of the call over those of the context, each once', () => {
    const text = line({ context: Object.freeze({ a: 1, b: 1 }), extra: { b: 2 } });
    expect(text).toMatch(/,"a":1,"b":2}$/);
  });

  it('follows the context when it changes, though it remembers its JSON', () => {
    const formatter = new JsonFormatter();
    const first = Object.freeze({ request_id: 'r-1' });
    const second = Object.freeze({ request_id: 'r-2' });
    const ids = [first, first, second, first].map(
      (context) => JSON.parse(formatter.format(new LogRecord({ msg: '', context }))).request_id,
    );
    expect(ids).toEqual(['r-1', 'r-1', 'r-2', 'r-1']);
  });

  it('shows what a filter changed after it saw the fields as attributes', () => {
    const record = new LogRecord({ msg: 'x', extra: { password: 'secret', id: 1 } }).expose();
    record.password = '***';
    record.added = true;
    expect(JSON.parse(new JsonFormatter().format(record))).toMatchObject({
      password: '***',
      id: 1,
      added: true,
    });
  });

  it('throws, as every formatter, for a message that does not fit its arguments, while calls are strict', () => {
    setStrictCalls(true);
    try {
      expect(() => line({ msg: '%d', args: ['x'] })).toThrow(/%d format/);
    } finally {
      setStrictCalls(false);
    }
  });
});

describe('The names that JsonFormatter writes itself', () => {
  it('are never taken by a field: that is written as extra_<name>', () => {
    const extra = { timestamp: 1, level: 2, logger: 3, message: 4, exception: 5, stack: 6, truncated: 7 };
    expect(fields({ extra })).toEqual({
      timestamp: '2024-01-05T15:04:09.007Z',
      level: 'INFO',
      logger: 'shop.orders',
      message: 'paid',
      ...Object.fromEntries(Object.entries(extra).map(([key, value]) => [`extra_${key}`, value])),
    });
  });

  it('lose nothing even where that name is in use too', () => {
    expect(fields({ extra: { level: 1, extra_level: 2 } })).toMatchObject({
      extra_extra_level: 1,
      extra_level: 2,
    });
  });

  it('can be changed; fields may then use the old ones', () => {
    const options = { rename_fields: { timestamp: '@timestamp', level: 'severity', message: 'msg' } };
    expect(fields({ extra: { level: 1, msg: 2 } }, options)).toMatchObject({
      '@timestamp': '2024-01-05T15:04:09.007Z',
      severity: 'INFO',
      msg: 'paid',
      level: 1,
      extra_msg: 2,
    });
  });

  it('include those of static fields', () => {
    const options = { static_fields: { service: 'shop', host: { name: 'a' } } };
    expect(fields({ extra: { service: 'forged' } }, options)).toMatchObject({
      service: 'shop',
      host: { name: 'a' },
      extra_service: 'forged',
    });
  });

  it('leave all others free when fields go into an object of their own', () => {
    expect(fields({ extra: { level: 1 } }, { nestedKey: 'data' })).toMatchObject({
      level: 'INFO',
      data: { level: 1 },
    });
    expect(fields({}, { nestedKey: 'data' })).not.toHaveProperty('data');
  });
});

describe('The options of JsonFormatter', () => {
  it.each([
    [{ timestamp: 'epoch-ms' }, 1704467049007],
    [{ timestamp: 'epoch-s' }, CREATED],
    [{ datefmt: '%d.%m.%Y' }, '05.01.2024'],
  ] as const)('%j gives the timestamp %j', (options, timestamp) => {
    expect(fields({}, options)).toMatchObject({ timestamp });
  });

  it('add the caller and other attributes', () => {
    const caller = { pathname: '/srv/a.ts', lineno: 3, funcName: 'pay' };
    const options = {
      includeCaller: true,
      attributes: ['levelno', 'process'],
      rename_fields: { process: 'pid' },
    };
    expect(fields({ caller }, options)).toMatchObject({
      file: '/srv/a.ts',
      line: 3,
      function: 'pay',
      levelno: 20,
      pid: process.pid,
    });
  });

  it.each([
    [{ timestmp: 'iso' }, 'JsonFormatter.timestmp: unknown key; did you mean "timestamp"?'],
    [{ timestamp: 'unix' }, "JsonFormatter.timestamp: expected 'iso', 'epoch-ms' or 'epoch-s'"],
    [{ rename_fields: { level: '' } }, 'JsonFormatter.rename_fields.level: expected a non-empty string'],
    [
      { rename_fields: { level: 'logger' } },
      'JsonFormatter: two fields are called "logger"; rename one of them',
    ],
    [{ nestedKey: 'stack' }, 'JsonFormatter: two fields are called "stack"; rename one of them'],
    [
      { static_fields: { message: 'x' } },
      'JsonFormatter: two fields are called "message"; rename one of them',
    ],
    [
      { attributes: ['pid'] },
      'JsonFormatter.attributes.0: expected an attribute of records, such as "levelno" or "process", got "pid"',
    ],
  ])('%j is refused', (options, message) => {
    expect(() => new JsonFormatter(options as never)).toThrow(message);
  });
});

describe('What JsonFormatter is given', () => {
  const cycle: Record<string, unknown> = { a: 1 };
  cycle.self = cycle;
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const hostile = {
    get message() {
      throw new Error('no');
    },
  };

  it.each<[string, unknown, unknown]>([
    ['a cycle', cycle, { a: 1, self: '[Circular]' }],
    ['a BigInt', 12345678901234567890n, '12345678901234567890'],
    ['NaN', Number.NaN, null],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['a function', function pay() {}, '[Function: pay]'],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['an invalid date', new Date(Number.NaN), null],
    [
      'a map',
      new Map<unknown, unknown>([
        ['a', 1],
        [2, 'b'],
      ]),
      { a: 1, 2: 'b' },
    ],
    ['a map with objects for keys', new Map([[{ k: 1 }, 1]]), [[{ k: 1 }, 1]]],
    ['a set', new Set([1, 'a']), [1, 'a']],
    ['a buffer', Buffer.from('hello'), 'Buffer(5) base64:aGVsbG8='],
    ['a typed array', new Float64Array([1.5, 2]), [1.5, 2]],
    ['a regular expression', /a+/g, '/a+/g'],
    ['a boxed number', new Object(5), 5],
    ['the parameters of a URL', new URLSearchParams('q=tea'), 'q=tea'],
    ['headers', new Headers({ host: 'shop' }), "Headers { host: 'shop' }"],
    ['an instance whose only text is its own', new Money(5), '5 EUR'],
    ['an instance that has nothing', new (class Nothing {})(), {}],
    ['a hole and undefined in an array', [undefined, 1], [null, 1]],
    ['a lone surrogate', 'a\ud800b', 'a\ud800b'],
    ['toJSON', { toJSON: () => ({ shown: true }) }, { shown: true }],
    [
      'a throwing toJSON',
      {
        toJSON: () => {
          throw new Error('nope');
        },
      },
      '[unreadable: nope]',
    ],
    [
      'a toJSON that gives itself',
      {
        a: 1,
        toJSON() {
          return this;
        },
      },
      { a: 1, toJSON: '[Function: toJSON]' },
    ],
    [
      'a throwing getter',
      {
        get bad(): never {
          throw new Error('no');
        },
        good: 1,
      },
      { bad: '[unreadable: no]', good: 1 },
    ],
    [
      'a getter that throws something hostile',
      {
        get bad(): never {
          throw hostile;
        },
      },
      { bad: '[unreadable]' },
    ],
    ['a revoked proxy', revoked.proxy, "[unreadable: Cannot perform 'get' on a proxy that has been revoked]"],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ])('%s is survived', (_name, value, shown) => {
    const parsed = fields({ extra: { value } });
    const text =
      typeof shown === 'string' && shown.startsWith('[unreadable: Cannot')
        ? expect.stringContaining('[unreadable')
        : shown;
    expect(parsed.value).toEqual(text);
  });

  it('is read at the top level of extra too', () => {
    const extra = Object.defineProperty({ a: 1 }, 'b', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    expect(fields({ extra })).toMatchObject({ a: 1, b: '[unreadable: no]' });
    const proxy = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('hidden');
        },
      },
    );
    expect(fields({ extra: proxy })).toMatchObject({ extra: '[unreadable: hidden]' });
  });

  it('ends a text before whatever comes next', () => {
    const bad = (): never => {
      throw new Error('no');
    };
    const values = { text: 'a', other: 'b', escaped: '"', number: 1, nothing: undefined };
    for (const [name, value] of Object.entries(values)) {
      const extra = { first: 'x', [name]: value, last: 'y' };
      expect(fields({ extra })).toMatchObject(JSON.parse(JSON.stringify(extra)));
    }
    const throwing = Object.defineProperty({ first: 'x' }, 'bad', { enumerable: true, get: bad });
    expect(line({ extra: throwing })).toMatch(/,"first":"x","bad":"\[unreadable: no\]"}$/);
    const proxy = new Proxy(
      { first: 'x', last: 'y' },
      {
        getOwnPropertyDescriptor: (target, key) =>
          key === 'last' ? bad() : Reflect.getOwnPropertyDescriptor(target, key),
      },
    );
    expect(line({ extra: proxy })).toMatch(/,"first":"x","extra":"\[unreadable: no\]"}$/);
    expect(line({ extra: { first: 'x', level: 'y', message: 1, last: 'z' } })).toMatch(
      /,"first":"x","extra_level":"y","extra_message":1,"last":"z"}$/,
    );
    expect(line({ context: { first: 'x' }, extra: { last: 'y' } })).toMatch(/,"first":"x","last":"y"}$/);
  });

  it('gives back any fields when parsed', () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.integer(), fc.boolean());
    const key = fc.string({ maxLength: 5 }).map((name) => `_${name}`);
    fc.assert(
      fc.property(fc.dictionary(key, value, { noNullPrototype: true }), (extra) => {
        const { timestamp, level, logger, message, ...shown } = fields({ extra });
        expect(shown).toEqual(extra);
      }),
    );
  });

  it('leaves out fields that are undefined', () => {
    expect(fields({ extra: { a: undefined } })).not.toHaveProperty('a');
  });

  it('never reaches a prototype: __proto__ is a key like any other', () => {
    const extra = JSON.parse('{"__proto__":{"polluted":1},"constructor":2}');
    expect(line({ extra })).toMatch(/,"__proto__":{"polluted":1},"constructor":2}$/);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('may log through the same formatter while it is written', () => {
    const formatter = new JsonFormatter();
    const inner: string[] = [];
    const value = {
      toJSON: () => inner.push(formatter.format(new LogRecord({ msg: 'inner', extra: { b: 2 } }))),
    };
    const outer = formatter.format(new LogRecord({ msg: 'outer', extra: { value, c: 3 } }));
    expect(JSON.parse(outer)).toMatchObject({ message: 'outer', value: 1, c: 3 });
    expect(JSON.parse(inner[0] as string)).toMatchObject({ message: 'inner', b: 2 });
  });

  it('comes out as valid JSON on one line without controls, whatever it is', () => {
    const steering = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
      withSparseArray: true,
      key: fc.string({ unit: 'binary' }),
    });
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 100 }),
        fc.dictionary(fc.string({ unit: 'binary' }), anything),
        (msg, extra) => {
          const text = line({ msg, extra });
          expect(text).not.toMatch(steering);
          const parsed = JSON.parse(text);
          expect(parsed.message).toBe(msg);
          expect(Buffer.from(text).toString()).toBe(text);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('What is too much', () => {
  const oversized = (text: string) => Buffer.byteLength(text) > 262_144;

  it.each([
    ['a message', { msg: 'x'.repeat(1_000_000) }],
    ['a message to escape', { msg: '\n'.repeat(1_000_000) }],
    ['a message of several bytes a character', { msg: '日'.repeat(1_000_000) }],
    ['a field', { extra: { a: 'x'.repeat(1_000_000) } }],
    [
      'a field to escape',
      { extra: { a: '\u0000'.repeat(60_000), b: '\x85'.repeat(60_000), c: '日'.repeat(60_000) } },
    ],
    ['a key', { extra: { ['k'.repeat(1_000_000)]: 1 } }],
    ['many fields', { extra: Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`k${at}`, at])) }],
    ['a long array', { extra: { a: Array.from({ length: 1_000_000 }, (_, at) => at) } }],
    ['a traceback', { excInfo: new Error('x'.repeat(1_000_000)) }],
    ['a logger name', { name: 'n'.repeat(1_000_000) }],
    ['a buffer', { extra: { a: Buffer.alloc(1_000_000) } }],
  ])('in %s is cut, and said to be', (name, record) => {
    const text = line(record);
    expect(oversized(text)).toBe(false);
    expect(name === 'a logger name' || JSON.parse(text).truncated).toBe(true);
  });

  it('in a message leaves 64 KiB of it, and no half characters', () => {
    expect(Buffer.byteLength(String(fields({ msg: '😀'.repeat(50_000) }).message))).toBe(65_536);
    expect(fields({ msg: 'x'.repeat(65_536) })).not.toHaveProperty('truncated');
  });

  it('in depth leaves ten levels', () => {
    let deep: Record<string, unknown> = { end: 1 };
    for (let level = 0; level < 20; level += 1) deep = { d: deep };
    const text = line({ extra: { deep } });
    expect(text.split('"d":')).toHaveLength(11);
    expect(text).toMatch(/"d":"\[Object\]"}+,"truncated":true}$/);
  });

  it('leaves room for the traceback beside a flood of fields', () => {
    const extra = {
      flood: 'x'.repeat(60_000),
      more: 'y'.repeat(60_000),
      most: 'z'.repeat(60_000),
      last: 'l'.repeat(60_000),
      l2: 'l'.repeat(60_000),
    };
    expect(fields({ extra, excInfo: new Error('boom') })).toMatchObject({
      exception: expect.stringMatching(/^Error: boom/),
      truncated: true,
    });
  });
});
