import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonString } from '../../lib/python/json/json-string.js';

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
