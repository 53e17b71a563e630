import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JsonBudget } from '../../lib/python/json/json-budget.js';
import { isoFormat, pythonJson } from '../../lib/python/json/python-json.js';
import { toPython } from '../support/live-python.js';
import { describeLive, expectSame, number, sample, text } from '../support/python-cases.js';

interface DumpCase {
  readonly value: unknown;
  readonly ensureAscii: boolean;
  readonly indent: number | null;
}

const leaf = fc.oneof(
  text,
  // From 1e21 on, an integral number is a float in both; askPython passes it on as an integer.
  number.filter((one) => typeof one === 'bigint' || Math.abs(one) < 1e21),
  fc.boolean(),
  fc.constant(null),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, leaf, tie('array'), tie('object')),
  array: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(
    text.filter((key) => !/^(?:\d+|__proto__|\$.*)$/.test(key)),
    tie('value'),
    { maxKeys: 4 },
  ),
}));

function deepToPython(one: unknown): unknown {
  if (Array.isArray(one)) return one.map(deepToPython);
  if (typeof one !== 'object' || one === null) return toPython(one);
  return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, deepToPython(inner)]));
}

function dump({ value: one, ensureAscii, indent }: DumpCase): { text: string } {
  const budget = new JsonBudget();
  budget.reset(100_000);
  return {
    text: pythonJson(one, { ensureAscii, indent: indent === null ? undefined : ' '.repeat(indent) }, budget),
  };
}

describeLive('pythonJson beside json.dumps', () => {
  const cases = fc.record({
    value,
    ensureAscii: fc.constant(true),
    indent: fc.constantFrom(null, null, 0, 2),
  });

  it('writes the same bytes for whatever both languages have', () => {
    const unbool = [
      'def plain(v):',
      '    if isinstance(v, Bool): return bool(v)',
      '    if isinstance(v, list): return [plain(x) for x in v]',
      '    if isinstance(v, dict): return {k: plain(x) for k, x in v.items()}',
      '    return v',
      'return json.dumps(plain(case["value"]), ensure_ascii=bool(case["ascii"]), indent=case["indent"])',
    ].join('\n');
    expectSame(
      sample(cases),
      unbool,
      (one) => ({ value: deepToPython(one.value), ascii: one.ensureAscii, indent: toPython(one.indent) }),
      dump,
    );
  });

  it('writes moments as isoformat does', () => {
    const moments = fc.tuple(
      fc.integer({ min: 0, max: 4_000_000_000 }),
      fc.integer({ min: 0, max: 999_999 }),
    );
    expectSame(
      sample(moments.map(([second, micro]) => second + micro / 1e6)),
      'from datetime import datetime, timezone\nreturn datetime.fromtimestamp(case, tz=timezone.utc).isoformat()',
      toPython,
      (moment) => ({ text: isoFormat(moment) }),
    );
  });
});

describe('pythonJson', () => {
  const write = (value: unknown) => {
    const budget = new JsonBudget();
    budget.reset(100_000);
    return { json: pythonJson(value, { ensureAscii: true, indent: undefined }, budget), budget };
  };

  it('writes a function that does not give its name, and what is beside it', () => {
    const throwing = Object.defineProperty(() => 1, 'name', {
      get() {
        throw new Error('no');
      },
    });
    const odd = Object.defineProperty(() => 1, 'name', { value: Symbol('odd') });
    for (const one of [throwing, odd])
      expect(JSON.parse(write({ one, two: 2 }).json)).toEqual({ one: expect.any(String), two: 2 });
    expect(write(Date).json).toBe('"Date"');
  });

  it('writes an integer that is longer than any string may be as the beginning of one', () => {
    const { json, budget } = write([10n ** 70_000n, 10n ** 20n]);
    expect(json).toMatch(/^\["10+", 100000000000000000000\]$/);
    expect(json.length).toBeLessThan(66_000);
    expect(budget.isCut).toBe(true);
  });
});

it('pythonJson gives null for a moment that is none', () => {
  expect(isoFormat(Number.NaN)).toBeNull();
});

it('pythonJson gives the members of an error', () => {
  const budget = new JsonBudget();
  budget.reset(1_000);
  const error = new AggregateError([new Error('a')], 'all failed');
  expect(pythonJson({ error }, { ensureAscii: true, indent: undefined }, budget)).toBe(
    '{"error": "AggregateError: all failed { errors: [ [Error: a] ] }"}',
  );
});
