import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { formatTraceback } from '../../lib/core/records/traceback.js';

/** The lines that are no frames. */
function outline(thrown: unknown): string[] {
  return formatTraceback(thrown)
    .split('\n')
    .filter((line) => !/^\s+at /.test(line));
}

class PaymentError extends Error {}

describe('A traceback', () => {
  it('is the stack as it is', () => {
    const error = new TypeError('boom');
    expect(formatTraceback(error)).toBe(error.stack);
  });

  it('names the class, even where the error does not', () => {
    expect(outline(new PaymentError('refused'))).toEqual(['PaymentError: refused']);
    expect(outline(runInNewContext('new RangeError("elsewhere")'))).toEqual(['RangeError: elsewhere']);
  });

  it('shows the current name and message', () => {
    const error = new Error('first');
    error.message = 'second';
    error.name = 'Renamed';
    expect(outline(error)).toEqual(['Renamed: second']);
    expect(formatTraceback(error)).toMatch(/^Renamed: second\n {4}at /);
  });

  it('follows causes at every level, indented below what they belong to', () => {
    const error = new Error('a', {
      cause: new PaymentError('b', { cause: new TypeError('c', { cause: 'd' }) }),
    });
    expect(outline(error)).toEqual([
      'Error: a',
      '  caused by PaymentError: b',
      '    caused by TypeError: c',
      "      caused by Thrown value: 'd'",
    ]);
    expect(formatTraceback(error)).toMatch(/\n {2}caused by PaymentError: b\n {6}at /);
  });

  it('lists the members of an AggregateError at every level', () => {
    const inner = new AggregateError([new Error('x', { cause: new Error('y') })], 'inner');
    expect(outline(new AggregateError([inner, 5], 'outer', { cause: new Error('z') }))).toEqual([
      'AggregateError: outer',
      '  [error 1 of 2] AggregateError: inner',
      '    [error 1 of 1] Error: x',
      '      caused by Error: y',
      '  [error 2 of 2] Thrown value: 5',
      '  caused by Error: z',
    ]);
  });

  it('shows an error once, cycles included', () => {
    const error = new Error('a');
    error.cause = new Error('b', { cause: error });
    expect(outline(error)).toEqual([
      'Error: a',
      '  caused by Error: b',
      '    caused by [shown above] Error: a',
    ]);
  });

  it("shows an error's own properties, as Node does, below its stack", () => {
    const driver = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: 'Key (id)=(7)\nalready exists.',
      constraint: 'orders_pkey',
    });
    const error = Object.assign(new PaymentError('refused', { cause: driver }), {
      statusCode: 402,
      order: { id: 7, items: ['a'] },
    });
    expect(outline(error)).toEqual([
      'PaymentError: refused',
      '  statusCode: 402',
      "  order: { id: 7, items: [ 'a' ] }",
      '  caused by Error: duplicate key',
      "    code: '23505'",
      "    detail: 'Key (id)=(7)\\nalready exists.'",
      "    constraint: 'orders_pkey'",
    ]);
  });

  it('shows no secrets among them, and no requests, responses or functions', () => {
    class Response {
      body = 'x'.repeat(100);
    }
    const error = Object.assign(new Error('x'), {
      password: 'hunter22',
      config: { headers: { authorization: 'Bearer abcdefgh' }, url: '/orders' },
      response: new Response(),
      retry: () => undefined,
    });
    expect(outline(error)).toEqual([
      'Error: x',
      "  password: '[REDACTED]'",
      "  config: { headers: { authorization: '[REDACTED]' }, url: '/orders' }",
    ]);
  });

  it('bounds them in number and length', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`p${at}`, at]));
    expect(outline(Object.assign(new Error('x'), many))).toHaveLength(31);
    const [, long = ''] = outline(Object.assign(new Error('x'), { sql: 'y'.repeat(50_000) }));
    expect(long.length).toBeLessThan(1_100);
  });

  it('keeps the stack of another engine', () => {
    const error = Object.assign(new Error('boom'), { stack: 'pay@file.js:1:2\nmain@file.js:3:4' });
    expect(formatTraceback(error)).toBe('Error: boom\npay@file.js:1:2\nmain@file.js:3:4');
  });

  it('does without a stack', () => {
    expect(formatTraceback(Object.assign(new Error('boom'), { stack: undefined }))).toBe('Error: boom');
    expect(formatTraceback({ message: 'boom', stack: '' })).toBe('Error: boom');
  });

  it.each([
    ['text\nmore', "Thrown value: 'text\\nmore'"],
    [null, 'Thrown value: null'],
    [undefined, 'Thrown value: undefined'],
    [{ code: 5 }, 'Thrown value: { code: 5 }'],
  ])('of %j says what was thrown', (thrown, text) => {
    expect(formatTraceback(thrown)).toBe(text);
  });
});

describe('A hostile error', () => {
  const thrower = () => {
    throw new Error('no');
  };
  const traps = new Proxy({}, { get: () => thrower });
  const revoked = Proxy.revocable(new Error('x'), {});
  revoked.revoke();
  const members = new Proxy([new Error('a')], { get: thrower });

  it.each<[string, unknown]>([
    [
      'throws from every property',
      Object.create(Error.prototype, {
        message: { get: thrower },
        stack: { get: thrower },
        name: { get: thrower },
        cause: { get: thrower },
        errors: { get: thrower },
      }),
    ],
    ['is a proxy whose traps throw', new Proxy(new Error('x'), traps)],
    ['is a revoked proxy', revoked.proxy],
    ['has members that throw', Object.assign(new Error('x'), { errors: members })],
    ['has a constructor that is none', Object.assign(new Error('x'), { constructor: null })],
    [
      'has own properties that throw',
      Object.defineProperty(new Error('x'), 'code', { enumerable: true, get: thrower }),
    ],
    ['has numbers for texts', Object.assign(new Error('x'), { message: 5, stack: 6, name: 7 })],
  ])('that %s is survived', (_what, thrown) => {
    expect(formatTraceback(thrown)).toMatch(/^(?:Error|Thrown value)/);
  });

  it('with an endless chain, or a million members, is cut', () => {
    let deep = new Error('0');
    for (let level = 1; level < 1000; level += 1) deep = new Error(String(level), { cause: deep });
    expect(outline(deep)).toHaveLength(12);
    expect(outline(deep).at(-1)).toMatch(/caused by \[more errors left out\]$/);
    const wide = Object.assign(new Error('wide'), {
      errors: Array.from({ length: 1_000_000 }, (_, at) => at),
    });
    expect(outline(wide)).toHaveLength(101);
  });

  it('with a name that is no class name does not pose as anything', () => {
    const error = Object.assign(new Error('x'), { name: '2024-01-05 INFO root' });
    expect(outline(error)).toEqual(['Error: x']);
  });
});

describe('`errors` of an error', () => {
  it('is a property like others where it is no list', () => {
    const error = Object.assign(new Error('Validation failed'), { errors: { name: new Error('required') } });
    expect(outline(error)).toEqual(['Error: Validation failed', '  errors: { name: [Error: required] }']);
  });
});
