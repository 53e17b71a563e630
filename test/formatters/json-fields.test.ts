import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { planConfig } from '../../lib/config/plan/config-plan.js';
import { LogRecord, type LogRecordOptions } from '../../lib/core/records/log-record.js';
import { JsonFormatter, type JsonFormatterOptions } from '../../lib/formatters/json.formatter.js';
import { resetLogging } from '../support/reset-logging.js';

type Fields = Record<string, unknown>;

const boom = (): never => {
  throw new Error('boom');
};

function lineOf(formatter: JsonFormatter, record: LogRecordOptions = {}): string {
  return formatter.format(new LogRecord({ name: 'shop', levelno: 20, created: 0, msg: 'paid', ...record }));
}

function line(options: JsonFormatterOptions, record: LogRecordOptions = {}): string {
  return lineOf(new JsonFormatter(options), record);
}

function fields(options: JsonFormatterOptions, extra: Fields, record: LogRecordOptions = {}): Fields {
  const { timestamp, level, logger, message, ...others } = JSON.parse(line(options, { extra, ...record }));
  return others;
}

let stderr: jest.SpiedFunction<typeof process.stderr.write>;
const reports = () => stderr.mock.calls.map(([text]) => String(text)).join('');

beforeEach(() => {
  resetLogging();
  stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  jest.restoreAllMocks();
  resetLogging();
});

it('writes a field with a reserved name under the first that is free, whatever the record before it had', () => {
  const formatter = new JsonFormatter();
  const written = (extra: Fields, context?: Fields) => {
    const { timestamp, logger, level, message, ...others } = JSON.parse(
      lineOf(formatter, { extra, context }),
    );
    return others;
  };
  const taken = { level: 1, extra_level: 2 };
  for (let time = 0; time < 2; time += 1) {
    expect(written(taken)).toEqual({ extra_extra_level: 1, extra_level: 2 });
    expect(written({ level: 3 })).toEqual({ extra_level: 3 });
    expect(written({ level: 4 }, { extra_level: 5 })).toEqual({ extra_extra_level: 4, extra_level: 5 });
  }
});

describe('rename_fields', () => {
  it('renames the fields of context and call', () => {
    const rename_fields = { trace_id: 'dd.trace_id', request_id: 'requestId', timestamp: 'time' };
    const context = { request_id: 'r-1', trace_id: 't-1' };
    expect(line({ rename_fields }, { context, extra: { user: 1 } })).toBe(
      '{"time":"1970-01-01T00:00:00.000Z","level":"INFO","logger":"shop","message":"paid","requestId":"r-1","dd.trace_id":"t-1","user":1}',
    );
  });

  it('loses no field, whatever has the new name already', () => {
    expect(fields({ rename_fields: { a: 'b' } }, { a: 1, b: 2 })).toEqual({ extra_b: 1, b: 2 });
    expect(fields({ rename_fields: { a: 'c', b: 'c' } }, { a: 1, b: 2 })).toEqual({ c: 1, extra_c: 2 });
  });

  it('leaves fields alone that have the old name of one of the formatter', () => {
    expect(
      JSON.parse(line({ rename_fields: { level: 'severity', x: 'y' } }, { extra: { level: 5 } })),
    ).toMatchObject({
      severity: 'INFO',
      level: 5,
    });
    const nested = { rename_fields: { level: 'severity', x: 'y' }, nestedKey: 'data' };
    expect(fields(nested, { level: 5, x: 1 })).toEqual({ severity: 'INFO', data: { level: 5, y: 1 } });
  });

  it('renames an error field of the call where the formatter has none', () => {
    expect(fields({ rename_fields: { error: 'err' } }, { error: 'E1' })).toEqual({ err: 'E1' });
  });

  it('gives no field a name of the formatter', () => {
    expect(() => new JsonFormatter({ rename_fields: { severity: 'level' } })).toThrow(
      'JsonFormatter: two fields are called "level"; rename one of them',
    );
    const renamed = { class: 'JsonFormatter', rename_fields: { severity: 'level' } };
    expect(() => planConfig({ version: 1, formatters: { json: renamed } })).toThrow(
      'formatters.json: two fields are called "level"; rename one of them',
    );
  });
});

describe('drop_fields', () => {
  it('leaves fields out, by the name they have or the name they are written under', () => {
    const options = {
      rename_fields: { level: 'severity', a: 'b' },
      drop_fields: ['severity', 'a', 'logger', 'user'],
    };
    expect(line(options, { extra: { a: 1, user: 2, kept: 3 } })).toBe(
      '{"timestamp":"1970-01-01T00:00:00.000Z","message":"paid","kept":3}',
    );
  });

  it('leaves out the traceback and what is in the nested object', () => {
    const options = { drop_fields: ['exception', 'secret'], nestedKey: 'data' };
    expect(fields(options, { secret: 1, open: 2 }, { excInfo: new Error('no funds') })).toEqual({
      data: { open: 2 },
    });
  });
});

describe('order', () => {
  it('puts fields first, and leaves the others as they are', () => {
    expect(line({ order: ['message', 'user', 'nowhere', 'level'] }, { extra: { a: 1, user: 2 } })).toBe(
      '{"message":"paid","user":2,"level":"INFO","timestamp":"1970-01-01T00:00:00.000Z","logger":"shop","a":1}',
    );
  });

  it('holds for names that are numbers too', () => {
    expect(
      line(
        { order: ['message', '2'], drop_fields: ['timestamp', 'logger'] },
        { extra: { 1: 'a', 2: 'b', x: 'c' } },
      ),
    ).toBe('{"message":"paid","2":"b","level":"INFO","x":"c","1":"a"}');
  });
});

describe('redact', () => {
  const secret = 's3cret';

  it.each<[path: string, extra: Fields, written: Fields]>([
    [
      'user.password',
      { user: { name: 'a', password: secret } },
      { user: { name: 'a', password: '[REDACTED]' } },
    ],
    [
      '*.token',
      { a: { token: secret }, b: { token: secret, c: 1 } },
      { a: { token: '[REDACTED]' }, b: { token: '[REDACTED]', c: 1 } },
    ],
    ['items[*].card', { items: [{ card: secret }, { n: 1 }] }, { items: [{ card: '[REDACTED]' }, { n: 1 }] }],
    ['items[1]', { items: [1, secret] }, { items: [1, '[REDACTED]'] }],
    [
      'headers["x-api-key"]',
      { headers: { 'x-api-key': secret } },
      { headers: { 'x-api-key': '[REDACTED]' } },
    ],
    [
      "headers['x-api-key']",
      { headers: { 'x-api-key': secret } },
      { headers: { 'x-api-key': '[REDACTED]' } },
    ],
    ['["x-api-key"]', { 'x-api-key': secret }, { 'x-api-key': '[REDACTED]' }],
    ['a.*.b[*].c', { a: { x: { b: [{ c: secret }] } } }, { a: { x: { b: [{ c: '[REDACTED]' }] } } }],
    ['password', { password: secret }, { password: '[REDACTED]' }],
    ['user.password', { user: 'text' }, { user: 'text' }],
    ['level.password', { level: { password: secret } }, { extra_level: { password: '[REDACTED]' } }],
  ])('%s', (path, extra, written) => {
    const before = JSON.stringify(extra);
    const text = line({ redact: [path] }, { extra });
    expect(JSON.parse(text)).toMatchObject(written);
    expect(text).not.toContain(secret);
    expect(JSON.stringify(extra)).toBe(before);
  });

  it('censors as configured, or removes', () => {
    const extra = { user: { name: 'a', card: '4111111111111111' }, list: [secret] };
    const paths = ['user.card', 'list[0]'];
    expect(fields({ redact: { paths, censor: '***' } }, extra)).toEqual({
      user: { name: 'a', card: '***' },
      list: ['***'],
    });
    expect(fields({ redact: { paths, remove: true } }, extra)).toEqual({ user: { name: 'a' }, list: [null] });
    expect(fields({ redact: { paths: ['user'], remove: true } }, { user: 1, n: 2 })).toEqual({ n: 2 });
    const censor = (value: unknown, path: readonly string[]) =>
      `${path.join('/')} …${String(value).slice(-4)}`;
    expect(fields({ redact: { paths: ['user.card'], censor } }, extra).user).toEqual({
      name: 'a',
      card: 'user/card …1111',
    });
    expect(fields({ redact: { paths: ['user.card'], censor: boom } }, extra).user).toEqual({
      name: 'a',
      card: '[REDACTED]',
    });
  });

  it('finds what is written of an object, whatever it is', () => {
    class Account {
      readonly #password = secret;
      toJSON() {
        return { id: 1, password: this.#password };
      }
    }
    const cyclic: Fields = { password: secret };
    cyclic.self = cyclic;
    const getter = Object.defineProperty({ n: 1 }, 'password', { get: () => secret, enumerable: true });
    const throws = Object.defineProperty({ password: secret }, 'bad', { get: boom, enumerable: true });
    const error = Object.assign(new Error('refused'), { password: secret });
    const map = new Map([['password', secret]]);
    for (const user of [
      new Account(),
      cyclic,
      getter,
      throws,
      error,
      map,
      new Proxy({ password: secret }, {}),
    ]) {
      const text = line({ redact: ['user.password'] }, { extra: { user } });
      expect(text).not.toContain(secret);
      expect(JSON.parse(text).user.password).toBe('[REDACTED]');
    }
  });

  it('writes the same in one pass as through a document, which other options need', () => {
    const shared = { password: secret, n: -0 };
    const values: unknown[] = [
      ...[secret, 5, null, undefined, true, 1e21, [], {}, [secret, [secret]], shared, [shared, shared]],
      ...[{ password: undefined }, { token: { password: secret } }, new Map([['password', secret]])],
      ...[new Date(0), new Set([secret]), { toJSON: () => shared }, Object.create(null, {}), () => secret],
      Object.assign(new Error('refused', { cause: shared }), { password: secret }),
      Object.defineProperty({ n: 1 }, 'password', { get: boom, enumerable: true }),
      new Proxy({}, { ownKeys: boom, get: boom, getPrototypeOf: boom }),
      { password: { password: { password: { password: secret } } } },
    ];
    const names = ['user', 'password', 'token', 'x', 'extra_user', 'name'];
    const paths = ['user', 'user.password', 'token.password', 'user.token.password', 'password[1]', 'name'];
    for (const path of paths) {
      for (const [at, value] of values.entries()) {
        const other = values[(at * 7 + 3) % values.length];
        for (const name of names) {
          const extra = { first: 1, [name]: value, token: other, last: { [name]: value } };
          const redact = [path, 'card'];
          expect(line({ redact }, { extra })).toBe(line({ redact, drop_fields: ['nope'] }, { extra }));
          const context = Object.freeze({ [name]: value });
          expect(line({ redact }, { context })).toBe(line({ redact, drop_fields: ['nope'] }, { context }));
        }
      }
    }
  });

  it('reaches no prototype', () => {
    const extra = JSON.parse('{"__proto__":{"polluted":"s3cret"},"a":{"__proto__":{"polluted":"s3cret"}}}');
    const text = line(
      { redact: ['__proto__.polluted', 'a.__proto__.polluted', 'constructor.prototype.x', 'b.c'] },
      { extra },
    );
    expect(text).not.toContain(secret);
    expect(text).toContain('"__proto__":{"polluted":"[REDACTED]"}');
    expect(({} as Fields).polluted).toBeUndefined();
  });

  it('follows renamed and nested fields by both names', () => {
    const extra = { user: { password: secret } };
    for (const path of ['user.password', 'u.password'])
      expect(line({ redact: [path], rename_fields: { user: 'u' } }, { extra })).not.toContain(secret);
    for (const path of ['user.password', 'data.user.password'])
      expect(line({ redact: [path], nestedKey: 'data' }, { extra })).not.toContain(secret);
  });

  it('takes out what methods and serializers put in', () => {
    class Custom extends JsonFormatter {
      protected override addFields(all: Fields): void {
        all.login = { password: secret };
      }
      protected override processFields(all: Fields): Fields {
        return { ...all, again: { password: secret } };
      }
    }
    const options = { redact: ['*.password'], serializers: { user: () => ({ password: secret }) } };
    expect(lineOf(new Custom(options), { extra: { user: 1 } })).not.toContain(secret);
  });

  it.each(['', '.a', 'a.', 'a..b', 'a[', 'a[]', 'a]', 'a["b]', 'a[b]', 'a b'])(
    'refuses the path %j',
    (path) => {
      expect(() => new JsonFormatter({ redact: [path] })).toThrow(/^JsonFormatter\.redact/);
    },
  );
});

describe('serializers', () => {
  it('make of a field what is written', () => {
    const serializers = { req: (value: unknown) => (value as { url: string }).url, level: () => 'info' };
    expect(JSON.parse(line({ serializers }, { extra: { req: { url: '/cats', socket: {} } } }))).toMatchObject(
      {
        req: '/cats',
        level: 'info',
      },
    );
  });

  it('are given the error itself, as exception or under the name that it is written under', () => {
    const error = Object.assign(new RangeError('too far'), { code: 'E_FAR' });
    const summary = (value: unknown) => ({
      type: (value as Error).name,
      code: (value as { code: string }).code,
    });
    const written = { type: 'RangeError', code: 'E_FAR' };
    expect(fields({ serializers: { exception: summary } }, {}, { excInfo: error })).toEqual({
      exception: written,
    });
    const renamed = { rename_fields: { exception: 'err' }, serializers: { err: summary } };
    expect(fields(renamed, {}, { excInfo: error })).toEqual({ err: written });
  });

  it('that throw cost the field, and nothing else', () => {
    expect(fields({ serializers: { a: boom } }, { a: 1, b: 2 })).toEqual({ a: '[unreadable: boom]', b: 2 });
  });

  it('are functions', () => {
    expect(() => new JsonFormatter({ serializers: { err: 'std' as never } })).toThrow(
      'JsonFormatter.serializers.err: expected a function of the value',
    );
  });
});

describe('A subclass of JsonFormatter', () => {
  it('adds, computes and deletes fields in addFields', () => {
    class Custom extends JsonFormatter {
      protected override addFields(all: Fields, record: LogRecord): void {
        all.severity = record.levelno * 10;
        all.who = `${all.user}@shop`;
        Reflect.deleteProperty(all, 'user');
      }
    }
    expect(lineOf(new Custom(), { extra: { user: 'bob' } })).toBe(
      '{"timestamp":"1970-01-01T00:00:00.000Z","level":"INFO","logger":"shop","message":"paid","severity":200,"who":"bob@shop"}',
    );
  });

  it('changes or replaces everything in processFields', () => {
    class Custom extends JsonFormatter {
      protected override processFields(all: Fields): Fields {
        return { event: all.message, at: all.timestamp };
      }
    }
    expect(lineOf(new Custom())).toBe('{"event":"paid","at":"1970-01-01T00:00:00.000Z"}');
  });

  it('converts what JSON has not in convertValue, at any depth', () => {
    class Custom extends JsonFormatter {
      protected override convertValue(value: unknown): unknown {
        if (typeof value === 'bigint') return Number(value);
        return value instanceof Set ? { size: value.size } : super.convertValue(value);
      }
    }
    const extra = { big: 5n, list: [{ tags: new Set([1, 2]) }], at: new Date(0), fn: boom };
    expect(JSON.parse(lineOf(new Custom(), { extra }))).toMatchObject({
      big: 5,
      list: [{ tags: { size: 2 } }],
      at: '1970-01-01T00:00:00.000Z',
      fn: '[Function: boom]',
    });
  });

  it('may have its methods as properties', () => {
    class Custom extends JsonFormatter {
      protected override addFields = (all: Fields): void => {
        all.x = 1;
      };
    }
    expect(JSON.parse(lineOf(new Custom()))).toMatchObject({ message: 'paid', x: 1 });
  });

  it('loses no record and throws nothing when they throw or answer with something else', () => {
    class Throws extends JsonFormatter {
      protected override addFields = boom;
      protected override processFields = boom;
      protected override convertValue = boom;
    }
    expect(JSON.parse(lineOf(new Throws(), { extra: { n: 1, at: new Date(0), big: 1n } }))).toMatchObject({
      message: 'paid',
      n: 1,
      at: '[unreadable: boom]',
      big: '[unreadable: boom]',
    });
    class Wrong extends JsonFormatter {
      protected override processFields = (async () => boom()) as never;
      protected override convertValue = (value: unknown): unknown => [value];
    }
    expect(JSON.parse(lineOf(new Wrong(), { extra: { at: new Date(0), fn: boom } })).message).toBe('paid');
    expect(reports()).toContain('boom');
    expect(reports()).toContain('processFields: expected a synchronous result, got a promise');
  });
});

describe('Fields that are hostile, where a formatter has a say in them', () => {
  const hostile = new Proxy({}, { ownKeys: boom, get: boom, getPrototypeOf: boom, has: boom });
  const getter = Object.defineProperty({ n: 1 }, 'bad', { get: boom, enumerable: true });

  it.each<[string, unknown]>([
    ['a proxy', hostile],
    ['a getter that throws', getter],
    ['__proto__', JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')],
    ['toJSON', { toJSON: boom }],
  ])('%s: the line is valid JSON and no prototype is changed', (_, extra) => {
    const options = {
      order: ['bad'],
      drop_fields: ['nope'],
      redact: ['*.x', 'bad.y'],
      serializers: { bad: (value: unknown) => value },
    };
    for (const record of [{ extra }, { context: extra }, { extra: { value: extra } }]) {
      for (const nestedKey of [undefined, 'data']) {
        const text = line({ ...options, nestedKey }, record as LogRecordOptions);
        expect(JSON.parse(text).message).toBe('paid');
      }
    }
    expect(({} as Fields).polluted).toBeUndefined();
  });

  it('are bounded, and leave room for message and traceback', () => {
    const extra = Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`k${at}`, 'x'.repeat(500)]));
    const text = line({ order: ['k1'] }, { extra, excInfo: new Error('no funds') });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(262_144);
    const written = JSON.parse(text);
    expect(written).toMatchObject({ message: 'paid', truncated: true });
    expect(written.exception).toMatch(/^Error: no funds\n/);
  });
});

describe('A formatter whose options and methods change nothing', () => {
  it('writes what one without them writes', () => {
    class Same extends JsonFormatter {
      protected override addFields(): void {}
    }
    const record = {
      msg: 'order %d',
      args: [5],
      context: { request_id: 'r-1', level: 'x' },
      extra: { a: 'ä"\n', n: 1.5, o: { d: new Date(0) }, undef: undefined },
      excInfo: new Error('no funds', { cause: 'x' }),
      stackInfo: 'Stack:\n  at x',
      caller: { pathname: '/srv/a.ts', lineno: 3, funcName: 'pay' },
    };
    const all: JsonFormatterOptions[] = [
      {},
      { includeError: true },
      { exception: 'object' },
      { nestedKey: 'data' },
      { static_fields: { service: 'shop' }, attributes: ['levelno'], includeCaller: true },
      { rename_fields: { message: 'msg', level: 'severity' }, timestamp: 'epoch-ms' },
    ];
    for (const options of all) expect(lineOf(new Same(options), record)).toBe(line(options, record));
  });
});

describe('names in a line', () => {
  it('are there once, in context and call together', () => {
    const given: LogRecordOptions[] = [
      { extra: { level: 1 }, context: { extra_level: 2 } },
      { extra: { extra_level: 1 }, context: { level: 2 } },
      { extra: { level: 1, extra_level: 2 } },
      { extra: { level: 1 }, context: { level: 3, extra_level: 2 } },
    ];
    for (const record of given) {
      const all = new JsonFormatter();
      // The second time the context is remembered.
      for (let at = 0; at < 3; at += 1) {
        const text = lineOf(all, record);
        const names = [...text.matchAll(/"(\w+)":/g)].map(([, name]) => name).sort();
        expect(names).toEqual(
          ['extra_extra_level', 'extra_level', 'level', 'logger', 'message', 'timestamp'].sort(),
        );
      }
    }
  });

  it('of a remembered context are those that the fields of the call leave free', () => {
    const formatter = new JsonFormatter();
    const context = Object.freeze({ level: 'c' });
    const names = (extra: Fields) => Object.keys(JSON.parse(lineOf(formatter, { context, extra }))).slice(4);
    for (let at = 0; at < 3; at += 1) expect(names({ a: 1 })).toEqual(['extra_level', 'a']);
    expect(names({ extra_level: 1 })).toEqual(['extra_extra_level', 'extra_level']);
  });

  it('are there once in `error`', () => {
    const excInfo = Object.assign(new TypeError('too large'), { type: 'entity.too.large', extra_type: 1 });
    for (const options of [{}, { drop_fields: ['other'] }]) {
      const text = line({ includeError: true, ...options }, { excInfo });
      expect(text).toContain(
        '"error":{"type":"TypeError","message":"too large","extra_extra_type":"entity.too.large","extra_type":1}',
      );
    }
  });
});

it('JSON of an error has its `errors` where they are no list', () => {
  const error = Object.assign(new Error('Validation failed'), { errors: { name: 'required' } });
  expect(fields({}, { error })).toMatchObject({ error: { errors: { name: 'required' } } });
});

it('a context that comes again does not make a line longer than 256 KiB', () => {
  const context = Object.freeze(
    Object.fromEntries(['a', 'b', 'c', 'd'].map((key) => [key, 'é'.repeat(60_000)])),
  );
  const formatter = new JsonFormatter();
  for (let round = 0; round < 4; round += 1) {
    const line = formatter.format(new LogRecord({ msg: 'm', context }));
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(262_144);
    expect(JSON.parse(line)).toMatchObject({ message: 'm', truncated: true });
  }
});

it('the field error of a record whose error a filter has removed keeps its name', () => {
  const record = () => new LogRecord({ msg: 'm', excInfo: null, extra: { error: 'none' } });
  for (const options of [{}, { drop_fields: ['other'] }])
    expect(JSON.parse(new JsonFormatter({ includeError: true, ...options }).format(record()))).toMatchObject({
      error: 'none',
    });
});

it('a key that was cut is reported in every line', () => {
  for (const options of [{}, { drop_fields: ['other'] }]) {
    const line = new JsonFormatter(options).format(
      new LogRecord({ msg: 'm', extra: { ['k'.repeat(300)]: 1 } }),
    );
    expect(JSON.parse(line)).toMatchObject({ message: 'm', truncated: true });
  }
});

it('a field called toJSON takes no other field below nestedKey with it', () => {
  const extra = { toJSON: () => 1, a: 2 };
  for (const options of [{}, { drop_fields: ['other'] }])
    expect(
      JSON.parse(
        new JsonFormatter({ nestedKey: 'data', ...options }).format(new LogRecord({ msg: 'm', extra })),
      ),
    ).toMatchObject({ data: { toJSON: '[Function: toJSON]', a: 2 } });
});
