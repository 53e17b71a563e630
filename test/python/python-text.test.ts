import { AsyncLocalStorage } from 'node:async_hooks';
import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ascii, repr, str } from '../../lib/python/python-text.js';

class Point {
  x = 1;
}

class Money {
  toString() {
    return '5 EUR';
  }
}

describe('str', () => {
  it.each<[string, unknown, string]>([
    ['text', 'a\nb', 'a\nb'],
    ['an integer', 42, '42'],
    ['an integral float', 2.0, '2'],
    ['minus zero', -0, '0'],
    ['an integer beyond 2 ** 53', 2 ** 60, '1152921504606846976'],
    ['a very great number', 1.5e300, '1.5e+300'],
    ['a small number', 0.00001, '1e-05'],
    ['a smaller number', 1.25e-7, '1.25e-07'],
    ['the smallest number without exponent', 0.0001, '0.0001'],
    ['NaN', Number.NaN, 'nan'],
    ['infinity', Number.NEGATIVE_INFINITY, '-inf'],
    ['a BigInt', 2n ** 70n, '1180591620717411303424'],
    ['a boolean', true, 'true'],
    ['null', null, 'null'],
    ['undefined', undefined, 'undefined'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['a function', function pay() {}, '[Function: pay]'],
    ['a class', Point, '[class Point]'],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['an invalid date', new Date(Number.NaN), 'Invalid Date'],
    ['an error', new RangeError('too far'), 'RangeError: too far'],
    [
      'an object',
      { id: 7, tags: ['a', null], 'a-b': { c: -0 } },
      "{ id: 7, tags: [ 'a', null ], 'a-b': { c: -0 } }",
    ],
    ['an empty array', [], '[]'],
    ['an instance', new Point(), 'Point { x: 1 }'],
    ['an instance with a text of its own', new Money(), '5 EUR'],
    ['such an instance in an array', [new Money()], '[ 5 EUR ]'],
    ['an error in an object', { error: new Error('inner') }, '{ error: [Error: inner] }'],
    ['a map', new Map([['a', 1n]]), "Map(1) { 'a' => 1n }"],
    ['a set', new Set([1]), 'Set(1) { 1 }'],
    ['a URL', new URL('http://host/path'), 'http://host/path'],
    ['a buffer', Buffer.from('hi'), '<Buffer 68 69>'],
    ['a regular expression', /x/g, '/x/g'],
    ['an object without prototype', Object.create(null), '[Object: null prototype] {}'],
    ['a promise', Promise.resolve(1), '[Promise]'],
    ['an own __proto__ key', JSON.parse('{"__proto__":1}'), "{ ['__proto__']: 1 }"],
  ])('writes %s', (_what, value, text) => {
    expect(str(value)).toBe(text);
  });

  it('names getters and does not call them', () => {
    const value = {
      get secret() {
        throw new Error('called');
      },
    };
    expect(str(value)).toBe('{ secret: [Getter] }');
  });

  it('does not show the asynchronous context that Node hangs on promises and timers', () => {
    new AsyncLocalStorage().run({ token: 'hunter2' }, () => {
      const timer = setTimeout(() => {}, 0);
      clearTimeout(timer);
      expect(str({ promise: Promise.resolve(), timer })).not.toContain('hunter2');
    });
  });

  it('runs no trap of a proxy', () => {
    const trapped = () => {
      throw new Error('trapped');
    };
    const proxy = new Proxy(
      { a: 1 },
      { get: trapped, ownKeys: trapped, getPrototypeOf: trapped, has: trapped },
    );
    // Since Node 26 it says that it is one.
    expect(str(proxy)).toMatch(/^(?:Proxy\()?\{ a: 1 \}\)?$/);
    expect(str([proxy])).toMatch(/^\[ (?:Proxy\()?\{ a: 1 \}\)? \]$/);
    const { proxy: revoked, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(str(revoked)).toBe('<Revoked Proxy>');
  });

  it('says why a value has no text', () => {
    const thrower = (reason: unknown) => ({
      toString() {
        throw reason;
      },
    });
    expect(str(thrower(new Error('no text')))).toBe('[unprintable: no text]');
    expect(str({ a: 1, b: thrower('reason') })).toBe('{ a: 1, b: [unprintable: reason] }');
    const hostile = new Proxy(new Error('x'), {
      get() {
        throw new Error('again');
      },
    });
    expect(str(thrower(hostile))).toBe('[unprintable]');
  });

  it('ends where a value contains itself, and where it is deep', () => {
    const cycle: Record<string, unknown> = { n: 1 };
    cycle.self = cycle;
    expect(str(cycle)).toBe('{ n: 1, self: [Circular] }');
    let deep: unknown = 'bottom';
    for (let level = 0; level < 10_000; level++) deep = [deep];
    expect(str(deep)).toBe('[ [ [ [ [ [ [Array] ] ] ] ] ] ]');
  });

  it('keeps great values short', () => {
    expect(str(new Array(1_000).fill(0))).toMatch(/, \.\.\. 900 more items \]$/);
    const wide = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`key${at}`, at]));
    expect(str(wide)).toMatch(/, \.\.\. 900 more items }$/);
    const branching = (level: number): unknown =>
      level === 0 ? 'x'.repeat(1_000) : new Array(100).fill(branching(level - 1));
    expect(str(branching(4)).length).toBeLessThan(40_000);
    expect(str(['y'.repeat(1_000_000)]).length).toBeLessThan(20_000);
    expect(str(new Map([['k', branching(3)]])).length).toBeLessThan(40_000);
  });

  it('writes values of another realm as its own', () => {
    const foreign = runInContext(
      '({ o: { a: [1] }, e: new TypeError("x"), d: new Date(0) })',
      createContext(),
    );
    expect(str(foreign)).toBe('{ o: { a: [ 1 ] }, e: [TypeError: x], d: 1970-01-01T00:00:00.000Z }');
  });

  it('puts any value that is no text on one line, and never throws', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withSparseArray: true,
      withTypedArray: true,
      withObjectString: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        for (const text of [str(value), str([value]), str({ value })]) expect(typeof text).toBe('string');
        expect(str([value])).not.toContain('\n');
      }),
    );
  });
});

describe('repr', () => {
  it.each([
    ['plain', "'plain'"],
    ["it's", '"it\'s"'],
    ['say "it\'s"', "'say \"it\\'s\"'"],
    ['a\\b', "'a\\\\b'"],
    ['\t\n\r\0\x1b\x7f', "'\\t\\n\\r\\x00\\x1b\\x7f'"],
    ['\x85\xa0\xad', "'\\x85\\xa0\\xad'"],
    ['é日😀', "'é日😀'"],
    ['\u2028\u202e\ufeff', "'\\u2028\\u202e\\ufeff'"],
    ['\ud83d', "'\\ud83d'"],
    ['\u{e0001}', "'\\U000e0001'"],
  ])('quotes %j', (text, quoted) => {
    expect(repr(text)).toBe(quoted);
  });

  it('writes all else as str does', () => {
    for (const value of [1.5, null, [1, 'a'], new Date(0)]) expect(repr(value)).toBe(str(value));
  });

  it('leaves no character that moves the cursor, breaks the line or hides', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(repr(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });
});

/** What `repr` and `ascii` are to give, character by character. */
function quotedOneByOne(text: string, isAscii: boolean): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const named = new Map([
    ['\t', '\\t'],
    ['\n', '\\n'],
    ['\r', '\\r'],
    ['\\', '\\\\'],
    [quote, `\\${quote}`],
    [' ', ' '],
  ]);
  const one = (character: string): string => {
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    if (!/[\p{C}\p{Z}]/u.test(character) && !(isAscii && code > 0x7e)) return character;
    if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
    return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
  };
  return quote + [...text].map((character) => named.get(character) ?? one(character)).join('') + quote;
}

describe('quoted strings', () => {
  it('are quoted as they would be character by character', () => {
    const unit = fc.oneof(
      fc.constantFrom(
        "'",
        '"',
        '\\',
        '\n',
        '\t',
        '\r',
        ' ',
        'a',
        '\u00a0',
        '\u00ad',
        '\u200b',
        '\ud83d',
        '\ude00',
      ),
      fc.integer({ min: 0, max: 0x5ff }).map((code) => String.fromCharCode(code)),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
        expect(repr(text)).toBe(quotedOneByOne(text, false));
        expect(ascii(text)).toBe(quotedOneByOne(text, true));
      }),
      { numRuns: 2_000 },
    );
  });

  it('are right for each character of the basic plane', () => {
    for (let code = 0; code < 0x10000; code += 1) {
      const character = String.fromCharCode(code);
      if (repr(character) !== quotedOneByOne(character, false)) expect(repr(character)).toBe(code);
    }
    expect(repr("it's \u{1f600}")).toBe('"it\'s \u{1f600}"');
  });
});

describe('ascii', () => {
  it('escapes all that is not ASCII, in objects too', () => {
    expect(ascii('é日😀')).toBe("'\\xe9\\u65e5\\U0001f600'");
    expect(ascii({ é: 'ü' })).toBe("{ '\\xe9': '\\xfc' }");
    expect(ascii('plain')).toBe("'plain'");
  });
});

describe('a value that refers to the same lists again and again', () => {
  const nested = (leaf: unknown, wrap: (inner: unknown) => unknown) => {
    let value = leaf;
    for (let level = 0; level < 6; level += 1) value = wrap(value);
    return value;
  };

  it.each<[string, unknown]>([
    ['arrays', nested([], (inner) => new Array(100).fill(inner))],
    ['sets', nested([], (inner) => new Set(Array.from({ length: 100 }, () => [inner])))],
    [
      'errors',
      [
        nested(0, (inner) =>
          Object.assign(
            new Error(''),
            Object.fromEntries(Array.from({ length: 30 }, (_, at) => [at, inner])),
          ),
        ),
      ],
    ],
  ])('gives a text of bounded length: %s', (_name, value) => {
    const began = process.cpuUsage();
    expect(str(value).length).toBeLessThan(200_000);
    expect(process.cpuUsage(began).user).toBeLessThan(2_000_000);
  });
});

it('the lines of a text that Node gives are joined in time that grows with their length', () => {
  const error = new Error(`a${' '.repeat(100_000)}b\n\n  c`);
  error.stack = error.message;
  const began = process.cpuUsage();
  expect(str(new Proxy({ error: { toString: () => '', [Symbol.for('x')]: 0 }, deep: error }, {}))).toContain(
    'a  ',
  );
  expect(process.cpuUsage(began).user).toBeLessThan(1_000_000);
});

it('names getters, setters and holes of a list, without calling or filling them', () => {
  const list: unknown[] = [1, 2, 'b', undefined, 5];
  Reflect.deleteProperty(list, 1);
  Object.defineProperty(list, 5, { get: () => 'called', enumerable: true });
  Object.defineProperty(list, 6, { set: () => undefined, enumerable: true });
  Object.defineProperty(list, 7, { get: () => 'called', set: () => undefined, enumerable: true });
  expect(str(list)).toBe("[ 1, <1 empty item>, 'b', undefined, 5, [Getter], [Setter], [Getter/Setter] ]");
});
