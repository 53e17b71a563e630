import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JsonBudget } from '../../lib/python/json/json-budget.js';
import { jsonString } from '../../lib/python/json/json-string.js';
import { jsonValue } from '../../lib/python/json/json-value.js';

describe('jsonString', () => {
  it.each([
    ['plain', '"plain"'],
    ['say "hi" \\', '"say \\"hi\\" \\\\"'],
    ['a\nb\tc\0', '"a\\nb\\tc\\u0000"'],
    [
      '\x7f\x80\x9f\u2028\u2029\u202e\u2066\u200f\u061c',
      '"\\u007f\\u0080\\u009f\\u2028\\u2029\\u202e\\u2066\\u200f\\u061c"',
    ],
    ['é 日本 😀', '"é 日本 😀"'],
    ['\ud83d', '"\\ud83d"'],
  ])('writes %j as %s, be it short or long', (text, json) => {
    expect(jsonString(text)).toBe(json);
    expect(jsonString(text + 'x'.repeat(100))).toBe(`${json.slice(0, -1)}${'x'.repeat(100)}"`);
  });

  it('gives back any text when parsed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(JSON.parse(jsonString(text))).toBe(text);
      }),
    );
  });
});

describe('jsonValue', () => {
  it.each([
    [2 ** 62, '4611686018427388000'],
    [2 ** 63, '9223372036854776000.0'],
    [-(2 ** 63), '-9223372036854776000.0'],
    [1e20, '100000000000000000000.0'],
    [1e21, '1e+21'],
    [-1e300, '-1e+300'],
  ])('writes %d so that no parser takes it for an integer that is out of range', (value, json) => {
    expect(jsonValue(value, new JsonBudget())).toBe(json);
    expect(JSON.parse(json)).toBe(value);
  });

  it('reads no more of a set or map than it may write, and marks what is missing', () => {
    const budget = new JsonBudget();
    budget.reset(100_000);
    const numbers = Array.from({ length: 1_500 }, (_, index) => index);
    const entries: [unknown, number][] = [...numbers.map((each): [number, number] => [each, each]), [{}, 0]];
    const map = JSON.parse(jsonValue(new Map(entries), budget) as string) as object;
    expect([Object.keys(map).length, budget.isCut]).toEqual([1_000, true]);
    budget.reset(100_000);
    expect(JSON.parse(jsonValue(new Set(numbers), budget) as string)).toEqual(numbers.slice(0, 1_000));
    expect(budget.isCut).toBe(true);
    budget.reset(100_000);
    expect(JSON.parse(jsonValue(new Set(numbers.slice(0, 1_000)), budget) as string)).toHaveLength(1_000);
    expect(budget.isCut).toBe(false);
    let read = 0;
    budget.reset(100_000);
    function* endless() {
      for (;;) yield read++;
    }
    expect([budget.first(endless()).length, read]).toEqual([1_001, 1_001]);
  });
});

describe('the JSON of a Map', () => {
  const written = (value: unknown) => {
    const budget = new JsonBudget();
    budget.reset(10_000);
    return jsonValue(value, budget);
  };

  it('is an object, or pairs where two keys have the same text', () => {
    expect(written(new Map([['a', 1]]))).toBe('{"a":1}');
    expect(
      written(
        new Map<unknown, unknown>([
          [1, 'a'],
          ['1', 'b'],
        ]),
      ),
    ).toBe('[[1,"a"],["1","b"]]');
  });
});
