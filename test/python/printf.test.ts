import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  countTaken,
  parsePercentFormat,
  printf,
  printfIfAsMany,
  printfMapping,
  validatePercentFormat,
} from '../../lib/python/printf/printf.js';
import type { Placeholder, TemplateError } from '../../lib/python/template.js';

describe('printf', () => {
  it.each<[string, unknown[], string]>([
    ['order %d paid', [7], 'order 7 paid'],
    ['%s and %s', ['a', 'b'], 'a and b'],
    ['100%% of %s', ['it'], '100% of it'],
    ['%d', [3.99], '3'],
    ['%d', [-3.99], '-3'],
    ['%d', [1e22], '10000000000000000000000'],
    ['%d', [2 ** 60], '1152921504606846976'],
    ['%d %d', [true, false], '1 0'],
    ['%+.3e', [0], '+0.000e+00'],
    ['%.0f %.0f %.0f', [0.5, 1.5, 2.5], '0 2 2'],
    ['%.2f', [0.125], '0.12'],
    ['%.25f', [0.1], '0.1000000000000000055511151'],
    ['%.1f', [-0], '-0.0'],
    ['%d', [-0], '0'],
    ['%05.1f|%-8s|%8s|', [Math.PI, 'ab', 'cd'], '003.1|ab      |      cd|'],
    ['%*d|%-*d|%.*f', [5, 42, 5, 42, 2, Math.PI], '   42|42   |3.14'],
    ['%*d', [-5, 42], '42   '],
    ['%x %#X %o %#o', [255, 255, 8, 8], 'ff 0XFF 10 0o10'],
    ['%x', [2n ** 70n], '400000000000000000'],
    ['%f', [10n ** 20n], '100000000000000000000.000000'],
    ['%c%c', ['é', 0x1f600], 'é😀'],
    ['%r %a', ["it's", 'é'], "\"it's\" '\\xe9'"],
    ['%.2s|%4s|', ['😀😀😀', '😀'], '😀😀|   😀|'],
    ['%5d %ld %hd %Ld', [1, 2, 3, 4], '    1 2 3 4'],
    ['%05f %5F', [Number.POSITIVE_INFINITY, Number.NaN], '00inf   NAN'],
    ['%s', [undefined], 'undefined'],
    ['%s', [{ id: 7 }], '{ id: 7 }'],
  ])('%j %% %j', (template, args, text) => {
    expect(printf(template, args)).toBe(text);
  });

  it.each<[string, unknown[], string]>([
    ['%s %s', ['a'], 'TypeError: not enough arguments for format string'],
    ['%s', ['a', 'b'], 'TypeError: not all arguments converted during string formatting'],
    ['plain', [1], 'TypeError: not all arguments converted during string formatting'],
    ['%(a)s', [1], 'TypeError: format requires a mapping'],
    ['%d', ['x'], 'TypeError: %d format: a real number is required, not str'],
    ['%d', [null], 'TypeError: %d format: a real number is required, not null'],
    ['%x', [1.5], 'TypeError: %x format: an integer is required, not float'],
    ['%f', ['x'], 'TypeError: must be real number, not str'],
    ['%*d', ['x', 1], 'TypeError: * wants int'],
    ['%c', ['ab'], 'TypeError: %c requires int or char'],
    ['%c', [0x110000], 'OverflowError: %c arg not in range(0x110000)'],
    ['%d', [Number.NaN], 'ValueError: cannot convert float NaN to integer'],
    ['%d', [Number.POSITIVE_INFINITY], 'OverflowError: cannot convert float infinity to integer'],
    ['%f', [10n ** 400n], 'OverflowError: int too large to convert to float'],
    ['%y', [1], "ValueError: unsupported format character 'y' (0x79) at index 1"],
    ['😀%日', [1], "ValueError: unsupported format character '?' (0x65e5) at index 2"],
    ['%', [1], 'ValueError: incomplete format'],
    ['%99999999999d', [1], 'ValueError: width too big'],
    ['%.99999999999f', [1], 'ValueError: precision too big'],
    ['%d %y', ['x', 1], 'TypeError: %d format: a real number is required, not str'],
  ])('%j %% %j is refused: %s', (template, args, error) => {
    expect(() => printf(template, args)).toThrow(expect.objectContaining({ name: error.split(':')[0] }));
    expect(errorOf(() => printf(template, args))).toBe(error);
  });

  it('does not let an argument ask for a gigantic text', () => {
    expect(errorOf(() => printf('%*d', [2 ** 31, 1]))).toMatch(/^OverflowError: .* is over 1048576$/);
    expect(errorOf(() => printf('%.*f', [2 ** 31, 1]))).toMatch(/^OverflowError/);
    expect(printf('%*d', [1_000_000, 1])).toHaveLength(1_000_000);
  });

  it('gives the same for a template seen before, and after thousands of others', () => {
    expect(printf('first %d', [1])).toBe('first 1');
    for (let at = 0; at < 3_000; at++) printf(`${at} %s`, ['x']);
    expect(printf('first %d', [2])).toBe('first 2');
    expect(printf(`${'x'.repeat(5_000)}%d`, [3])).toHaveLength(5_001);
  });

  it('pads to exactly the width asked for, counted in code points', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(40), fc.boolean(), (text, width, isLeft) => {
        const padded = printf(isLeft ? '%-*s' : '%*s', [width, text]);
        expect([...padded].length).toBe(Math.max(width, [...text].length));
        expect(isLeft ? padded.startsWith(text) : padded.endsWith(text)).toBe(true);
      }),
    );
  });

  it('%.17g reads back as the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(printf('%.17g', [value]))).toBe(value);
      }),
    );
  });
});

describe('printfMapping', () => {
  it('reads keys from an object or a Map', () => {
    expect(printfMapping('%(user)s did %(n)05d', { user: 'bob', n: 7 })).toBe('bob did 00007');
    expect(printfMapping('%(a (b))s', new Map([['a (b)', 1]]))).toBe('1');
  });

  it('takes the mapping itself where the template has no key, and does not mind what is left over', () => {
    expect(printfMapping('got %s', { a: 1 })).toBe('got { a: 1 }');
    expect(printfMapping('nothing', { a: 1 })).toBe('nothing');
  });

  it('never reaches a prototype', () => {
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(errorOf(() => printfMapping(`%(${key})s`, {}))).toBe(`KeyError: '${key}'`);
    }
    expect(printfMapping('%(__proto__)s', JSON.parse('{"__proto__": 5}'))).toBe('5');
  });

  it.each([
    ['%(a)s %s', 'TypeError: not enough arguments for format string'],
    ['%(nope)s', "KeyError: 'nope'"],
    ['%(a', 'ValueError: incomplete format key'],
    ['%(a)', 'ValueError: incomplete format'],
  ])('%j is refused: %s', (template, error) => {
    expect(errorOf(() => printfMapping(template, { a: 1 }))).toBe(error);
  });
});

describe('countTaken', () => {
  it.each([
    ['plain', [1], 0],
    ['%%', [1], 0],
    ['%s %d', ['a', 1, 2], 2],
    ['%s %d', ['a'], 1],
    ['%s', [{}], 1],
    ['%d', [{}], 1],
    ['%*.*f', [1, 2, 3, 4], 3],
    ['%(a)s', [{ a: 1 }], -1],
    ['%s %', ['a', 'b'], 1],
    ['%', ['a'], 0],
    ['%(', ['a'], 0],
    ['%!', ['a'], 0],
    ['50% done', [7], 1],
    ['50% done', [{}], 0],
    ['50% of %s', ['a', {}], 2],
    ['50% of %s', [{}, {}], 1],
  ])('%j with %j: %d', (template, args, count) => {
    expect(countTaken(template, args)).toBe(count);
  });
});

describe('parsePercentFormat', () => {
  it('gives literals and placeholders in order', () => {
    const parts = parsePercentFormat('%(levelname)-8s|%(lineno)04d %% %(message)s');
    expect(parts.map((part) => (typeof part === 'string' ? part : `<${part.name}>`))).toEqual([
      '<levelname>',
      '|',
      '<lineno>',
      ' % ',
      '<message>',
    ]);
    const [level, , line, , message] = parts as Placeholder[];
    expect(level?.render('INFO', noLookup)).toBe('INFO    ');
    expect(line?.render(7, noLookup)).toBe('0007');
    expect([level?.isPlain, line?.isPlain, message?.isPlain]).toEqual([false, false, true]);
    expect([level?.isNumeric, line?.isNumeric, message?.isNumeric]).toEqual([false, true, false]);
  });

  it.each([
    ['%s', 'TypeError: not enough arguments for format string'],
    ['%(a)s %d', 'TypeError: not enough arguments for format string'],
    ['%(a)*d', 'TypeError: not enough arguments for format string'],
    ['%(a', 'ValueError: incomplete format key'],
    ['%(a)', 'ValueError: incomplete format'],
    ['%(a)y', "ValueError: unsupported format character 'y' (0x79) at index 4"],
  ])('%j is refused: %s', (format, error) => {
    expect(errorOf(() => parsePercentFormat(format))).toBe(error);
  });
});

describe('validatePercentFormat', () => {
  it('wants one named placeholder', () => {
    for (const format of ['%(message)s', 'x %(a)-8.3F', '%(é)s %(']) validatePercentFormat(format);
    for (const format of ['', 'plain', '%s', '{message}', '%(a b)s', '%(a)y']) {
      expect(errorOf(() => validatePercentFormat(format))).toBe(
        `ValueError: Invalid format '${format}' for '%' style`,
      );
    }
  });
});

function noLookup(name: string): unknown {
  throw new Error(`no field ${name} was to be looked up`);
}

function errorOf(call: () => unknown): string {
  try {
    return `no error: ${String(call())}`;
  } catch (error) {
    return String(error);
  }
}

describe('a template of a hundred thousand characters', () => {
  it.each(['%s', '%y', 'é%s', '%5.1f'])('takes time in proportion to its length: %j', (piece) => {
    const template = piece.repeat(100_000 / piece.length);
    const began = process.cpuUsage();
    countTaken(template, [1]);
    expect(process.cpuUsage(began).user).toBeLessThan(2_000_000);
  });

  it('counts positions in code points', () => {
    expect(errorOf(() => printf('%s😀%é', [1, 2]))).toBe(
      "ValueError: unsupported format character '?' (0xe9) at index 4",
    );
  });
});

it('where the number of arguments is looked at first, all else is as without', () => {
  const piece = fc.constantFrom(
    '%s',
    '%r',
    '%a',
    '%5s',
    '%-3r',
    '%d',
    '%.1f',
    '%%',
    '%*d',
    '%(key)s',
    '%y',
    '%',
    ' text ',
  );
  const value = fc.oneof(fc.string(), fc.integer(), fc.constantFrom(null, undefined, 1.5, { a: 1 }, [2]));
  const outcome = (fill: () => string | undefined): string => {
    try {
      return fill() ?? 'TypeError';
    } catch (error) {
      return (error as TemplateError).kind;
    }
  };
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 4 }), fc.array(value, { maxLength: 4 }), (pieces, args) => {
      const template = pieces.join('');
      expect(outcome(() => printfIfAsMany(template, args))).toBe(outcome(() => printf(template, args)));
    }),
    { numRuns: 3_000 },
  );
  expect(printfIfAsMany('%s of %r', ['a'])).toBe(undefined);
  expect(() => printfIfAsMany('%d of %r', ['a'])).toThrow('a real number is required');
});
