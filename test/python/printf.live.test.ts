import { it } from '@jest/globals';
import fc from 'fast-check';
import { printf, printfMapping } from '../../lib/python/printf/printf.js';
import { outcome, toPython } from '../support/live-python.js';
import { describeLive, expectSame, float, number, sample, size, text } from '../support/python-cases.js';

describeLive('printf beside the live interpreter', () => {
  const conversion = fc
    .tuple(
      fc.constantFrom('', '', '', '(a)', '(missing)'),
      fc.string({ unit: fc.constantFrom('-', '+', ' ', '#', '0'), maxLength: 3 }),
      fc.oneof(size, fc.constant('*')),
      fc.oneof(
        { arbitrary: fc.constant(''), weight: 2 },
        fc.oneof(size, fc.constant('*')).map((p) => `.${p}`),
      ),
      fc.constantFrom('', '', 'h', 'l', 'L'),
      fc.constantFrom(...'sradiuoxXeEfFgGc%sdfgxd', 'y', 'é', ''),
    )
    .map(([key, ...rest]) => ({ key, rest: rest.join('') }));
  const literal = fc.constantFrom('', ' ', 'v=', '%%', '日本', '😀|', '(', ')');
  const isKeyed = fc.boolean();

  it('printf gives the text or the error that Python gives for a tuple of arguments', () => {
    const template = fc
      .array(fc.tuple(literal, conversion), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.map(([head, { rest }]) => `${head}%${rest}`).join(''));
    const amount = fc.integer({ min: -12, max: 12 });
    // Small integers only, for any of them may become a width.
    const args = fc.array(
      fc.oneof(
        amount,
        amount,
        float.filter((one) => !Number.isInteger(one)),
        text,
        fc.boolean(),
      ),
      { maxLength: 6 },
    );
    expectSame(
      sample(fc.tuple(template, args)),
      'return case["t"] % tuple(case["a"])',
      ([t, a]) => ({ t, a: a.map(toPython) }),
      ([t, a]) => outcome(() => printf(t, a)),
    );
  });

  it('printf gives the same for each conversion with an argument that suits it', () => {
    const flags = fc.string({ unit: fc.constantFrom('-', '+', ' ', '#', '0'), maxLength: 3 });
    const precision = fc.oneof(
      fc.constant(''),
      fc.constant('.'),
      fc.integer({ min: 0, max: 130 }).map((p) => `.${p}`),
    );
    const type = fc.constantFrom(...'diuoxXeEfFgG');
    expectSame(
      sample(fc.tuple(flags, size, precision, type, number)),
      'return case["t"] % (case["a"],)',
      ([f, s, p, t, a]) => ({ t: `%${f}${s}${p}${t}`, a: toPython(a) }),
      ([f, s, p, t, a]) => outcome(() => printf(`%${f}${s}${p}${t}`, [a])),
    );
  });

  it('printfMapping gives the text or the error that Python gives for a mapping', () => {
    const template = fc
      .tuple(isKeyed, fc.array(fc.tuple(literal, conversion), { minLength: 1, maxLength: 3 }))
      .map(([keyed, parts]) =>
        parts.map(([head, { key, rest }]) => `${head}%${keyed ? key || '(b c)' : '(a)'}${rest}`).join(''),
      );
    const narrow = fc.oneof(
      text,
      float.filter((one) => !Number.isInteger(one)),
      fc.integer({ min: -40, max: 40 }),
      fc.boolean(),
    );
    expectSame(
      sample(fc.tuple(template, narrow, narrow)),
      'return case["t"] % case["m"]',
      ([t, a, b]) => ({ t, m: { a: toPython(a), 'b c': toPython(b) } }),
      ([t, a, b]) => outcome(() => printfMapping(t, { a, 'b c': b })),
    );
  });
});
