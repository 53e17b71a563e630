import { describe, expect, it } from '@jest/globals';
import { parseBraceFormat, strFormat, validateBraceFormat } from '../../lib/python/str-format/str-format.js';
import type { Placeholder, TemplatePart } from '../../lib/python/template.js';

class Account {
  owner = 'bob';

  get balance() {
    return 12.5;
  }
}

describe('strFormat', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['{{{a}}}', { a: 1 }, '{1}'],
    ['{a:>5}|{a:<5}|{a:^5}|', { a: 'x' }, '    x|x    |  x  |'],
    ['{a:>5}|{a:=+5}|{a:05}', { a: 42 }, '   42|+  42|00042'],
    ['{a:*^{w}.{p}f}', { a: Math.PI, w: 9, p: 2 }, '**3.14***'],
    ['{a:,} {a:_} {a:010,}', { a: 1234567 }, '1,234,567 1_234_567 01,234,567'],
    ['{a:#x} {a:#b} {a:_x} {a:c}', { a: 65 }, '0x41 0b1000001 41 A'],
    ['{a:.1%} {a:e} {a:g} {a:.3}', { a: 0.125 }, '12.5% 1.250000e-01 0.125 0.125'],
    ['{a:.3} {a:.5} {a:.1f}', { a: 500 }, '5e+02 500.0 500.0'],
    ['{a!r:>6} {a!s} {a!a}', { a: 'é' }, "   'é' é '\\xe9'"],
    ['{a:z.1f}', { a: -0.01 }, '0.0'],
    ['{a:.2}', { a: '😀😀😀' }, '😀😀'],
    [
      '{a[0]} {a[1][k]} {m[x]} {s[1]}',
      { a: ['p', { k: 'v' }], m: new Map([['x', 1]]), s: '日本' },
      'p v 1 本',
    ],
    ['{a.owner} {a.balance:.2f} {e.message}', { a: new Account(), e: new Error('no') }, 'bob 12.50 no'],
    ['{a}', { a: { b: 1 } }, '{ b: 1 }'],
  ])('%j with %j', (format, fields, text) => {
    expect(strFormat(format, [], fields)).toBe(text);
  });

  it('numbers positional fields by itself or takes their numbers', () => {
    expect(strFormat('{} {}', ['a', 'b'])).toBe('a b');
    expect(strFormat('{1} {0}', ['a', 'b'])).toBe('b a');
    expect(strFormat('{:{}}|', ['a', 3])).toBe('a  |');
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['{a', {}, "ValueError: expected '}' before end of string"],
    ['}', {}, "ValueError: Single '}' encountered in format string"],
    ['{', {}, "ValueError: Single '{' encountered in format string"],
    ['{nope}', {}, "KeyError: 'nope'"],
    ['{}', {}, 'IndexError: Replacement index 0 out of range for positional args tuple'],
    ['{a!x}', { a: 1 }, 'ValueError: Unknown conversion specifier x'],
    ['{a:y}', { a: 1 }, "ValueError: Unknown format code 'y' for object of type 'int'"],
    ['{a:d}', { a: 'x' }, "ValueError: Unknown format code 'd' for object of type 'str'"],
    ['{a:d}', { a: 1.5 }, "ValueError: Unknown format code 'd' for object of type 'float'"],
    ['{a:5dd}', { a: 1 }, "ValueError: Invalid format specifier '5dd'"],
    ['{a:>5}', { a: null }, 'TypeError: unsupported format string passed to null.__format__'],
    ['{a.nope}', { a: 'x' }, "AttributeError: 'str' object has no attribute 'nope'"],
    ['{a[9]}', { a: [] }, 'IndexError: list index out of range'],
    ['{a[x]}', { a: {} }, "KeyError: 'x'"],
    ['{a:{b:{c}}}', { a: 1, b: 2, c: 3 }, 'ValueError: Max string recursion exceeded'],
    ['{a:99999999999}', { a: 1 }, 'ValueError: Too many decimal digits in format string'],
  ])('%j with %j is refused: %s', (format, fields, error) => {
    expect(errorOf(() => strFormat(format, [], fields))).toBe(error);
  });

  it('reaches no prototype, by name, attribute or index', () => {
    for (const format of [
      '{__proto__}',
      '{a.__proto__}',
      '{a.constructor}',
      '{a[__proto__]}',
      '{a[constructor]}',
    ]) {
      expect(errorOf(() => strFormat(format, [], { a: {} }))).toMatch(/^(Key|Attribute)Error/);
    }
  });
});

describe('parseBraceFormat', () => {
  it('says what each placeholder is', () => {
    const [plain, padded, numeric, quoted, text] = placeholders('{a}{a:>5}{a:03d}{a!r}{a!s}');
    expect([plain, padded, numeric, quoted, text].map((part) => part?.isPlain)).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
    expect([plain, padded, numeric, quoted, text].map((part) => part?.isNumeric)).toEqual([
      false,
      false,
      true,
      false,
      false,
    ]);
  });

  it('does not take text padded with a letter for a number', () => {
    expect(placeholders('{a:d>5}{a:x<9}').map((part) => part.isNumeric)).toEqual([false, false]);
  });

  it('looks up the fields that a spec names', () => {
    const [field] = placeholders('{message:{width}}|');
    expect(field?.render('x', (name) => (name === 'width' ? 4 : undefined))).toBe('x   ');
  });

  it('lets a positional field fail when it is rendered, whatever its value', () => {
    const [field] = placeholders('{0}');
    expect(field?.name).toBe('0');
    expect(errorOf(() => field?.render('x', () => 'x'))).toMatch(
      /^IndexError: Replacement index 0 out of range/,
    );
  });
});

describe('validateBraceFormat', () => {
  it.each(['{message}', '{a:>8} {b!r}', '{a.b[c]:{w}.{p}f}', '{0}', '{levelname:>>}'])(
    'accepts %j',
    (format) => {
      expect(() => validateBraceFormat(format)).not.toThrow();
    },
  );

  it.each([
    ['plain', 'ValueError: invalid format: no fields'],
    ['{}', 'ValueError: invalid format: no fields'],
    ['{a b}', "ValueError: invalid format: invalid field name/expression: 'a b'"],
    ['{a!x}', "ValueError: invalid format: invalid conversion: 'x'"],
    ['{a:y}', "ValueError: invalid format: bad specifier: 'y'"],
    ['{a', "ValueError: invalid format: expected '}' before end of string"],
  ])('refuses %j: %s', (format, error) => {
    expect(errorOf(() => validateBraceFormat(format))).toBe(error);
  });
});

function placeholders(format: string): Placeholder[] {
  const isPlaceholder = (part: TemplatePart): part is Placeholder => typeof part !== 'string';
  return parseBraceFormat(format).filter(isPlaceholder);
}

function errorOf(call: () => unknown): string {
  try {
    return `no error: ${String(call())}`;
  } catch (error) {
    return String(error);
  }
}
