import { inspect, isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { dictConfig } from '../../lib/config/apply/dict-configurator.js';
import { LoggingConfigError, planConfig } from '../../lib/config/plan/config-plan.js';
import { setStrictCalls } from '../../lib/core/calls/call-arguments.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { CONTEXT, EXTRA, LogRecord, type LogRecordOptions } from '../../lib/core/records/log-record.js';
import { formatTraceback } from '../../lib/core/records/traceback.js';
import { RedactionFilter, type RedactionFilterOptions } from '../../lib/filters/redaction.filter.js';
import { JsonFormatter } from '../../lib/formatters/json.formatter.js';
import { hostileValues } from '../../lib/testing/contract/hostile-values.js';
import { ListHandler } from '../support/list-handler.js';
import { ordinaryLines } from '../support/ordinary-lines.js';
import { resetLogging } from '../support/reset-logging.js';
import { collectStderr } from '../support/stderr-collector.js';

function filtered(options: LogRecordOptions, filterOptions: RedactionFilterOptions = {}): LogRecord {
  return new RedactionFilter(filterOptions).filter(new LogRecord({ levelno: 20, ...options }));
}

const messageOf = (msg: string, options?: RedactionFilterOptions) => filtered({ msg }, options).getMessage();

describe('a record without secrets', () => {
  it('passes as it is', () => {
    const record = new LogRecord({
      msg: 'order %d paid',
      args: [7],
      extra: { user_id: 1, path: '/a' },
      excInfo: new Error('x'),
    });
    expect(new RedactionFilter().filter(record)).toBe(record);
  });

  it('is ordinary text that is not touched', () => {
    expect(ordinaryLines.filter((line) => messageOf(line) !== line)).toEqual([]);
  });

  it('is fields that only sound like secrets', () => {
    const extra = {
      ...{
        prompt_tokens: 512,
        tokenCount: 3,
        hasPassword: true,
        sessionTtlMs: 3000,
        token: null,
        secret: undefined,
      },
      ...{
        author: 'ada',
        secretary: 'bob',
        possession: 'book',
        tokenizer: 'bpe',
        passenger: 'eve',
        compass: 'north',
      },
      ...{ key: 'user:7', keys: ['a', 'b'], monkey: 'x', authored: 1, description: 'a token', id: 'abc' },
    };
    const record = new LogRecord({ msg: 'm', extra });
    expect(new RedactionFilter().filter(record)).toBe(record);
  });
});

describe('what a secret is replaced with', () => {
  it('leaves the text around it readable', () => {
    expect(messageOf('login user=ada password=hunter2 from 10.0.0.1')).toBe(
      'login user=ada password=[REDACTED] from 10.0.0.1',
    );
    expect(messageOf('GET /cb?access_token=abc&page=2')).toBe('GET /cb?access_token=[REDACTED]&page=2');
    expect(messageOf('postgres://ada:hunter2@db:5432/shop')).toBe('postgres://ada:[REDACTED]@db:5432/shop');
    expect(messageOf('Authorization: Bearer abc.def')).toBe('Authorization: [REDACTED]');
    expect(messageOf('Set-Cookie: sid=abc; Path=/')).toBe('Set-Cookie: [REDACTED]');
  });

  it('leaves numbers in JSON as they were written', () => {
    const text =
      '{"id":12345678901234567890,"ratio":1.50,"sizes":[1.0,1e400,7],"token":"a-b-c","tokenCount":1.0}';
    expect(messageOf(text)).toBe(text.replace('a-b-c', '[REDACTED]'));
  });

  it('leaves JSON valid', () => {
    const text = messageOf('{"a":1,"password":12345,"session":{"id":"x"},"tokens":["a"],"b":"c"}');
    expect(JSON.parse(text)).toEqual({
      a: 1,
      password: '[REDACTED]',
      session: '[REDACTED]',
      tokens: '[REDACTED]',
      b: 'c',
    });
    const inText = messageOf('got {"a":1,"pwd":12345,"secret":{"id":"x"}} back');
    expect(JSON.parse(inText.slice(4, -5))).toEqual({ a: 1, pwd: '[REDACTED]', secret: '[REDACTED]' });
  });

  it('is what `censor` says', () => {
    expect(messageOf('pwd=abc', { censor: '***' })).toBe('pwd=***');
  });

  it('can be found by further names and patterns', () => {
    const options = { keys: ['iban', 'card*'], patterns: [/\b\d{3}-\d{2}-\d{4}\b/, 'CUST-[0-9]+'] };
    expect(messageOf('IBAN: DE89370400440532013000', options)).toBe('IBAN: [REDACTED]');
    expect(messageOf('ssn 123-45-6789 of CUST-77', options)).toBe('ssn [REDACTED] of [REDACTED]');
    const { [EXTRA]: extra } = filtered(
      { msg: '', extra: { cardNumber: '4111', card_holder: 'x' } },
      options,
    );
    expect(extra).toEqual({ cardNumber: '[REDACTED]', card_holder: '[REDACTED]' });
  });

  it('leaves names alone that are allowed, unless they are secret by themselves', () => {
    const { [EXTRA]: extra } = filtered(
      { msg: '', extra: { tokenType: 'Bearer', token: 'abc' } },
      { allow: ['token_type'] },
    );
    expect(extra).toEqual({ tokenType: 'Bearer', token: '[REDACTED]' });
    expect(() => new RedactionFilter({ allow: ['Pass-Word'] })).toThrow(/allow.*always secret/);
  });
});

describe('what the caller handed over', () => {
  it('is not changed', () => {
    const make = () => {
      const error = Object.assign(new Error('token=abc', { cause: { password: 'x' } }), {
        config: { secret: 's' },
      });
      error.stack = 'Error: token=abc\n    at x (y.js:1:2)';
      const extra = {
        a: [{ password: 'x' }, new Map([['token', 'y']])],
        error,
        set: new Set([{ pwd: 'z' }]),
      };
      return {
        msg: 'password=%s %j',
        args: ['abc', { secret: 'x' }],
        extra,
        context: { session: 's' },
        excInfo: error,
      };
    };
    const [given, expected] = [make(), make()];
    const record = new LogRecord(given);
    const before = record.args;
    const copy = new RedactionFilter().filter(record);
    expect(copy).not.toBe(record);
    expect(isDeepStrictEqual(given, expected)).toBe(true);
    expect(record.args).toBe(before);
    expect(record[CONTEXT]).toEqual({ session: 's' });
    expect(copy[CONTEXT]).toEqual({ session: '[REDACTED]' });
  });

  it('may be frozen', () => {
    const extra = Object.freeze({ user: Object.freeze({ password: 'x', id: 7 }) });
    expect(filtered({ msg: 'm', extra })[EXTRA]).toEqual({ user: { password: '[REDACTED]', id: 7 } });
  });
});

describe('errors', () => {
  it('keep class, name and stack', () => {
    const error = new RangeError('bad token=abc', {
      cause: new AggregateError([new Error('pwd=abc')], 'many'),
    });
    const { excInfo } = filtered({ msg: 'failed', excInfo: error });
    expect(excInfo).toBeInstanceOf(RangeError);
    expect((excInfo as Error).cause).toBeInstanceOf(AggregateError);
    const text = formatTraceback(excInfo);
    expect(text).toContain('RangeError: bad token=[REDACTED]');
    expect(text).toContain('Error: pwd=[REDACTED]');
    expect(text).toContain('redaction.filter.test');
    expect(text).not.toContain('abc');
  });

  it('are left as they are if they hold no secret', () => {
    const error = new Error('plain', { cause: new TypeError('also plain') });
    expect(filtered({ msg: 'failed', excInfo: error }).excInfo).toBe(error);
  });
});

describe('secrets in values of other kinds', () => {
  const fieldOf = (value: unknown) => filtered({ msg: 'm', extra: { value } })[EXTRA]?.value;

  it('are found in the bytes of an ArrayBuffer and in the source of a regular expression', () => {
    const { buffer } = new TextEncoder().encode('password=hunter2');
    expect(fieldOf(buffer)).toBe('password=[REDACTED]');
    expect(fieldOf(/password=hunter2/)).toBe('/password=[REDACTED]');
    const harmless = [new ArrayBuffer(8), /a+/] as const;
    for (const value of harmless) expect(fieldOf(value)).toBe(value);
  });

  it('are found in what the class of an error says of it', () => {
    class Refused extends Error {
      readonly #token = 'token=hunter2';
      override toString() {
        return `Refused with ${this.#token}`;
      }
    }
    const shown = fieldOf(new Refused('no'));
    expect(shown).toBeInstanceOf(Refused);
    expect(String(shown)).toBe('Refused with token=[REDACTED]');
  });
});

describe('hostile values', () => {
  it.each(hostileValues())('%s: throws nothing', (_name, value) => {
    const record = filtered({
      msg: 'password=%s',
      args: [value],
      extra: { value, deep: [{ value }] },
      excInfo: value,
    });
    expect(() => new JsonFormatter().format(record)).not.toThrow();
    expect(() => filtered({ msg: value })).not.toThrow();
  });

  it('takes time in proportion to the text, whatever it is made of', () => {
    const pieces = [
      'token=',
      'token:{',
      'token:"',
      ':',
      '://a:',
      'eyJ-',
      'token="\\"',
      '-----BEGIN PRIVATE KEY-----',
      'bearer ',
    ];
    const all = [...pieces, '[', '\\', '--token ', "token '", 'a=', ' ', '%3D', '<pwd>', '&', 'password'];
    // Quotes with more backslashes than any that opens a value.
    const quotes = `${'\\'.repeat(9)}'`;
    for (const [piece, start = ''] of [[quotes, 'token=['], ...all.map((one) => [one])] as [
      string,
      string?,
    ][]) {
      const text = start + piece.repeat(Math.ceil(65_536 / piece.length));
      const began = process.cpuUsage();
      messageOf(text);
      expect({ piece, isFast: process.cpuUsage(began).user < 1_000_000 }).toEqual({ piece, isFast: true });
    }
  });

  it('throws nothing for any value, and finds the secret in it', () => {
    fc.assert(
      fc.property(fc.object({ maxDepth: 4 }), fc.string(), (object, text) => {
        const record = filtered({
          msg: text,
          extra: { object, nested: { list: [{ password: 'hunter2hunter2', object }] } },
        });
        return !new JsonFormatter().format(record).includes('hunter2hunter2');
      }),
      { numRuns: 300 },
    );
  });

  it('is bounded', () => {
    const wide = Object.fromEntries(
      Array.from({ length: 50_000 }, (_, index) => [`k${index}`, { password: 'hunter2' }]),
    );
    let deep: object = { password: 'hunter2' };
    for (let level = 0; level < 3_000; level += 1) deep = { deep };
    const record = filtered({ msg: 'm', extra: { wide, deep, long: 'x'.repeat(1_000_000) } });
    expect(JSON.stringify(record[EXTRA])).not.toContain('hunter2');
    expect(JSON.stringify(record[EXTRA]).length).toBeLessThan(1_000_000);
  });
});

describe('in a configuration', () => {
  it('is named on handlers and loggers', () => {
    resetLogging();
    const lines: string[] = [];
    dictConfig({
      version: 1,
      filters: { secrets: { class: 'RedactionFilter', keys: ['iban'] }, other: { '()': 'RedactionFilter' } },
      handlers: {
        list: {
          class: 'StreamHandler',
          stream: { write: (text: string) => lines.push(text) },
          filters: ['secrets'],
        },
      },
      loggers: { shop: { filters: ['other'] } },
      root: { level: 'INFO', handlers: ['list'] },
    });
    getLogger('shop').info('pwd=%s', 'abc');
    getLogger('bank').info('iban %s', 'DE89');
    expect(lines).toEqual(['pwd=[REDACTED]\n', 'iban [REDACTED]\n']);
  });

  it('is refused with a path where it does not fit', () => {
    const plan = (filter: object) => () =>
      planConfig({ version: 1, filters: { secrets: { class: 'RedactionFilter', ...filter } } } as never);
    expect(plan({ patterns: ['('] })).toThrow(LoggingConfigError);
    expect(plan({ patterns: ['('] })).toThrow(/filters\.secrets\.patterns\.0/);
    expect(plan({ key: ['a'] })).toThrow(/did you mean "keys"/);
  });

  it('keeps secrets from the report of a message that does not fit', () => {
    resetLogging();
    const stderr = collectStderr();
    dictConfig({
      version: 1,
      filters: { secrets: { class: 'RedactionFilter' } },
      handlers: { list: { class: 'StreamHandler', stream: { write: () => true }, filters: ['secrets'] } },
      root: { level: 'INFO', handlers: ['list'] },
    });
    getLogger('shop').info('login %s and %s', { password: 'hunter2' });
    setStrictCalls(true);
    getLogger('shop').info('login %s and %s', { password: 'hunter2' });
    expect(stderr.stop()).toContain('--- Logging error ---');
    expect(stderr.text).toContain('the arguments do not fit the message');
    expect(stderr.text).not.toContain('hunter2');
    setStrictCalls(false);
  });
});

describe('RedactionFilter on command lines and prompts', () => {
  const filter = new RedactionFilter();

  it.each([
    'curl -u bob:hunter2 https://shop.example',
    'curl -sSu bob:hunter2 https://shop.example',
    'curl -ubob:hunter2 https://shop.example',
    "curl -u 'bob:hunter2 and more' https://shop.example",
    'curl --user=bob:hunter2 https://shop.example',
    'curl --user "bob:hunter2" https://shop.example',
    'curl --proxy-user bob:hunter2 -U bob:hunter2 https://shop.example',
    'curl \\\n  -u bob:hunter2 \\\n  https://shop.example',
    'spawn ["curl","-u","bob:hunter2","https://shop.example"]',
    "spawn [ 'curl', '-u', 'bob:hunter2' ]",
    'http -a bob:hunter2 GET shop.example',
    'password:\nhunter2',
    'Password:\r\n  hunter2\r\nuser: bob',
    'password:\n\nhunter2',
    'password: \n hunter2 \nthe next line',
    '{"text":"password:\\nhunter2"}',
    'passphrase:\nhunter2 battery staple',
  ])('%j loses its secret', (text) => {
    const redacted = filter.redact(text);
    expect(redacted).toContain('[REDACTED]');
    expect(redacted).not.toMatch(/hunter2|and more|battery/);
  });

  it.each([
    'curl -u bob https://shop.example:443/',
    'curl --user-agent=Mozilla:5 https://shop.example',
    'curl -X POST https://shop.example:80/cards',
    'docker run -u 1000:1000 shop',
    'password:\nmust contain a digit',
    'password:\nuser: bob',
    'PASSWORD=\nUSER=bob',
    'errors:\npassword:\nrequired',
  ])('%j stays as it is', (text) => expect(filter.redact(text)).toBe(text));

  it('takes the argument behind a line that asks for it', () => {
    const record = new LogRecord({ msg: 'password:\n%s', args: ['two words'], levelno: 20 });
    expect(filter.filter(record).getMessage()).toBe('password:\n[REDACTED]');
  });
});

describe('a record that another filter has seen', () => {
  const seen = (extra: Record<string, unknown>, options?: RedactionFilterOptions) =>
    new RedactionFilter(options).filter(new LogRecord({ msg: 'm', extra }).expose());

  it('has a value that the field beside it names as a secret removed from its attributes too', () => {
    const record = seen({ key: 'password', value: 'hunter2' });
    expect(record.value).toBe('[REDACTED]');
    expect(JSON.stringify(record.extraFields())).toBe('{"key":"password","value":"[REDACTED]"}');
  });

  it('has no attribute whose name is a secret', () => {
    const record = seen({ 'Bearer abcdefghijklmnop': 1, a: 2 });
    expect(record.extraFields()).toEqual({ 'Bearer [REDACTED]': '[REDACTED]', a: 2 });
    expect(JSON.stringify(record.toDict())).not.toContain('abcdefghijklmnop');
  });

  it('passes as it is without a secret', () => {
    const record = new LogRecord({ msg: 'm', extra: { a: 1 } }).expose();
    expect(new RedactionFilter({ paths: ['b'] }).filter(record)).toBe(record);
  });
});

describe('a message that its arguments do not fit', () => {
  let stderr: ReturnType<typeof collectStderr>;
  beforeAll(() => {
    stderr = collectStderr();
  });
  afterAll(() => void stderr.stop());
  const shown = (msg: string, ...args: unknown[]) => filtered({ msg, args }).getMessage();

  it('is searched as it is written', () => {
    expect(shown('password:', 'hunter2')).toBe('password: [REDACTED]');
    expect(shown('the password is', 'hunter2', 7)).toBe('the password is [REDACTED] 7');
    expect(shown('password: %s and', 'hunter2', 'pin')).toBe('password: [REDACTED] and pin');
    expect(shown('user', 'ada', 7)).toBe('user ada 7');
  });

  it('keeps a mapping that it reads nothing of', () => {
    expect(shown('login', { user: 'ada', password: 'hunter2' })).toBe(
      "login { user: 'ada', password: '[REDACTED]' }",
    );
  });

  it('is reported all the same', () => {
    shown('pin for reports', 7);
    expect(stderr.text).toContain('(pin for reports): the arguments do not fit the message');
  });
});

it.each([{ args: null }, { args: undefined }, { args: '' }, { args: 0 }, { args: {} }])(
  'a filter before may set %j, which is none',
  (change) => {
    const record = new LogRecord({ msg: '100%' });
    Object.assign(record, change);
    expect(new RedactionFilter().filter(record).getMessage()).toBe('100%');
  },
);

it('a list behind a proxy stays a list', () => {
  const { list } = filtered({ msg: 'm', extra: { list: new Proxy([1, 'token=abc'], {}) } }).extraFields();
  expect(list).toEqual([1, 'token=[REDACTED]']);
});

it('an error keeps a name that is not enumerable, or that a getter has', () => {
  const named = Object.defineProperty(new Error('password=hunter2'), 'name', { value: 'Refused' });
  class Aborted extends Error {
    readonly #name = 'AbortError';

    override get name(): string {
      return this.#name;
    }
  }
  for (const error of [named, new Aborted('password=hunter2')]) {
    const { excInfo } = filtered({ msg: 'm', excInfo: error });
    expect(excInfo).not.toBe(error);
    expect(formatTraceback(excInfo)).toMatch(new RegExp(`^${error.name}: password=\\[REDACTED\\]`));
  }
});

it('a name that a record has keeps naming the value next to it', () => {
  const logger = getLogger('reserved');
  const list = new ListHandler();
  list.addFilter(new RedactionFilter());
  logger.addHandler(list);
  const stderr = collectStderr();
  logger.warning('header', { name: 'x-api-key', value: 'abc' });
  stderr.stop();
  logger.removeHandler(list);
  expect(list.records[0]?.extraFields()).toEqual({ extra_name: 'x-api-key', value: '[REDACTED]' });
});

it('a promise is shown without the secrets that are its properties', () => {
  const promise = Object.assign(Promise.resolve(), { token: 'abc' });
  const record = filtered({ msg: 'm', extra: { a: { toJSON: () => promise }, b: Promise.resolve() } });
  expect(JSON.stringify(record.extraFields())).toBe('{"a":{"token":"[REDACTED]"},"b":{}}');
});

it.each([
  `ghp_${'a1'.repeat(18)}`,
  `github_pat_${'a1'.repeat(18)}`,
  `sk_live_${'a1'.repeat(12)}`,
  `rk_test_${'a1'.repeat(12)}`,
  `whsec_${'a1'.repeat(12)}`,
  `npm_${'a1'.repeat(18)}`,
  `hf_${'a1'.repeat(18)}`,
  `dop_v1_${'a1'.repeat(32)}`,
  `shpat_${'a1'.repeat(16)}`,
  `shpca_${'a1'.repeat(16)}`,
  `shppa_${'a1'.repeat(16)}`,
  `shpss_${'a1'.repeat(16)}`,
])('%s is recognised by its pattern alone', (credential) => {
  expect(messageOf(`got ${credential} back`)).toBe('got [REDACTED] back');
});

describe('the copy of an object with a secret', () => {
  it('has each getter read once, with the value that was searched', () => {
    let read = 0;
    const fields = {
      token: 'abc',
      get note() {
        read += 1;
        return read === 1 ? 'harmless' : 'password=hunter2';
      },
    };
    const { of } = filtered({ msg: 'm', extra: { of: fields } }).extraFields();
    for (const _ of [1, 2]) expect(JSON.stringify(of)).toBe('{"token":"[REDACTED]","note":"harmless"}');
    expect(read).toBe(1);
  });

  it('has the fields that can be read, if one throws', () => {
    const fields = {
      token: 'abc',
      get broken(): string {
        throw new Error('no');
      },
      id: 1,
    };
    const { of } = filtered({ msg: 'm', extra: { of: fields } }).extraFields();
    expect(of).toEqual({ token: '[REDACTED]', broken: '[unreadable]', id: 1 });
  });

  it('has no symbols, which may say more than its fields', () => {
    const fields = { token: 'abc', [Symbol('raw')]: 'token=abc' };
    const { of } = filtered({ msg: 'm', extra: { of: fields } }).extraFields();
    expect(Reflect.ownKeys(of as object)).toEqual(['token']);
  });

  it('has its fields in their order where a name is a secret too', () => {
    const fields = { id: 1, token: 'abc', 'x=1&password=hunter2': 2, last: 3 };
    const { of } = filtered({ msg: 'm', extra: { of: fields } }).extraFields();
    expect(JSON.stringify(of)).toBe(
      '{"id":1,"token":"[REDACTED]","x=1&password=[REDACTED]":"[REDACTED]","last":3}',
    );
  });

  it('has a field called __proto__ as one', () => {
    const fields = JSON.parse('{"token":"abc","__proto__":{"password":"hunter2","id":1}}') as object;
    const { of } = filtered({ msg: 'm', extra: { of: fields } }).extraFields();
    expect(JSON.stringify(of)).toBe('{"token":"[REDACTED]","__proto__":{"password":"[REDACTED]","id":1}}');
  });
});

describe('the stack of an error', () => {
  const PIECES = [
    ...['token', 'password', 'the key', 'bearer', 'basic', 'seed phrase', 'is', 'curl -u', 'abcdef', 'at'],
    ...[':', '=', ' ', ' ', '\n', '"', "'", '{', '[', '-', '--', '->', '.', ',', '%3A', '_', '\\', 'a:'],
  ];
  const FRAMES = [
    '\n    at pay (file:///shop/pay.js:1:2)',
    '\n    at new Pay (/shop/pay.js:1:2)\n    at main (/shop/main.js:33:44)',
    '\n    at eval (eval at run (file:///shop/run.js?token=hunter2), <anonymous>:1:1)',
    '\n    at fetch (https://ann:hunter2@shop.example/x.js:1:2)',
    '\n"hunter2"\n    at pay (file:///shop/pay.js:1:2)',
    '\nhunter2\n    at pay (file:///shop/pay.js:1:2)',
    ' and more\n    at pay (file:///shop/pay.js:1:2)',
    '',
  ];
  const NAMES = ['Error', 'TokenError', 'Key', 'Password', 'E.password', 'x y'];

  it('is searched as any text is, also where its frames were seen before', () => {
    const filter = new RedactionFilter();
    const redacted = (name: string, message: string, frames: string): void => {
      const stack = `${name}: ${message}${frames}`;
      const error = Object.assign(new Error(message), { stack });
      const { excInfo } = filter.filter(new LogRecord({ msg: 'm', excInfo: error }));
      const shown = excInfo as Error;
      expect(shown.stack).toBe(filter.redact(stack.replaceAll(message, () => shown.message)));
    };
    fc.assert(
      fc.property(
        fc.constantFrom(...NAMES),
        fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 7 }),
        fc.constantFrom(...FRAMES),
        (name, pieces, frames) => {
          redacted(name, pieces.join(''), frames);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('has its frames searched once for the errors of one place', () => {
    const search = jest.spyOn(RegExp.prototype, 'exec');
    const fail = (message: string) => new Error(message);
    const filter = new RedactionFilter();
    const searches = [1, 2, 3].map((count) => {
      const error = fail(`no connection in attempt ${count}`);
      search.mockClear();
      filter.filter(new LogRecord({ msg: 'm', excInfo: error }));
      return search.mock.calls.filter(([text]) => String(text).includes('\n    at ')).length;
    });
    search.mockRestore();
    expect(searches[0]).toBeGreaterThan(0);
    expect(searches.slice(1)).toEqual([0, 0]);
  });
});

it('a copy that is printed with all its symbols shows nothing of the original', () => {
  const record = filtered({
    msg: 'm',
    args: [],
    extra: { token: 'hunter2' },
    excInfo: new Error('password=hunter2'),
  });
  expect(inspect(record, { depth: null, showHidden: true })).not.toContain('hunter2');
  expect(inspect({ ...record }, { depth: null })).not.toContain('hunter2');
});
