import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { printf, printfMapping } from '../../lib/internal/printf.js';
import { ascii, repr, str } from '../../lib/internal/python-text.js';
import { strFormat, validateBraceFormat } from '../../lib/internal/str-format.js';
import { substitute, validateDollarFormat } from '../../lib/internal/string-template.js';
import { askPython, differingCodePoints, hasPython, outcome, toPython } from '../support/live-python.js';

const SAMPLE = { numRuns: Number(process.env['LIVE_RUNS'] ?? 4_000), seed: Number(process.env['LIVE_SEED'] ?? 20_240_229) };

const tie = fc.tuple(fc.integer({ min: -4_000, max: 4_000 }), fc.integer({ min: 0, max: 12 }));
const integer = fc.oneof(fc.integer({ min: -300, max: 300 }), fc.integer(), fc.maxSafeInteger(), fc.bigInt());
const float = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
  fc.double({ noDefaultInfinity: false }),
  tie.map(([numerator, bits]) => numerator / 2 ** bits),
  fc.constantFrom(0.1, 2.675, 1e-5, 123456.789, 1e22, 1.5e300, 5e-324, 99999.95, 0.00012345),
).map((value) => value || 0);
const number = fc.oneof(integer, float);
/** Unicode grows: what one of the two has not heard of yet is no fault. */
const unknown = hasPython ? differingCodePoints() : new Set<number>();
const isKnown = (one: string) => ![...one].some((character) => unknown.has(character.codePointAt(0) ?? 0));
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }).filter(isKnown),
  fc.string({ unit: 'grapheme', maxLength: 8 }).filter(isKnown),
  fc.string({ maxLength: 8 }),
  fc.constantFrom('', 'a', "it's", 'say "hi"', 'é', '日本', '😀', '\ud83d', 'tab\tx', '\u202e\x7f\x85'),
);
const value = fc.oneof(number, text, fc.boolean());
const size = fc.oneof(fc.constant(''), fc.integer({ min: 0, max: 24 }).map(String));

function sample<T>(cases: fc.Arbitrary<T>): T[] {
  return fc.sample(cases, SAMPLE);
}

/** Compares case by case; what differs, but for what `isExpected`, is listed with both answers. */
function expectSame<T>(
  cases: readonly T[],
  body: string,
  input: (one: T) => unknown,
  ours: (one: T) => unknown,
  isExpected: (ours: unknown, python: unknown) => boolean = () => false,
) {
  const theirs = askPython(body, cases.map(input));
  const differing = cases
    .map((one, at) => ({ case: input(one), ours: ours(one), python: theirs[at] }))
    .filter((one) => JSON.stringify(one.ours) !== JSON.stringify(one.python))
    .filter((one) => !isExpected(one.ours, one.python));
  expect(differing.slice(0, 20).map((one) => JSON.stringify(one))).toEqual([]);
}

/**
 * A template malformed further on is refused at once; Python first misses what stands before. And a spec is read
 * before there is a value, so that its fault cannot name the value's type.
 */
function isMalformedAhead(ours: unknown, python: unknown): boolean {
  const mine = (ours as { error?: string }).error ?? '';
  const theirs = (python as { error?: string }).error ?? '';
  return mine.startsWith('ValueError') && /^(Key|Index|Type|Attribute)Error|Invalid format specifier/.test(theirs);
}

const describeLive = hasPython ? describe : describe.skip;

describeLive('against the live interpreter', () => {
  const conversion = fc
    .tuple(
      fc.constantFrom('', '', '', '(a)', '(missing)'),
      fc.string({ unit: fc.constantFrom('-', '+', ' ', '#', '0'), maxLength: 3 }),
      fc.oneof(size, fc.constant('*')),
      fc.oneof({ arbitrary: fc.constant(''), weight: 2 }, fc.oneof(size, fc.constant('*')).map((p) => `.${p}`)),
      fc.constantFrom('', '', 'h', 'l', 'L'),
      fc.constantFrom(...'sradiuoxXeEfFgGc%sdfgxd', 'y', 'é', ''),
    )
    .map(([key, ...rest]) => ({ key, rest: rest.join('') }));
  const literal = fc.constantFrom('', ' ', 'v=', '%%', '日本', '😀|', '(', ')');
  const isKeyed = fc.boolean();

  it('printf gives the text or the fault that Python gives for a tuple of arguments', () => {
    const template = fc
      .array(fc.tuple(literal, conversion), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.map(([head, { rest }]) => `${head}%${rest}`).join(''));
    const amount = fc.integer({ min: -12, max: 12 });
    // Small integers only, for any of them may become a width.
    const args = fc.array(fc.oneof(amount, amount, float.filter((one) => !Number.isInteger(one)), text, fc.boolean()), { maxLength: 6 });
    expectSame(
      sample(fc.tuple(template, args)),
      'return case["t"] % tuple(case["a"])',
      ([t, a]) => ({ t, a: a.map(toPython) }),
      ([t, a]) => outcome(() => printf(t, a)),
    );
  });

  it('printf gives the same for each conversion with an argument that suits it', () => {
    const flags = fc.string({ unit: fc.constantFrom('-', '+', ' ', '#', '0'), maxLength: 3 });
    const precision = fc.oneof(fc.constant(''), fc.constant('.'), fc.integer({ min: 0, max: 130 }).map((p) => `.${p}`));
    const type = fc.constantFrom(...'diuoxXeEfFgG');
    expectSame(
      sample(fc.tuple(flags, size, precision, type, number)),
      'return case["t"] % (case["a"],)',
      ([f, s, p, t, a]) => ({ t: `%${f}${s}${p}${t}`, a: toPython(a) }),
      ([f, s, p, t, a]) => outcome(() => printf(`%${f}${s}${p}${t}`, [a])),
    );
  });

  it('printfMapping gives the text or the fault that Python gives for a mapping', () => {
    const template = fc
      .tuple(isKeyed, fc.array(fc.tuple(literal, conversion), { minLength: 1, maxLength: 3 }))
      .map(([keyed, parts]) =>
        parts.map(([head, { key, rest }]) => `${head}%${keyed ? key || '(b c)' : '(a)'}${rest}`).join(''),
      );
    const narrow = fc.oneof(text, float.filter((one) => !Number.isInteger(one)), fc.integer({ min: -40, max: 40 }), fc.boolean());
    expectSame(
      sample(fc.tuple(template, narrow, narrow)),
      'return case["t"] % case["m"]',
      ([t, a, b]) => ({ t, m: { a: toPython(a), 'b c': toPython(b) } }),
      ([t, a, b]) => outcome(() => printfMapping(t, { a, 'b c': b })),
    );
  });

  it('str.format gives the text or the fault that Python gives, with every spec', () => {
    const spec = fc
      .tuple(
        fc.constantFrom('', '', '<', '>', '^', '=', '*<', '0=', '😀^', '}>'.slice(1)),
        fc.constantFrom('', '', '+', '-', ' '),
        fc.constantFrom('', '', '', 'z'),
        fc.constantFrom('', '', '#'),
        fc.constantFrom('', '', '0'),
        size,
        fc.constantFrom('', '', ',', '_', ',_'),
        fc.oneof({ arbitrary: fc.constant(''), weight: 2 }, size.map((p) => `.${p}`)),
        fc.constantFrom('', '', ...'bcdeEfFgGnosxX%dfs', 'y', '日'),
      )
      .map((parts) => parts.join(''));
    // An integral number may be Python's float, so a precision suits it; there is nothing to compare.
    const isAmbiguous = ([s, v]: [string, unknown]) =>
      typeof v === 'number' && Number.isInteger(v) && /z.*[\d,_#]?n?$|z?\.\d+n?$/.test(s);
    // Python writes a fault of a boolean with its own name for the type.
    const subject = fc.oneof(number, text);
    expectSame(
      sample(fc.tuple(spec, subject).filter((pair) => !isAmbiguous(pair))),
      'return ("{a:" + case["s"] + "}").format(a=case["v"])',
      ([s, v]) => ({ s, v: toPython(v) }),
      ([s, v]) => outcome(() => strFormat(`{a:${s}}`, [], { a: v })),
    );
  });

  it('str.format reads templates as Python does, malformed ones included', () => {
    const piece = fc.constantFrom(
      ...['{', '}', '{{', '}}', '{}', '{a}', '{0}', '{1}', '{a!r}', '{a!s:>5}', '{a:>{b}}', '{a:{b}.{c}}', '{b:{a}'],
      ...['{a:', '!', ':', '[', ']', '.', 'a', '{a!', '{a!r', '{a!x}', '{l[1]}', '{l[9]}', '{d[k]}', '{d[x]}', '{l[', '{l[]}'],
      ...['{a.}', '{l[0]x}', '{a[0]}', '{:>4}', '{nope}', '日', '{a:{b:{c}}}', '{l[0][k]}', '{a!r:^{b}}'],
    );
    const template = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
    const args = ['x', 5];
    const kwargs = { a: 'héllo', b: 7, c: 2, d: { k: 'v' }, l: ['p', 'q'] };
    expectSame(
      sample(template).map((t) => ({ t })),
      'return "ok" if case["t"].format("x", 5, a="héllo", b=7, c=2, d={"k": "v"}, l=["p", "q"]) is not None else ""',
      (one) => one,
      ({ t }) => {
        const ours = outcome(() => strFormat(t, args, kwargs)) as { error?: string };
        return ours.error === undefined ? { text: 'ok' } : ours;
      },
      isMalformedAhead,
    );
  });

  it('repr and ascii quote and escape strings as Python does', () => {
    expectSame(
      sample(text),
      'return repr(case) + "|" + ascii(case)',
      (one) => one,
      (one) => ({ text: `${repr(one)}|${ascii(one)}` }),
    );
  });

  it('str writes numbers as Python does', () => {
    const numbers = sample(number).filter((one) => Math.abs(Number(one)) < 1e21 || typeof one === 'bigint');
    expectSame(
      numbers,
      'return str(case)',
      toPython,
      (one) => ({ text: str(one) }),
    );
  });

  it('string.Template substitutes as Python does', () => {
    const piece = fc.constantFrom('$', '$$', '$a', '${a}', '${', '}', '$b_1', '${nope}', '$é', ' ', '\n', '\r\n', 'x', '$A', '日', '\x85');
    const template = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
    expectSame(
      sample(template).map((t) => ({ t })),
      'import string\nreturn string.Template(case["t"]).substitute(a="<a>", b_1="<b>")',
      (one) => one,
      ({ t }) => outcome(() => substitute(t, { a: '<a>', b_1: '<b>' })),
      isMalformedAhead,
    );
  });

  it('the formats are validated as the styles of logging validate them', () => {
    const brace = fc.constantFrom(
      ...['{', '}', '{{', '{}', '{a}', '{a b}', '{0.x}', '{a!r}', '{a!x}', '{a:>8}', '{a:>>}', '{a:{w}}', '{a:{w}.{p}f}'],
      ...['{a:y}', '{a:%}', '{a[0]}', '{a.b[c]}', '{a.}', '{é}', '{a:,.2f}', '{a!}', 'x', '{a:z}', '$a', '${b}', '$', '$$'],
    );
    const format = fc.array(brace, { maxLength: 3 }).map((pieces) => pieces.join(''));
    expectSame(
      sample(format.filter((f) => f !== '')).map((f) => ({ f })),
      'import logging\nreturn check(logging.StrFormatStyle, case["f"]) + "|" + check(logging.StringTemplateStyle, case["f"])'.replace(
        'import logging\n',
        'import logging\ndef check(style, f):\n    try: style(f).validate()\n    except ValueError as e: return str(e)\n    return "ok"\n',
      ),
      (one) => one,
      ({ f }) => ({ text: `${verdict(() => validateBraceFormat(f))}|${verdict(() => validateDollarFormat(f))}` }),
    );
  });
});

function verdict(check: () => void): string {
  try {
    check();
    return 'ok';
  } catch (error) {
    return (error as Error).message;
  }
}

